"""One sequence through a hidden Markov model: forward, backward, posterior and Viterbi, with every number kept.

    α_t(j) = P(y_1..y_t, z_t = j) = Σ_i α_{t-1}(i) A_ij · B_j(y_t)         forward
    β_t(i) = P(y_{t+1}..y_T | z_t = i) = Σ_j A_ij B_j(y_{t+1}) β_{t+1}(j)  backward
    γ_t(i) = P(z_t = i | y_1..y_T) = α_t(i) β_t(i) / P(y_1..y_T)           posterior
    δ_t(j) = max_i δ_{t-1}(i) A_ij · B_j(y_t)                              Viterbi

(Rabiner 1989, equations 20, 25, 27 and 33.) Everything is kept as natural logarithms, so that long sequences
don't underflow; log 0 is -inf. Shapes: N states, T steps.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from rnn_core.forward_backward import forward_backward
from rnn_core.hidden_markov.spec import Spec
from rnn_core.viterbi import viterbi

Mode = Literal["forward", "backward", "posterior", "viterbi"]

TIED: Final = 1e-9
"""Logarithms and probabilities that differ by no more than this count as equal."""


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything that is computed of one sequence. Logarithms are natural."""

    spec: Spec
    log_emissions: np.ndarray  # (T, N), log B_i(y_t)
    forward: np.ndarray  # (T, N), log α_t(i)
    backward: np.ndarray  # (T, N), log β_t(i)
    posteriors: np.ndarray  # (T, N), γ_t(i); zeros where the observations are impossible
    log_likelihood: float  # log P(y_1..y_T), -inf where the observations are impossible
    scores: np.ndarray  # (T, N), log δ_t(i)
    back_pointers: np.ndarray  # (T, N), the state before, from which the maximum comes; row 0: -1
    path: np.ndarray  # (T,), the best path
    log_probability: float  # log P(path, y_1..y_T)
    runner_up: np.ndarray  # (T,), the best of all other paths
    runner_up_log_probability: float  # -inf where no other path is possible
    likely: np.ndarray  # (T,), the most probable state of each step; where some tie, that of the best path

    @property
    def possible(self) -> bool:
        """Whether any path can have made these observations."""
        return bool(np.isfinite(self.log_likelihood))

    @property
    def impossible_step(self) -> int | None:
        """The first step, from 1, whose observation no path that came so far can make; None where there is none."""
        dead = np.flatnonzero(np.isneginf(self.forward).all(axis=1))
        return int(dead[0]) + 1 if len(dead) else None

    @property
    def differing(self) -> np.ndarray:
        """Steps, from 1, at which the most probable state is not the one on the best path."""
        return np.flatnonzero(self.path != self.likely) + 1 if self.possible else np.array([], dtype=int)

    def values(self, mode: Mode) -> np.ndarray:
        """Return the logarithm of what a cell of the trellis holds, (T, N)."""
        if mode == "posterior":
            return log(self.posteriors)
        return {"forward": self.forward, "backward": self.backward, "viterbi": self.scores}[mode]


def trace_hidden_markov(spec: Spec) -> Trace:
    """Run all four recursions over the sequence."""
    model = spec.model.numbers
    log_emissions = model.emissions.log_likelihoods(np.array(spec.observations))
    sums = forward_backward(model.start, model.transitions, log_emissions)
    best = viterbi(model.start, model.transitions, log_emissions)
    largest = sums.posteriors.max(axis=1)
    on_path = sums.posteriors[np.arange(spec.steps), best.path]
    return Trace(
        spec=spec,
        log_emissions=log_emissions,
        forward=sums.forward,
        backward=sums.backward,
        posteriors=sums.posteriors,
        log_likelihood=float(sums.log_likelihood[0]),
        scores=best.scores,
        back_pointers=best.back_pointers,
        path=best.path,
        log_probability=float(best.log_probability[0]),
        runner_up=best.runner_up,
        runner_up_log_probability=float(best.runner_up_log_probability[0]),
        likely=np.where(on_path >= largest - TIED, best.path, sums.posteriors.argmax(axis=1)),
    )


def log(values: np.ndarray) -> np.ndarray:
    """Return natural logarithms, -inf for zeros."""
    return np.log(values, where=values > 0, out=np.full(np.shape(values), -np.inf))


def column_shares(trace: Trace, mode: Mode) -> np.ndarray:
    """Return what share of its column each cell has, (T, N); zeros in a column of zeros.

    Of α it is P(z_t = i | y_1..y_t), what is believed before the rest is observed; γ is its own share.
    """
    values = trace.values(mode)
    top = values.max(axis=1, keepdims=True)
    sizes = np.exp(values - np.where(np.isfinite(top), top, 0))
    return sizes / np.maximum(sizes.sum(axis=1, keepdims=True), np.finfo(float).tiny)


def arrow_shares(trace: Trace, mode: Mode) -> np.ndarray:
    """Return how much each arrow brings, (T-1, N, N): [t-1, i, j] is the arrow between z_t = i, z_{t+1} = j.

    Of the sum α_{t+1}(j) for "forward", of the sum β_t(i) for "backward", each 0 to 1; for "posterior"
    ξ_t(i, j) = P(z_t = i, z_{t+1} = j | y_1..y_T); for "viterbi" 1 for the back-pointers of cells that
    some path can reach and 0 for the rest. (Rabiner 1989, equations 20, 25, 37 and 33b.)
    """
    N = len(trace.spec.model.states)
    if mode == "viterbi":
        chosen = trace.back_pointers[1:, None, :] == np.arange(N)[:, None]
        return np.where(chosen & np.isfinite(trace.scores[1:, None, :]), 1.0, 0.0)
    moves = log(trace.spec.model.numbers.transitions) + trace.log_emissions[1:, None, :]
    if mode == "forward":
        terms, whole = trace.forward[:-1, :, None] + moves, trace.forward[1:, None, :]
    elif mode == "backward":
        terms, whole = moves + trace.backward[1:, None, :], trace.backward[:-1, :, None]
    else:
        terms = trace.forward[:-1, :, None] + moves + trace.backward[1:, None, :]
        whole = np.full((1, 1, 1), trace.log_likelihood)
    return np.exp(terms - np.where(np.isfinite(whole), whole, 0))
