"""How likely an observed sequence is, and how likely each hidden state at each step: forward–backward.

Rabiner (1989), equations 19–27 and 36–38, where α, β, γ and ξ are defined. In scaled probabilities where that is
exact, and in logarithms where it isn't, for instance where an observation a hundred standard deviations away forces
a state that one of 10⁻³⁰⁰ had to be kept for.

Shapes: T observations of S sequences one after the other, N states; `...` is any number of axes, models side by side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnn_core.recursions import (
    LEAST,
    Plan,
    Scaled,
    as_lengths,
    forward_in_logs,
    forward_scaled,
    from_logs,
    log_of,
    log_sum,
    normalised,
    same,
    sum_product,
)

_CHUNK = 4096  # steps whose pairs of states are held at once


@dataclass(frozen=True, eq=False)
class ForwardBackward:
    """What the observations say about the hidden states.

    A sequence that the model can't have made has the log-likelihood −∞ and no posteriors: they are
    all 0, and it counts no transitions.
    """

    log_likelihood: np.ndarray  # (..., S), log P(Y) of each sequence
    posteriors: np.ndarray  # (..., T, N), γ_t(i) = P(z_t = i | Y)
    transitions: np.ndarray  # (..., N, N), Σ_t ξ_t(i, j): expected numbers of transitions, over all sequences
    logarithms: Callable[[], tuple[np.ndarray, np.ndarray]] = field(repr=False)
    """Computes `forward` and `backward`, which learning does without."""

    @property
    def forward(self) -> np.ndarray:
        """log α_t(i) = log P(y_1 … y_t, z_t = i), (..., T, N)."""
        return self._both[0]

    @property
    def backward(self) -> np.ndarray:
        """log β_t(i) = log P(y_{t+1} … y_T | z_t = i), (..., T, N)."""
        return self._both[1]

    @cached_property
    def _both(self) -> tuple[np.ndarray, np.ndarray]:
        return self.logarithms()


def forward_backward(
    start: np.ndarray, transitions: np.ndarray, log_likelihoods: np.ndarray, lengths: np.ndarray | None = None
) -> ForwardBackward:
    """Run forward and backward over every sequence.

    Args:
        start: (..., N), π.
        transitions: (..., N, N), a_ij = P(z_{t+1} = j | z_t = i); zeros are fine, here and in π.
        log_likelihoods: (..., T, N), log b_i(y_t); −∞ where a state can't give the observation.
        lengths: (S,), of the sequences; None takes all observations as one.

    """
    plan = Plan(as_lengths(lengths, log_likelihoods.shape[-2]))
    ahead = forward_scaled(start, transitions, log_likelihoods, plan)
    if ahead.exact:
        found = _from_scaled(transitions, ahead, plan)
        if found is not None:

            def logarithms() -> tuple[np.ndarray, np.ndarray]:
                alpha = _alpha(start, transitions, log_likelihoods, plan)
                return alpha, _beta(transitions, _weighed_beta(start, transitions, log_likelihoods, plan), plan)

            return ForwardBackward(*found, logarithms)
    return _from_logs(start, transitions, log_likelihoods, plan)


def _from_scaled(
    transitions: np.ndarray, ahead: Scaled, plan: Plan
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Go back in scaled probabilities and join both directions; None where a number is too small to be exact.

    β_t is divided by its sum, too: by that of Σ_j a_ij b_j(y_{t+1}) β_{t+1}(j), where β_{t+1} sums to 1. Once they
    are used, the weights b_j(y_t) make room for b_j(y_t) β_t(j).
    """
    posteriors, counted = np.empty_like(ahead.vectors), np.zeros(transitions.shape)
    sums, total = np.ones_like(ahead.sums), np.empty_like(ahead.sums)
    ends = _ends(ahead, plan)
    after, least = ends[..., :0], np.inf
    for begin, size in reversed(plan.steps):
        here, inner, kept = slice(begin, begin + size), slice(begin, begin + after.shape[-1]), after.shape[-1]
        now = transitions @ after
        least = min(least, now.min(initial=np.inf))
        now, sums[..., inner] = normalised(now)
        if kept < size:
            now = np.concatenate([now, ends[..., kept:size]], axis=-1)
        posteriors[..., plan.order[here]], total[..., here] = normalised(ahead.vectors[..., here] * now)
        counted += _pairs(ahead.vectors[..., inner], total[..., inner] * sums[..., inner], after)
        after = np.multiply(now, ahead.weights[..., here], out=ahead.weights[..., here])
    if plan.cut:
        before, behind = plan.back[plan.ends[:-1]], plan.back[plan.begins[1:]]
        inside = ~plan.opens[1:]
        before, after = before[inside], ahead.weights[..., behind[inside]]
        now, sums[..., before] = normalised(transitions @ after)
        if not same(ends[..., np.argsort(plan.rank)[:-1][inside]], now):
            return None
        counted += _pairs(ahead.vectors[..., before], total[..., before] * sums[..., before], after)
    possible = ahead.vectors[..., plan.back[plan.lasts]].any(axis=-2)
    total *= sums
    if total.min() < LEAST or least < LEAST:
        # Nothing is lost where a number is small because the model says so: there it is 0.
        needed = np.repeat(possible, plan.lengths, axis=-1)
        later = np.roll(ahead.weights[..., plan.back], -1, axis=-1)
        lost = (transitions @ later < LEAST) & (
            (transitions > 0).astype(np.float32) @ (later > 0).astype(np.float32) > 0
        )
        lost[..., plan.lasts] = False
        if (needed & (total[..., plan.back] < LEAST)).any() or (lost & (ahead.vectors[..., plan.back] > 0)).any():
            return None
    by_step = (np.log(np.where(ahead.sums > 0, ahead.sums, 1.0)) + ahead.tops)[..., plan.back]
    log_likelihood = np.where(possible, np.add.reduceat(by_step, plan.firsts, axis=-1), -np.inf)
    return log_likelihood, np.swapaxes(posteriors, -1, -2), transitions * counted


def _pairs(alpha: np.ndarray, whole: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return Σ_t ξ_t(i, j) / a_ij from α_t and b_j(y_{t+1}) β_{t+1}(j), (..., N, n) both, and what ξ_t sums to."""
    found: np.ndarray = (alpha * (1 / np.maximum(whole, LEAST))[..., None, :]) @ np.swapaxes(after, -1, -2)
    return found


def _ends(ahead: Scaled, plan: Plan) -> np.ndarray:
    """Return β, divided by its sum, at the end of every piece, (..., N, P), in the order of the plan."""
    found = np.zeros((*ahead.vectors.shape[:-1], len(plan.ends)))
    if ahead.through is not None:
        now = found[..., :1]
        for piece in range(len(plan.ends) - 1, 0, -1):
            # Where the piece opens a sequence, the one before it ends one, and nothing comes after.
            opens = plan.opens[piece]
            now = np.zeros_like(now) if opens else sum_product(np.swapaxes(ahead.through[..., piece], -1, -2))(now)
            found[..., piece - 1] = now[..., 0]
    return plan.ranked(from_logs(found))


def _alpha(start: np.ndarray, transitions: np.ndarray, log_likelihoods: np.ndarray, plan: Plan) -> np.ndarray:
    """Return log α_t(i), (..., T, N)."""
    found = forward_in_logs(start, transitions, log_likelihoods, plan, sum_product)
    return np.swapaxes(found[..., plan.back], -1, -2)


def _weighed_beta(start: np.ndarray, transitions: np.ndarray, log_likelihoods: np.ndarray, plan: Plan) -> np.ndarray:
    """Return log b_t(i) β_t(i), (..., T, N): the recursion of α, read from the end, with A turned round."""
    turned, ones = Plan(plan.lengths[::-1]), np.ones_like(start)
    return _alpha(ones, np.swapaxes(transitions, -1, -2), log_likelihoods[..., ::-1, :], turned)[..., ::-1, :]


def _beta(transitions: np.ndarray, weighed: np.ndarray, plan: Plan) -> np.ndarray:
    """Return log β_t(i) = log Σ_j a_ij b_j(y_{t+1}) β_{t+1}(j), (..., T, N)."""
    found, matrix = np.empty_like(weighed), log_of(transitions)
    for begin in range(0, found.shape[-2], _CHUNK):
        later = weighed[..., begin + 1 : begin + _CHUNK + 1, None, :]
        found[..., begin : begin + later.shape[-3], :] = log_sum(matrix[..., None, :, :] + later, axis=-1)
    found[..., plan.lasts, :] = 0.0
    return found


def _from_logs(start: np.ndarray, transitions: np.ndarray, log_likelihoods: np.ndarray, plan: Plan) -> ForwardBackward:
    """Run both directions in logarithms."""
    alpha = _alpha(start, transitions, log_likelihoods, plan)
    weighed = _weighed_beta(start, transitions, log_likelihoods, plan)
    beta = _beta(transitions, weighed, plan)
    log_likelihood = log_sum(alpha[..., plan.lasts, :], axis=-1)
    # An impossible sequence gets +∞ taken off everywhere, and so counts as 0.
    whole = np.repeat(np.where(np.isfinite(log_likelihood), log_likelihood, np.inf), plan.lengths, axis=-1)[..., None]
    matrix, counted = log_of(transitions), np.zeros(transitions.shape)
    inner = np.delete(np.arange(len(plan.order)), plan.lasts)
    for begin in range(0, len(inner), _CHUNK):
        here = inner[begin : begin + _CHUNK]
        pairs = (alpha - whole)[..., here, :, None] + matrix[..., None, :, :] + weighed[..., here + 1, None, :]
        counted += np.exp(pairs).sum(axis=-3)
    return ForwardBackward(log_likelihood, np.exp(alpha + beta - whole), counted, lambda: (alpha, beta))
