"""Sequences drawn from a model: how often each start, transition and symbol comes, and that zeros never do."""

import numpy as np
import pytest

from rnn_core.emissions import Categorical, Gaussian
from rnn_core.errors import InputError
from rnn_core.hidden_markov_model import HiddenMarkovModel, sample

MODEL = HiddenMarkovModel(
    np.array([0.0, 1.0, 0.0]),
    np.array([[0.0, 0.3, 0.7], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]),
    Categorical(np.array([[1.0, 0.0], [0.4, 0.6], [0.0, 1.0]])),
)


def test_frequencies():
    drawn = sample(MODEL, 50_000, seed=1)
    assert drawn.states[0] == 1
    counts = np.zeros((3, 3))
    np.add.at(counts, (drawn.states[:-1], drawn.states[1:]), 1)
    assert not counts[MODEL.transitions == 0].any()
    np.testing.assert_allclose(counts / counts.sum(axis=1, keepdims=True), MODEL.transitions, atol=0.015)
    for state in range(3):
        share = np.bincount(drawn.observations[drawn.states == state], minlength=2) / (drawn.states == state).sum()
        np.testing.assert_allclose(share, MODEL.emissions.probabilities[state], atol=0.015)


def test_start_is_drawn():
    model = HiddenMarkovModel(np.array([0.25, 0.75]), np.eye(2), Categorical(np.eye(2)))
    starts = [int(sample(model, 1, seed=seed).states[0]) for seed in range(2000)]
    assert np.mean(starts) == pytest.approx(0.75, abs=0.04)


def test_same_seed_same_sequence():
    model = HiddenMarkovModel(MODEL.start, MODEL.transitions, Gaussian(np.zeros((3, 2)), np.tile(np.eye(2), (3, 1, 1))))
    one, same, other = (sample(model, 30, seed=seed) for seed in (4, 4, 5))
    assert one.observations.shape == (30, 2)
    np.testing.assert_array_equal(one.states, same.states)
    np.testing.assert_array_equal(one.observations, same.observations)
    assert (one.observations != other.observations).all()


def test_no_steps():
    with pytest.raises(InputError, match="steps must be at least 1, got 0"):
        sample(MODEL, 0, seed=1)
