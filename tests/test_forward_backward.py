"""Likelihoods and posteriors: against every path, against hmmlearn, in extreme models, and over 100,000 steps."""

import numpy as np
import pytest
from hmmlearn.hmm import CategoricalHMM
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import recursions
from rnn_core.forward_backward import forward_backward
from rnn_core.recursions import Plan, forward_in_logs, forward_scaled, sum_product
from tests.every_path import SMALL, every_path, random_parameters

CUTS = ("whole", "cut")


@pytest.fixture(params=CUTS)
def pieces(request, monkeypatch):
    """Short sequences in one go, and cut as long ones are."""
    if request.param == "cut":
        monkeypatch.setattr(recursions, "_LONG", 2)


def assert_is_exact(found, start, transitions, log_likelihoods):
    oracle = every_path(start, transitions, log_likelihoods)
    np.testing.assert_allclose(found.log_likelihood, [oracle.log_likelihood()], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found.posteriors, oracle.posteriors(), atol=1e-10)
    np.testing.assert_allclose(found.transitions, oracle.transitions(), atol=1e-10)
    for t in range(len(log_likelihoods)):
        ahead = [
            every_path(start, transitions, log_likelihoods[: t + 1]),
            every_path(np.ones(len(start)), transitions, np.vstack([0 * start, log_likelihoods[t + 1 :]])),
        ]
        for state in range(len(start)):
            alpha = ahead[0].log_probabilities[ahead[0].paths[:, -1] == state]
            beta = ahead[1].log_probabilities[ahead[1].paths[:, 0] == state]
            np.testing.assert_allclose(found.forward[t, state], np.logaddexp.reduce(alpha), rtol=1e-10, atol=1e-10)
            np.testing.assert_allclose(found.backward[t, state], np.logaddexp.reduce(beta), rtol=1e-10, atol=1e-10)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("spread", [1.0, 40.0, 3000.0])
@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("tiny", [False, True])
def test_against_every_path(spread, zeros, tiny):
    for seed in range(12):
        states, steps = 1 + seed % 4, 1 + seed % 6
        parameters = random_parameters(seed, states, steps, zeros=zeros, tiny=tiny, spread=spread)
        assert_is_exact(forward_backward(*parameters), *parameters)


@settings(max_examples=60, deadline=None)
@given(size=SMALL, seed=st.integers(0, 10**6), zeros=st.booleans(), spread=st.sampled_from((1.0, 100.0, 1000.0)))
def test_against_every_path_at_any_size(size, seed, zeros, spread):
    parameters = random_parameters(seed, *size, zeros=zeros, spread=spread)
    oracle = every_path(*parameters)
    found = forward_backward(*parameters)
    np.testing.assert_allclose(found.log_likelihood, [oracle.log_likelihood()], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found.posteriors, oracle.posteriors(), atol=1e-10)
    np.testing.assert_allclose(found.transitions, oracle.transitions(), atol=1e-10)


def test_against_a_hundred_thousand_paths():
    parameters = random_parameters(3, 10, 5, zeros=True)
    oracle, found = every_path(*parameters), forward_backward(*parameters)
    assert len(oracle.paths) == 10**5
    np.testing.assert_allclose(found.log_likelihood, [oracle.log_likelihood()], rtol=1e-12)
    np.testing.assert_allclose(found.posteriors, oracle.posteriors(), atol=1e-12)
    np.testing.assert_allclose(found.transitions, oracle.transitions(), atol=1e-12)


@pytest.mark.parametrize("sizes", [[1], [1, 1, 1], [5, 2, 9, 1], [300, 7], [30] * 40, [1, 450, 3, 300]])
@pytest.mark.parametrize("seed", [0, 1])
def test_against_hmmlearn(sizes, seed):
    random = np.random.default_rng(seed)
    model = CategoricalHMM(4, implementation="log")
    model.startprob_, model.transmat_, _ = random_parameters(seed, 4, 1)
    model.emissionprob_ = random.dirichlet(np.ones(6), 4)
    model.n_features = 6
    symbols = random.integers(6, size=sum(sizes))
    expected, posteriors = model.score_samples(symbols[:, None], sizes)
    found = forward_backward(
        model.startprob_, model.transmat_, np.log(model.emissionprob_[:, symbols]).T, np.array(sizes)
    )
    np.testing.assert_allclose(found.log_likelihood.sum(), expected, rtol=1e-9)
    np.testing.assert_allclose(found.posteriors, posteriors, atol=1e-9)


def test_sequences_are_independent():
    """Of many sequences, an impossible one among them, each is as it is alone."""
    start, transitions, _ = random_parameters(5, 3, 1, zeros=True)
    log_likelihoods = random_parameters(5, 3, 400)[2]
    log_likelihoods[7] = -np.inf
    lengths = np.array([5, 10, 1, 300, 84])
    found = forward_backward(start, transitions, log_likelihoods, lengths)
    counted = np.zeros((3, 3))
    for number, end in enumerate(np.cumsum(lengths)):
        rows = slice(end - lengths[number], end)
        alone = forward_backward(start, transitions, log_likelihoods[rows])
        counted += alone.transitions
        assert found.log_likelihood[number] == pytest.approx(alone.log_likelihood[0], rel=1e-12)
        for name in ("posteriors", "forward", "backward"):
            np.testing.assert_allclose(getattr(found, name)[rows], getattr(alone, name), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.transitions, counted, rtol=1e-10, atol=1e-12)
    assert found.log_likelihood[1] == -np.inf
    assert not found.posteriors[5:15].any()


def test_models_side_by_side():
    first, second = (random_parameters(seed, 3, 40) for seed in (1, 2))
    both = forward_backward(*(np.array(pair) for pair in zip(first, second, strict=True)), np.array([25, 15]))
    for number, parameters in enumerate((first, second)):
        alone = forward_backward(*parameters, np.array([25, 15]))
        for name in ("log_likelihood", "posteriors", "transitions", "forward", "backward"):
            np.testing.assert_allclose(getattr(both, name)[number], getattr(alone, name), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("sizes", [[250], [20] * 30])
@pytest.mark.parametrize("zeros", [False, True])
def test_probabilities_and_logarithms_agree(sizes, zeros):
    start, transitions, log_likelihoods = random_parameters(4, 4, sum(sizes), zeros=zeros)
    plan = Plan(np.array(sizes))
    scaled = forward_scaled(start, transitions, log_likelihoods, plan)
    logs = forward_in_logs(start, transitions, log_likelihoods, plan, sum_product)
    assert scaled.exact
    shares = np.exp(logs - np.where(np.isfinite(logs.max(axis=0)), np.logaddexp.reduce(logs, axis=0), 0.0))
    np.testing.assert_allclose(scaled.vectors, shares, rtol=1e-9, atol=1e-280)


def test_an_unlikely_state_is_kept_where_it_is_needed_later():
    """State 1 looks impossible for 20 steps, e^-2000 each; then only its way leads on."""
    start, transitions = np.array([0.5, 0.5]), np.eye(2)
    log_likelihoods = np.zeros((40, 2))
    log_likelihoods[:20, 1] = -2000
    log_likelihoods[20:, 0] = -2001
    assert not forward_scaled(start, transitions, log_likelihoods, Plan(np.array([40]))).exact
    found = forward_backward(start, transitions, log_likelihoods)
    np.testing.assert_allclose(found.posteriors, np.tile([0.0, 1.0], (40, 1)), atol=1e-8)
    assert found.log_likelihood[0] == pytest.approx(np.log(0.5) - 40_000)
    log_likelihoods[-1, 0] = -np.inf
    found = forward_backward(start, transitions, log_likelihoods)
    np.testing.assert_array_equal(found.posteriors, np.tile([0.0, 1.0], (40, 1)))


@pytest.mark.parametrize("states", [1, 4])
def test_long_sequence_keeps_its_likelihood(states):
    """Where all rows of A are π, the likelihood is a product over the steps."""
    random = np.random.default_rng(2)
    start = random.dirichlet(np.ones(states))
    log_likelihoods = random.normal(size=(100_000, states)) - 5
    found = forward_backward(start, np.tile(start, (states, 1)), log_likelihoods)
    expected = np.logaddexp.reduce(np.log(start) + log_likelihoods, axis=1)
    np.testing.assert_allclose(found.log_likelihood, [expected.sum()], rtol=1e-11)
    np.testing.assert_allclose(found.posteriors, np.exp(np.log(start) + log_likelihoods - expected[:, None]), atol=1e-9)
    np.testing.assert_allclose(found.forward[-1], np.log(found.posteriors[-1]) + expected.sum(), rtol=1e-11)
    assert found.transitions.sum() == pytest.approx(99_999, abs=1e-5)


def test_impossible_observations():
    found = forward_backward(np.array([1.0, 0.0]), np.eye(2), np.array([[0.0, 0.0], [-np.inf, 0.0]]))
    assert found.log_likelihood.tolist() == [-np.inf]
    assert not found.posteriors.any()
    assert not found.transitions.any()


@pytest.mark.parametrize("lengths", [[2], [4, 0], [5, -1], []])
def test_lengths_must_fit(lengths):
    with pytest.raises(ValueError, match="lengths must be positive and sum to the 4 observations"):
        forward_backward(np.array([1.0]), np.array([[1.0]]), np.zeros((4, 1)), np.array(lengths))
