"""The best path and the runner-up: against every path, against hmmlearn, with ties, and over 100,000 steps."""

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import recursions
from rnn_core.emissions import Gaussian
from rnn_core.forward_backward import forward_backward
from rnn_core.viterbi import viterbi
from tests.every_path import SMALL, every_path, random_parameters


def log_probability(path, start, transitions, log_likelihoods):
    with np.errstate(divide="ignore"):
        moves = np.log(transitions[path[:-1], path[1:]]).sum()
        return np.log(start[path[0]]) + moves + log_likelihoods[np.arange(len(path)), path].sum()


def assert_is_best(found, parameters):
    oracle = every_path(*parameters)
    ranked = np.sort(oracle.log_probabilities)[::-1]
    assert found.log_probability[0] == pytest.approx(ranked[0], rel=1e-11)
    second = ranked[1] if len(ranked) > 1 else -np.inf
    assert found.runner_up_log_probability[0] == pytest.approx(second, rel=1e-11)
    if ranked[0] == -np.inf:
        assert (found.path == -1).all()
        assert (found.runner_up == -1).all()
        return
    assert log_probability(found.path, *parameters) == pytest.approx(ranked[0], rel=1e-11)
    if second == -np.inf:
        np.testing.assert_array_equal(found.runner_up, found.path)
    else:
        assert log_probability(found.runner_up, *parameters) == pytest.approx(second, rel=1e-11)
        assert (found.runner_up != found.path).any()


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("tiny", [False, True])
def test_against_every_path(cut, zeros, tiny, monkeypatch):
    if cut:
        monkeypatch.setattr(recursions, "_LONG", 2)
    for seed in range(30):
        parameters = random_parameters(
            seed, 1 + seed % 4, 1 + seed % 6, zeros=zeros, tiny=tiny, spread=(1.0, 1e3)[seed % 2]
        )
        assert_is_best(viterbi(*parameters), parameters)


@settings(max_examples=60, deadline=None)
@given(size=SMALL, seed=st.integers(0, 10**6), zeros=st.booleans())
def test_against_every_path_at_any_size(size, seed, zeros):
    parameters = random_parameters(seed, *size, zeros=zeros)
    assert_is_best(viterbi(*parameters), parameters)


def test_ties_have_a_runner_up_that_is_as_likely():
    found = viterbi(np.full(2, 0.5), np.full((2, 2), 0.5), np.zeros((4, 2)))
    assert found.log_probability == found.runner_up_log_probability == pytest.approx(4 * np.log(0.5))
    assert (found.path != found.runner_up).any()


def test_scores_and_back_pointers():
    """Two steps by hand: in state 0 with 0.6 · 0.5, in state 1 with 0.4 · 0.1, and on from there."""
    found = viterbi(
        np.array([0.6, 0.4]), np.array([[0.7, 0.3], [0.0, 1.0]]), np.log([[0.5, 0.1], [0.4, 0.3], [0.1, 0.6]])
    )
    scores = [[0.3, 0.04], [0.084, 0.027], [0.00588, 0.0162]]
    np.testing.assert_allclose(np.exp(found.scores), scores, rtol=1e-12)
    np.testing.assert_array_equal(found.back_pointers, [[-1, -1], [0, 0], [0, 1]])
    np.testing.assert_array_equal(found.path, [0, 1, 1])
    np.testing.assert_array_equal(found.runner_up, [0, 0, 1])
    np.testing.assert_allclose(np.exp(found.runner_up_log_probability), [0.01512], rtol=1e-12)


@pytest.mark.parametrize("sizes", [[1, 4, 2], [600], [50] * 40, [1, 450, 3, 300], [9] * 150])
@pytest.mark.parametrize("dimensions", [1, 3])
def test_against_hmmlearn(sizes, dimensions):
    """Numbers, unlike symbols, hardly ever make two paths equally likely."""
    random = np.random.default_rng(len(sizes))
    start, transitions, _ = random_parameters(len(sizes), 4, 1, zeros=True)
    factors = random.normal(size=(4, dimensions, dimensions))
    emissions = Gaussian(random.normal(size=(4, dimensions)), factors @ factors.swapaxes(1, 2) + np.eye(dimensions))
    model = GaussianHMM(4, covariance_type="full")
    model.startprob_, model.transmat_ = start, transitions
    model.means_, model.covars_ = emissions.means, emissions.covariances
    observations = 2 * random.normal(size=(sum(sizes), dimensions))
    expected, path = model.decode(observations, sizes)
    found = viterbi(start, transitions, emissions.log_likelihoods(observations), np.array(sizes))
    assert found.log_probability.sum() == pytest.approx(expected, rel=1e-10)
    assert found.runner_up_log_probability.sum() < expected
    np.testing.assert_array_equal(found.path, path)


def test_observations_that_return_may_share_a_row():
    random = np.random.default_rng(5)
    start, transitions, _ = random_parameters(random, 3, 2)
    rows, observed = np.log(random.dirichlet(np.ones(4), 3)).T, random.integers(4, size=500)
    for lengths in (None, np.array([1, 399, 100]), np.full(100, 5)):
        shared = viterbi(start, transitions, rows, lengths, observed)
        own = viterbi(start, transitions, rows[observed], lengths)
        np.testing.assert_array_equal(shared.path, own.path)
        np.testing.assert_array_equal(shared.runner_up, own.runner_up)
        np.testing.assert_array_equal(shared.scores, own.scores)


def test_sequences_are_independent():
    start, transitions, _ = random_parameters(5, 3, 1, zeros=True)
    log_likelihoods = random_parameters(5, 3, 400)[2]
    log_likelihoods[7] = -np.inf
    lengths = np.array([5, 10, 1, 300, 84])
    found = viterbi(start, transitions, log_likelihoods, lengths)
    for number, end in enumerate(np.cumsum(lengths)):
        rows = slice(end - lengths[number], end)
        alone = viterbi(start, transitions, log_likelihoods[rows])
        for name in ("path", "runner_up", "back_pointers"):
            np.testing.assert_array_equal(getattr(found, name)[rows], getattr(alone, name))
        np.testing.assert_allclose(found.scores[rows], alone.scores, rtol=1e-12)
        for name in ("log_probability", "runner_up_log_probability"):
            assert getattr(found, name)[number] == pytest.approx(getattr(alone, name)[0], rel=1e-12)
    assert (found.path[5:15] == -1).all()
    assert (found.path[15:] >= 0).all()


@pytest.mark.parametrize("states", [1, 3, 16, 17])
@pytest.mark.parametrize("vectors", [1, 99, 100, 400])
def test_maxima_of_sums(states, vectors):
    """Bit for bit, −∞ included, whichever way they are computed."""
    random = np.random.default_rng(states + vectors)
    scores = -1e5 * random.random((2, states, vectors))
    scores[random.random(scores.shape) < 0.3] = -np.inf
    with np.errstate(divide="ignore"):
        matrix = np.log(random.random((states, states)) * (random.random((states, states)) < 0.7))
    found = recursions.max_product(matrix)(scores)
    np.testing.assert_array_equal(found, (scores[:, :, None] + matrix[..., None]).max(axis=1))
    np.testing.assert_array_equal(recursions.max_product(np.stack([matrix, matrix.T]))(scores)[0], found[0])


def test_path_of_a_long_sequence():
    """States that show themselves almost surely are found, over 100,000 steps."""
    random = np.random.default_rng(1)
    states = random.integers(4, size=100_000)
    log_likelihoods = np.where(states[:, None] == np.arange(4), 0.0, -30.0)
    log_likelihoods[50_000, (states[50_000] + 1) % 4] = -0.5
    found = viterbi(np.full(4, 0.25), np.full((4, 4), 0.25), log_likelihoods)
    np.testing.assert_array_equal(found.path, states)
    assert found.log_probability[0] == pytest.approx(100_000 * np.log(0.25), rel=1e-12)
    assert np.flatnonzero(found.runner_up != states).tolist() == [50_000]
    assert found.log_probability[0] - found.runner_up_log_probability[0] == pytest.approx(0.5, abs=1e-6)


def test_best_path_is_not_made_of_the_most_likely_states():
    """The first state is 1 with probability 0.6, but its ways part: 0.3, 0.15, 0.15; state 0 has one way of 0.4."""
    model = np.array([0.4, 0.6]), np.array([[1.0, 0.0], [0.5, 0.5]]), np.zeros((3, 2))
    found = viterbi(*model)
    assert found.path.tolist() == [0, 0, 0]
    assert np.exp(found.log_probability[0]) == pytest.approx(0.4)
    assert forward_backward(*model).posteriors[0].tolist() == pytest.approx([0.4, 0.6])
