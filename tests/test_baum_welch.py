"""Learning: one round against hmmlearn and against counting, likelihoods that never fall, collapse, and limits."""

import numpy as np
import pytest
from hmmlearn.hmm import GMMHMM, CategoricalHMM, GaussianHMM
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.baum_welch import baum_welch, expectations, maximised, random_model
from rnn_core.emissions import Categorical, Gaussian, GaussianMixture
from rnn_core.errors import InputError
from rnn_core.hidden_markov_model import HiddenMarkovModel, sample
from tests.every_path import every_path, random_parameters

SIZES = np.array([40, 1, 25, 70])
NO_FLOOR = 1e-9


def one_round(model, observations, sizes=SIZES):
    return baum_welch(model, observations, sizes, rounds=1, variance_floor=NO_FLOOR).models[-1]


def random_vectors(seed, count, dimensions):
    random = np.random.default_rng(seed)
    return random.normal(size=(count, dimensions)) + 3 * random.integers(3, size=(count, 1))


def given_to_hmmlearn(kind, model, **settings):
    there = kind(len(model.start), n_iter=1, init_params="", tol=0, **settings)
    there.startprob_, there.transmat_ = model.start, model.transitions
    return there


def assert_same_chain(ours, there):
    np.testing.assert_allclose(ours.start, there.startprob_, atol=1e-9)
    np.testing.assert_allclose(ours.transitions, there.transmat_, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_round_on_symbols_against_hmmlearn(seed):
    symbols = np.random.default_rng(seed).integers(5, size=SIZES.sum())
    model = random_model(Categorical, 3, symbols, seed, symbols=5)
    there = given_to_hmmlearn(CategoricalHMM, model)
    there.emissionprob_ = model.emissions.probabilities
    there.fit(symbols[:, None], SIZES)
    ours = one_round(model, symbols)
    assert_same_chain(ours, there)
    np.testing.assert_allclose(ours.emissions.probabilities, there.emissionprob_, atol=1e-9)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_round_on_vectors_against_hmmlearn(dimensions):
    vectors = random_vectors(dimensions, SIZES.sum(), dimensions)
    model = random_model(Gaussian, 3, vectors, dimensions)
    there = given_to_hmmlearn(GaussianHMM, model, covariance_type="full", min_covar=0, covars_prior=0, covars_weight=0)
    there.means_, there.covars_ = model.emissions.means, model.emissions.covariances
    there.fit(vectors, SIZES)
    ours = one_round(model, vectors)
    assert_same_chain(ours, there)
    np.testing.assert_allclose(ours.emissions.means, there.means_, atol=1e-8)
    np.testing.assert_allclose(ours.emissions.covariances, there.covars_, atol=1e-8)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_round_on_mixtures_against_hmmlearn(dimensions):
    """Version 0.3.3 of hmmlearn takes a mixture's covariances around the means before the round, we around the new."""
    vectors = random_vectors(dimensions, SIZES.sum(), dimensions)
    model = random_model(GaussianMixture, 2, vectors, dimensions, components=3)
    there = given_to_hmmlearn(GMMHMM, model, n_mix=3, covariance_type="full", min_covar=0)
    there.weights_ = model.emissions.weights
    there.means_, there.covars_ = model.emissions.means, model.emissions.covariances
    there.fit(vectors, SIZES)
    ours = one_round(model, vectors)
    assert_same_chain(ours, there)
    np.testing.assert_allclose(ours.emissions.weights, there.weights_, atol=1e-8)
    np.testing.assert_allclose(ours.emissions.means, there.means_, atol=1e-7)
    moved = ours.emissions.means - model.emissions.means
    around_old = ours.emissions.covariances + moved[..., :, None] * moved[..., None, :]
    np.testing.assert_allclose(around_old, there.covars_, atol=1e-7)


def test_round_against_every_path():
    """Expected counts over all paths of two sequences, divided by their sums."""
    start, transitions, _ = random_parameters(1, 2, 1)
    probabilities = np.random.default_rng(1).dirichlet(np.ones(3), 2)
    sequences = [np.array([0, 2, 1, 1, 0]), np.array([2, 2, 0])]
    starts, moves, shown = np.zeros(2), np.zeros((2, 2)), np.zeros((2, 3))
    for symbols in sequences:
        oracle = every_path(start, transitions, np.log(probabilities[:, symbols]).T)
        starts += oracle.posteriors()[0]
        moves += oracle.transitions()
        np.add.at(shown.T, symbols, oracle.posteriors())
    model = HiddenMarkovModel(start, transitions, Categorical(probabilities))
    ours = one_round(model, np.concatenate(sequences), np.array([5, 3]))
    np.testing.assert_allclose(ours.start, starts / 2)
    np.testing.assert_allclose(ours.transitions, moves / moves.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(ours.emissions.probabilities, shown / shown.sum(axis=1, keepdims=True))


def assert_never_falls(model, observations, sizes, floor, rounds=25):
    """Looked at from outside of `baum_welch`, which leaves off a last step that rounding turned into a loss."""
    model = HiddenMarkovModel(model.start, model.transitions, model.emissions.raised(floor))
    before = -np.inf
    for _ in range(rounds):
        found = expectations(model, observations, sizes)
        now = found.log_likelihood.sum()
        assert now >= before - 1e-8 * max(1.0, abs(now))
        before = now
        model = maximised(model, found, observations, sizes, floor)
        assert np.isfinite(model.transitions).all()
        assert all(np.isfinite(field).all() for field in vars(model.emissions).values())


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    states=st.integers(1, 4),
    components=st.integers(1, 4),
    dimensions=st.integers(1, 3),
    floor=st.sampled_from((1e-6, 1e-3, 0.5)),
    copies=st.booleans(),
)
def test_mixtures_never_lose_likelihood(seed, states, components, dimensions, floor, copies):
    """With more components than there are different observations, too: these collapse onto one."""
    vectors = random_vectors(seed, 12, dimensions)
    observations = np.round(np.repeat(vectors[:4], 8, axis=0), 1) if copies else np.vstack([vectors, vectors[:3]])
    sizes = np.array([len(observations) - 5, 5])
    model = random_model(GaussianMixture, states, observations, seed, components=components)
    assert_never_falls(model, observations, sizes, floor)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    states=st.integers(1, 5),
    kind=st.sampled_from((Categorical, Gaussian)),
    zeros=st.booleans(),
)
def test_never_loses_likelihood(seed, states, kind, zeros):
    random = np.random.default_rng(seed)
    observations = random.integers(3, size=60) if kind is Categorical else random_vectors(seed, 60, 2)
    model = random_model(kind, states, observations, seed, symbols=3)
    if zeros:
        cyclic = (model.transitions + np.eye(states)) * (np.eye(states) + np.roll(np.eye(states), 1, axis=1) > 0)
        transitions = cyclic / cyclic.sum(axis=1, keepdims=True)
        model = HiddenMarkovModel(np.eye(states)[0], transitions, model.emissions)
    assert_never_falls(model, observations, np.array([35, 25]), 1e-3)


def test_component_on_one_observation_stops_at_the_floor():
    observations = np.concatenate([np.random.default_rng(0).normal(size=50), [40.0]])[:, None]
    model = random_model(GaussianMixture, 1, observations, 3, components=2)
    run = baum_welch(model, observations, rounds=200, variance_floor=0.01)
    assert run.models[-1].emissions.covariances.min() == pytest.approx(0.01)
    assert np.isfinite(run.log_likelihoods).all()
    assert (np.diff(run.log_likelihoods) >= 0).all()


def test_all_observations_equal():
    run = baum_welch(random_model(Gaussian, 3, np.full((20, 2), 7.0), 1), np.full((20, 2), 7.0))
    np.testing.assert_allclose(run.models[-1].emissions.means, 7.0)
    assert np.isfinite(run.log_likelihoods).all()


def test_finds_the_parameters_that_made_the_data():
    truth = HiddenMarkovModel(
        np.array([0.5, 0.5]),
        np.array([[0.95, 0.05], [0.1, 0.9]]),
        Categorical(np.array([[0.8, 0.15, 0.05], [0.1, 0.2, 0.7]])),
    )
    drawn = sample(truth, 20_000, seed=2)
    start = HiddenMarkovModel(
        np.array([0.5, 0.5]),
        np.array([[0.6, 0.4], [0.4, 0.6]]),
        Categorical(np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])),
    )
    found = baum_welch(start, drawn.observations, rounds=300, tolerance=1e-3).models[-1]
    np.testing.assert_allclose(found.transitions, truth.transitions, atol=0.02)
    np.testing.assert_allclose(found.emissions.probabilities, truth.emissions.probabilities, atol=0.03)


@pytest.mark.parametrize("kind", [Categorical, Gaussian, GaussianMixture])
def test_starts_side_by_side(kind):
    """Several starts in one run end as each does alone, those that stop earlier included."""
    random = np.random.default_rng(3)
    observations = random.integers(4, size=60) if kind is Categorical else random_vectors(3, 60, 2)
    model = random_model(kind, 2, observations, 8, symbols=4, components=2, starts=4)
    together = baum_welch(model, observations, rounds=30, tolerance=0.05)
    assert together.log_likelihoods.shape == (len(together.models), 4)
    assert (np.diff(together.log_likelihoods, axis=0) >= 0).all()
    stops = []
    for number in range(4):
        emissions = kind(**{name: field[number] for name, field in vars(model.emissions).items()})
        alone = baum_welch(
            HiddenMarkovModel(model.start[number], model.transitions[number], emissions),
            observations,
            rounds=30,
            tolerance=0.05,
        )
        stops.append(len(alone.models))
        np.testing.assert_allclose(together.log_likelihoods[-1, number], alone.log_likelihoods[-1], rtol=1e-9)
        np.testing.assert_allclose(
            together.models[-1].transitions[number], alone.models[-1].transitions, rtol=1e-6, atol=1e-9
        )
    assert len(set(stops)) > 1


def test_impossible_observations():
    model = HiddenMarkovModel(np.array([1.0]), np.array([[1.0]]), Categorical(np.array([[1.0, 0.0]])))
    with pytest.raises(InputError, match="can't have made these observations"):
        baum_welch(model, np.array([0, 1]))


def test_state_that_is_never_reached_keeps_its_rows():
    transitions = np.array([[1.0, 0.0], [0.3, 0.7]])
    model = HiddenMarkovModel(np.array([1.0, 0.0]), transitions, Categorical(np.array([[0.5, 0.5], [0.1, 0.9]])))
    ended = baum_welch(model, np.array([0, 0, 1])).models[-1]
    np.testing.assert_array_equal(ended.transitions, transitions)
    np.testing.assert_allclose(ended.emissions.probabilities, [[2 / 3, 1 / 3], [0.1, 0.9]])


def test_means_of_a_start_are_observations():
    vectors = random_vectors(1, 30, 2)
    model = random_model(GaussianMixture, 3, vectors, 5, components=2)
    means = model.emissions.means.reshape(-1, 2)
    assert all((vectors == mean).all(axis=1).any() for mean in means)
    assert len(np.unique(means, axis=0)) == 6
    np.testing.assert_allclose(model.emissions.covariances[0, 0], np.cov(vectors.T, bias=True))
