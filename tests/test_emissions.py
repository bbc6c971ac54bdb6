"""Emissions: densities against SciPy's and closed forms, draws against their parameters, bad input."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from rnn_core.emissions import Categorical, Gaussian, GaussianMixture
from rnn_core.errors import InputError


def covariances(random, *shape):
    """Random positive definite matrices; the last of `shape` is their size."""
    factors = random.normal(size=(*shape, shape[-1]))
    return factors @ factors.swapaxes(-1, -2) + 0.1 * np.eye(shape[-1])


def random_mixture(seed, states, components, dimensions):
    random = np.random.default_rng(seed)
    return GaussianMixture(
        random.dirichlet(np.ones(components), states),
        3 * random.normal(size=(states, components, dimensions)),
        covariances(random, states, components, dimensions),
    )


def test_symbols():
    emissions = Categorical(np.array([[0.2, 0.8, 0.0], [0.5, 0.25, 0.25]]))
    with np.errstate(divide="ignore"):
        expected = np.log([[0.2, 0.5], [0.0, 0.25], [0.8, 0.25]])
    np.testing.assert_allclose(emissions.log_likelihoods(np.array([0, 2, 1])), expected)


@pytest.mark.parametrize("symbols", [[0, 3], [-1, 0]])
def test_unknown_symbol(symbols):
    with pytest.raises(InputError, match="symbols must be numbers from 0 to 2, got "):
        Categorical(np.full((2, 3), 1 / 3)).log_likelihoods(np.array(symbols))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_densities_against_scipy(dimensions):
    mixture = random_mixture(dimensions, 3, 2, dimensions)
    observations = 4 * np.random.default_rng(7).normal(size=(20, dimensions))
    for state in range(3):
        densities = [
            multivariate_normal(mean, covariance).logpdf(observations)
            for mean, covariance in zip(mixture.means[state], mixture.covariances[state], strict=True)
        ]
        one = Gaussian(mixture.means[state], mixture.covariances[state])
        np.testing.assert_allclose(one.log_likelihoods(observations), np.transpose(densities), rtol=1e-9)
        joint = np.exp(densities) * mixture.weights[state][:, None]
        np.testing.assert_allclose(mixture.log_likelihoods(observations)[:, state], np.log(joint.sum(axis=0)))
        np.testing.assert_allclose(
            mixture.component_posteriors(observations)[:, state], (joint / joint.sum(axis=0)).T, atol=1e-12
        )


def test_far_observation_has_a_finite_log_density():
    emissions = GaussianMixture(np.array([[0.0, 1.0]]), np.array([[[0.0], [1.0]]]), np.ones((1, 2, 1, 1)))
    found = emissions.log_likelihoods(np.array([[1001.0]]))
    np.testing.assert_allclose(found, [[-500_000 - 0.5 * np.log(2 * np.pi)]])
    np.testing.assert_array_equal(emissions.component_posteriors(np.array([[1001.0]])), [[[0.0, 1.0]]])


def test_draws_follow_the_parameters():
    generator = np.random.default_rng(0)
    states = np.repeat([0, 1], 20_000)
    symbols = Categorical(np.array([[0.2, 0.8, 0.0], [0.0, 0.25, 0.75]])).sample(states, generator)
    np.testing.assert_allclose(np.bincount(symbols[states == 0], minlength=3) / 20_000, [0.2, 0.8, 0], atol=0.015)
    np.testing.assert_allclose(np.bincount(symbols[states == 1], minlength=3) / 20_000, [0, 0.25, 0.75], atol=0.015)
    mixture = random_mixture(1, 2, 3, 2)
    vectors = mixture.sample(states, generator)
    for state in (0, 1):
        drawn, weights = vectors[states == state], mixture.weights[state]
        mean = weights @ mixture.means[state]
        apart = mixture.means[state] - mean
        spread = np.einsum("k,kij->ij", weights, mixture.covariances[state] + apart[:, :, None] * apart[:, None, :])
        np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.15)
        np.testing.assert_allclose(np.cov(drawn.T), spread, rtol=0.1, atol=0.4)


def test_fitted_to_known_states():
    """Where every state is known, the parameters are those of the observations of each state."""
    random = np.random.default_rng(3)
    states = random.integers(2, size=50)
    known = np.eye(2)[states]
    symbols, vectors = random.integers(4, size=50), random.normal(size=(50, 2))
    fitted = Categorical(np.full((2, 4), 0.25)).fitted(symbols, known, 0.0)
    expected = [np.bincount(symbols[states == state], minlength=4) / (states == state).sum() for state in (0, 1)]
    np.testing.assert_allclose(fitted.probabilities, expected)
    gaussian = Gaussian(np.zeros((2, 2)), np.tile(np.eye(2), (2, 1, 1))).fitted(vectors, known, 1e-6)
    for state in (0, 1):
        np.testing.assert_allclose(gaussian.means[state], vectors[states == state].mean(axis=0))
        np.testing.assert_allclose(gaussian.covariances[state], np.cov(vectors[states == state].T, bias=True))


def test_state_without_observations_keeps_its_parameters():
    nobody = np.tile([1.0, 0.0], (10, 1))
    mixture = random_mixture(2, 2, 2, 2)
    vectors = np.random.default_rng(0).normal(size=(10, 2))
    fitted = mixture.fitted(vectors, nobody, 1e-3)
    for name in ("weights", "means", "covariances"):
        np.testing.assert_array_equal(getattr(fitted, name)[1], getattr(mixture, name)[1])
        assert np.isfinite(getattr(fitted, name)).all()
    symbols = Categorical(np.array([[0.5, 0.5], [0.1, 0.9]])).fitted(np.zeros(10, dtype=int), nobody, 0.0)
    np.testing.assert_allclose(symbols.probabilities, [[1, 0], [0.1, 0.9]])


def test_raised_covariance_is_the_best_above_the_floor():
    """No other covariance with eigenvalues from the floor up gives the observations a higher density."""
    random = np.random.default_rng(5)
    vectors = random.normal(size=(30, 2)) @ np.array([[1.0, 0.9], [0.0, 0.01]])
    everyone = np.ones((30, 1))
    fitted = Gaussian(np.zeros((1, 2)), np.eye(2)[None]).fitted(vectors, everyone, 0.05)
    assert np.linalg.eigvalsh(fitted.covariances[0]).min() == pytest.approx(0.05)
    best = fitted.log_likelihoods(vectors).sum()
    for _ in range(200):
        values, axes = np.linalg.eigh(fitted.covariances[0] + 0.05 * random.normal() * np.eye(2))
        turn = random.normal(scale=0.2)
        axes = axes @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        values = np.maximum(values * np.exp(random.normal(scale=0.2, size=2)), 0.05)
        other = Gaussian(fitted.means, ((axes * values) @ axes.T)[None])
        assert other.log_likelihoods(vectors).sum() <= best + 1e-9


@pytest.mark.parametrize(
    ("observations", "complaint"),
    [
        ([[1.0, np.nan]], "finite"),
        ([[np.inf, 1.0]], "finite"),
        ([[1.0]], "rows of 2 numbers"),
        ([1.0, 2.0], "rows of 2 numbers"),
    ],
)
def test_observations_that_are_no_vectors(observations, complaint):
    with pytest.raises(InputError, match=complaint):
        Gaussian(np.zeros((1, 2)), np.eye(2)[None]).log_likelihoods(np.array(observations))


def test_covariance_that_is_none():
    with pytest.raises(InputError, match="positive definite"):
        Gaussian(np.zeros((1, 1)), np.zeros((1, 1, 1))).log_likelihoods(np.zeros((1, 1)))
