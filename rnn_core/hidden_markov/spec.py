"""What is looked at: a hidden Markov model whose states and symbols have names, and a sequence of observations.

    states z_1 … z_T, a Markov chain:  π_i = P(z_1 = i),  A_ij = P(z_{t+1} = j | z_t = i)
    observations y_1 … y_T:            B_ik = P(y_t = k | z_t = i)

(Rabiner 1989, section II.) Shape letters: N states, M symbols, T steps.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from rnn_core.emissions import Categorical
from rnn_core.errors import InputError
from rnn_core.hidden_markov_model import HiddenMarkovModel

Rows = tuple[tuple[float, ...], ...]

MOST_STATES: Final = 6
MOST_SYMBOLS: Final = 8
MOST_OBSERVATIONS: Final = 1000
"""In all sequences together."""


@dataclass(frozen=True)
class Model:
    """A model with names.

    Attributes:
        states, symbols: their names, N and M.
        start: (N,) π.
        transitions: (N, N) A, a row a state that is left.
        emissions: (N, M) B, a row a state.

    """

    states: tuple[str, ...]
    symbols: tuple[str, ...]
    start: tuple[float, ...]
    transitions: Rows
    emissions: Rows

    def __post_init__(self) -> None:
        """Refuse tables that don't fit the names, and rows that are no distributions."""
        N, M = len(self.states), len(self.symbols)
        for name, rows, shape in (
            ("start", (self.start,), (1, N)),
            ("transitions", self.transitions, (N, N)),
            ("emissions", self.emissions, (N, M)),
        ):
            if (len(rows), *{len(row) for row in rows}) != shape:
                raise InputError(f"{name} must have shape {shape}")
            if any(min(row) < 0 or abs(sum(row) - 1) > 1e-6 for row in rows):
                raise InputError(f"every row of {name} must be non-negative and sum to 1")

    @cached_property
    def numbers(self) -> HiddenMarkovModel:
        """The model without its names, as the numerics take it."""
        return HiddenMarkovModel(
            np.array(self.start), np.array(self.transitions), Categorical(np.array(self.emissions))
        )


@dataclass(frozen=True)
class Spec:
    """A model and one sequence.

    Attributes:
        model: the model.
        observations: (T,) numbers of symbols, from 0.

    """

    model: Model
    observations: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse an empty sequence and symbols that the model doesn't have."""
        if not self.observations:
            raise InputError("there must be at least one observation")
        M = len(self.model.symbols)
        if not all(0 <= symbol < M for symbol in self.observations):
            raise InputError(f"observations must be numbers of symbols, from 0 to {M - 1}")

    @property
    def steps(self) -> int:
        """T."""
        return len(self.observations)

    def symbol(self, t: int) -> str:
        """Return the name of what is observed at step t, from 1."""
        return self.model.symbols[self.observations[t - 1]]
