"""A hidden Markov model: its parameters, and sequences drawn from it.

The joint probability of states and observations is P(Z, Y) = π(z_1) Π_t a(z_t, z_{t+1}) Π_t b(y_t | z_t) (Rabiner,
1989, equations 13–16). The likelihood of the observations sums it over all state paths, see `forward_backward`; the
best path is in `viterbi`; learning, in `baum_welch`.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from rnn_core.emissions import Emissions
from rnn_core.errors import InputError


@dataclass(frozen=True, eq=False)
class HiddenMarkovModel:
    """The parameters; N states. `...` is any number of axes: models side by side."""

    start: np.ndarray  # (..., N), π_i = P(z_1 = i)
    transitions: np.ndarray  # (..., N, N), a_ij = P(z_{t+1} = j | z_t = i)
    emissions: Emissions


@dataclass(frozen=True, eq=False)
class Sample:
    """A sequence drawn from a model."""

    states: np.ndarray  # (T,)
    observations: np.ndarray  # (T,) symbols, or (T, D) numbers


def sample(model: HiddenMarkovModel, steps: int, seed: int) -> Sample:
    """Draw states and observations. Raises `InputError` for less than one step."""
    if steps < 1:
        raise InputError(f"steps must be at least 1, got {steps}")
    generator = np.random.default_rng(seed)
    rows = [_steps_of(row) for row in model.transitions]
    states = []
    row = _steps_of(model.start)
    for draw in generator.random(steps).tolist():
        state = bisect_right(row, draw)
        states.append(state)
        row = rows[state]
    drawn = np.array(states)
    return Sample(drawn, model.emissions.sample(drawn, generator))


def _steps_of(probabilities: np.ndarray) -> list[float]:
    """Return running sums in which a number below 1 is found at a state that is possible."""
    sums = np.cumsum(probabilities)
    # Beyond the last possible state nothing is drawn, whatever the rounding of the sums.
    sums[np.flatnonzero(probabilities)[-1] :] = 1.0
    steps: list[float] = sums.tolist()
    return steps
