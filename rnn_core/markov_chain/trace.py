"""A chain followed step by step: its marginals, one run, and what both come near.

Marginals (Norris 1997, theorem 1.1.3): π_{t+1} = π_t P.  The long-run average of the marginals exists for every
start of every finite chain; the limit of the marginals themselves may not.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.markov_chain.classes import StateClass, classes_of, reached_from
from rnn_core.markov_chain.limits import absorption, eigenvalue_moduli, stationary_distributions, steps_until
from rnn_core.markov_chain.spec import Spec

NEAR: Final = 0.01
"""Total-variation distance that counts as being there."""

MOST_STEPS_AHEAD: Final = 10**9

ROUNDING: Final = 1e-9
"""Distance that is nothing but rounding."""


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything about one chain. R recurrent classes."""

    spec: Spec
    transitions: np.ndarray  # (N, N), P[i, j]
    start: np.ndarray  # (N,), π_0
    classes: tuple[StateClass, ...]  # recurrent ones first
    reached: np.ndarray  # (N,), whether the chain can ever be there from this start
    stationary: np.ndarray  # (R, N), one for each recurrent class
    absorption: np.ndarray  # (N, R), probability of ending in each of them, from each state
    mean_steps: np.ndarray  # (N,), mean number of steps until in one of them, from each state
    averages: np.ndarray  # (N, N), where the average of the marginals goes, from each state
    average: np.ndarray  # (N,), the same from this start
    moduli: np.ndarray  # (N,), of the eigenvalues, falling
    marginals: np.ndarray  # (T+1, N), π_t
    running: np.ndarray  # (T+1, N), the average of π_0 … π_t
    distances: np.ndarray  # (T+1,), total variation between π_t and `average`
    running_distances: np.ndarray  # (T+1,), the same for the running average
    farthest: np.ndarray  # (T+1,), that of the start, of all states, that is farthest from its average
    near_after: int | None  # first t with distance at most NEAR; None where there is none up to a billion
    settles: bool  # whether the marginals from this start have a limit
    path: np.ndarray  # (T+1,), the states of one run
    shares: np.ndarray  # (T+1, N), share of s_0 … s_t in each state

    @property
    def recurrent(self) -> tuple[StateClass, ...]:
        """The classes that can't be left, as many as there are stationary distributions."""
        return tuple(one for one in self.classes if one.recurrent)

    @property
    def irreducible(self) -> bool:
        """Whether every state leads to every other."""
        return len(self.classes) == 1

    @property
    def periods(self) -> tuple[int, ...]:
        """(R,), the period of every recurrent class."""
        return tuple(one.period for one in self.recurrent)

    @property
    def one_limit(self) -> bool:
        """Whether the marginals come to one distribution, whatever the start."""
        return self.periods == (1,)

    @property
    def second(self) -> float:
        """|λ₂|: the largest modulus after one eigenvalue 1 for each recurrent class; 0 where there is no other."""
        others = self.moduli[len(self.recurrent) :]
        return float(others[0]) if len(others) else 0.0

    @property
    def ended_in(self) -> int | None:
        """The number of the recurrent class that the run is in at its end, or None."""
        last = self.path[-1]
        return next((r for r, one in enumerate(self.recurrent) if last in one.members), None)


def trace_markov_chain(spec: Spec) -> Trace:
    """Follow a chain."""
    P, start = np.array(spec.transitions), np.array(spec.start)
    classes = classes_of(P)
    stationary = stationary_distributions(P, classes)
    ends, mean_steps = absorption(P, classes)
    averages = ends @ stationary
    average = start @ averages
    N, T = len(P), spec.steps
    everywhere = np.empty((T + 1, N, N))  # P^t
    everywhere[0] = np.eye(N)
    for t in range(T):
        everywhere[t + 1] = everywhere[t] @ P
    marginals = start @ everywhere
    counts = np.arange(1, T + 2)[:, None]
    running = marginals.cumsum(axis=0) / counts
    path = run(P, start, T, spec.seed)
    return Trace(
        spec=spec,
        transitions=P,
        start=start,
        classes=classes,
        reached=reached_from(P, start),
        stationary=stationary,
        absorption=ends,
        mean_steps=mean_steps,
        averages=averages,
        average=average,
        moduli=eigenvalue_moduli(P, classes),
        marginals=marginals,
        running=running,
        distances=np.abs(marginals - average).sum(axis=1) / 2,
        running_distances=np.abs(running - average).sum(axis=1) / 2,
        farthest=(np.abs(everywhere - averages).sum(axis=2) / 2).max(axis=1),
        near_after=steps_until(P, start, average, NEAR, MOST_STEPS_AHEAD),
        settles=_settles(P, start, average, start @ ends, classes),
        path=path,
        shares=np.eye(N)[path].cumsum(axis=0) / counts,
    )


def run(transitions: np.ndarray, start: np.ndarray, steps: int, seed: int) -> np.ndarray:
    """Return the states (T+1,) of one run; a longer one with the same seed begins like a shorter one."""
    chances = np.random.default_rng(seed).random(steps + 1)
    ladders = np.cumsum(transitions, axis=1)
    ladders /= ladders[:, -1:]
    path = np.empty(steps + 1, dtype=int)
    # side="right": a chance of exactly 0 then passes the states that have no probability.
    path[0] = np.searchsorted(np.cumsum(start) / np.sum(start), chances[0], side="right")
    for t in range(steps):
        path[t + 1] = np.searchsorted(ladders[path[t]], chances[t + 1], side="right")
    return path


def _settles(
    transitions: np.ndarray,
    start: np.ndarray,
    average: np.ndarray,
    ends: np.ndarray,
    classes: tuple[StateClass, ...],
) -> bool:
    """Tell whether π_t has a limit: in a periodic class it has one only where all phases are equally likely."""
    recurrent = [one for one in classes if one.recurrent]
    if all(one.period == 1 for one, share in zip(recurrent, ends, strict=True) if share > 0):
        return True
    return steps_until(transitions, start, average, ROUNDING, MOST_STEPS_AHEAD) is not None


def powers(trace: Trace, exponents: tuple[int, ...]) -> np.ndarray:
    """Return P^t for each t, (F, N, N): row i is the distribution t steps after state i."""
    return np.stack([np.linalg.matrix_power(trace.transitions, t) for t in exponents])
