"""The probability of one path: P(s_1 … s_T) = P(s_1) Π_t P(s_{t+1} | s_t), which is what makes a chain Markov's."""

from dataclasses import dataclass

import numpy as np

from rnn_core.errors import InputError
from rnn_core.markov_chain.trace import Trace


@dataclass(frozen=True, eq=False)
class PathProbability:
    """A path and its factors."""

    states: tuple[int, ...]  # (L,)
    names: tuple[str, ...]  # (L,)
    factors: np.ndarray  # (L,), P(s_1), then one P(s_{t+1} | s_t) a step
    log_probability: float  # natural logarithm; −inf for a path that can't happen

    @property
    def probability(self) -> float:
        """P(s_1 … s_T); a very long path may be too improbable for a float, and its logarithm still right."""
        return float(np.exp(self.log_probability))

    @property
    def impossible(self) -> tuple[int, ...]:
        """Numbers of the factors that are 0; 0 is the start."""
        return tuple(np.flatnonzero(self.factors == 0).tolist())


def path_probability(trace: Trace, states: tuple[int, ...]) -> PathProbability:
    """Multiply along a path.

    Raises `InputError` for a path without a state and for a state that the chain hasn't.
    """
    N = len(trace.spec.states)
    if not states or not all(0 <= state < N for state in states):
        raise InputError(f"a path needs states from 0 to {N - 1}, got {states}")
    steps = trace.transitions[list(states[:-1]), list(states[1:])]
    factors = np.concatenate(([trace.start[states[0]]], steps))
    with np.errstate(divide="ignore"):
        log_probability = float(np.log(factors).sum())
    names = tuple(trace.spec.states[state] for state in states)
    return PathProbability(states, names, factors, log_probability)
