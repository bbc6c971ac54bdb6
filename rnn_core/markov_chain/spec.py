"""What runs: a finite Markov chain with its start, and how far it is followed.

Shapes: N states, T steps; P[i, j] is the probability of a step from state i to state j.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.errors import InputError

Rows = tuple[tuple[float, ...], ...]

MOST_STEPS: Final = 200
"""Steps of a run: as many as the picture has stops."""

MOST_TYPED: Final = 8
"""States that the graph has room for."""

MOST_STATES: Final = 34
"""States of a chain of letters: an alphabet and the space."""


@dataclass(frozen=True)
class Spec:
    """A chain, where it starts, and the run that is drawn.

    Raises `InputError` when the shapes don't fit together or a row is no distribution.

    Attributes:
        states: (N,), their names.
        transitions: (N, N), a row the state that is left.
        start: (N,), the distribution of the first state.
        steps: T.
        seed: of the run.

    """

    states: tuple[str, ...]
    transitions: Rows
    start: tuple[float, ...]
    steps: int = 60
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no chain."""
        N = len(self.states)
        if not 1 <= N <= MOST_STATES:
            raise InputError(f"a chain must have 1 to {MOST_STATES} states, got {N}")
        if len(set(self.states)) != N:
            raise InputError("the names of the states must differ")
        if not 1 <= self.steps <= MOST_STEPS:
            raise InputError(f"a run must have 1 to {MOST_STEPS} steps, got {self.steps}")
        if len(self.transitions) != N or {len(row) for row in self.transitions} != {N} or len(self.start) != N:
            raise InputError(f"{N} states need {N} rows of {N} probabilities, and {N} to start with")
        for row in (*self.transitions, self.start):
            if not min(row) >= 0 or not abs(sum(row) - 1) <= 1e-9:
                raise InputError("every row must hold no negative number and sum to 1")


def to_rows(values: np.ndarray) -> Rows:
    """Return a matrix (rows, columns) as tuples."""
    return tuple(tuple(row) for row in values.tolist())


def start_at(state: int, N: int) -> tuple[float, ...]:
    """Return the distribution (N,) that is certain of one state."""
    return tuple(float(i == state) for i in range(N))


def start_anywhere(N: int) -> tuple[float, ...]:
    """Return the uniform distribution (N,)."""
    return (1 / N,) * N
