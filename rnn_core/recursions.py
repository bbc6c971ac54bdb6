"""The recursion that all of a hidden Markov model's sums and maxima run on, over many sequences at once.

Every step multiplies a vector by the transitions and weighs it by the observation,
v_t(j) = b_j(y_t) Σ_i v_{t-1}(i) a_ij, from v_1(j) = π_j b_j(y_1); for the best path, Σ is a maximum (Rabiner,
1989, equations 19, 20 and 33). It runs in probabilities that are scaled at every step (fast), or in logarithms
(never underflows).

Two things make it fast without a compiler. All sequences take a step together, the longest first, so that those
which have ended fall off. And where there are few sequences but many steps, they are cut into pieces: the matrix
that leads through a piece is found for all pieces at once, then the vectors between the pieces, then all inside.

Shapes: T observations of S sequences one after the other, `lengths` (S,); N states; P pieces. `...` is any number
of axes: models side by side. Inside, the states are the last axis but one, (..., N, T), so that the longest is last.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

LEAST = 1e-290
"""Scaled probabilities from here up are as precise as any; below, they begin to lose digits, and then vanish."""

_NARROW = 16  # sequences: fewer than this hardly fill a step of numpy
_LONG = 200  # steps: cutting pays from here on
_MANY = 100  # vectors side by side from which on a matrix product adds faster than numpy
_FEW_STATES = 16  # up to which it does: its work grows with their third power
_NEVER = -1e200  # stands for −∞: no sum of logarithms comes near it
_APART = 1e-10  # relative difference of two ways to the same vector that counts as rounding

Product = Callable[[np.ndarray], np.ndarray]


def log_of(probabilities: np.ndarray) -> np.ndarray:
    """Return natural logarithms; that of 0 is −∞, without a warning."""
    with np.errstate(divide="ignore"):
        return np.log(probabilities)


def log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    """Return log Σ exp along an axis, which is −∞ where all values are."""
    top = values.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    return log_of(np.exp(values - top).sum(axis=axis)) + np.squeeze(top, axis=axis)


def sum_product(matrix: np.ndarray) -> Product:
    """Return what makes log Σ_i exp(v(i) + m(i, j)) of vectors (..., N, n), for a matrix of logarithms (..., N, N)."""
    return lambda vectors: log_sum(vectors[..., :, None, :] + matrix[..., None], axis=-3)


def max_product(matrix: np.ndarray) -> Product:
    """Return what makes max_i v(i) + m(i, j) of vectors (..., N, n), for a matrix of logarithms (..., N, N).

    All sums v(i) + m(i, j) come from one matrix product, the row (i, j) of which has a 1 at i, and m(i, j) at the
    end, where the vectors have a 1: exact, as all else is 0, and twice as fast as numpy's addition. −∞ · 0 is no
    number, so a finite stand-in, far below all sums, takes its place.
    """
    states = matrix.shape[-1]

    @cache
    def pairs() -> np.ndarray:
        every = np.arange(states * states)
        found = np.zeros((*matrix.shape[:-2], states * states, states + 1))
        found[..., every, every // states] = 1
        found[..., -1] = np.maximum(matrix, _NEVER).reshape(*matrix.shape[:-2], -1)
        return found

    def product(vectors: np.ndarray) -> np.ndarray:
        best: np.ndarray
        if vectors.shape[-1] < _MANY or states > _FEW_STATES:
            best = (vectors[..., :, None, :] + matrix[..., None]).max(axis=-3)
            return best
        lengthened = np.empty((*vectors.shape[:-2], states + 1, vectors.shape[-1]))
        lengthened[..., -1, :] = 1
        np.maximum(vectors, _NEVER, out=lengthened[..., :-1, :])
        sums = pairs() @ lengthened
        best = np.maximum.reduce(sums.reshape(*sums.shape[:-2], states, states, -1), axis=-3)
        best[best < _NEVER / 2] = -np.inf
        return best

    return product


def normalised(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors (..., N, n) divided by their sums (..., n), and the sums; vectors of 0 stay."""
    total = vectors.sum(axis=-2)
    # A sum below that is 0, or is found out later on as too small.
    return vectors * (1 / np.maximum(total, LEAST))[..., None, :], total


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether numbers differ by rounding only, so that none of them was too small."""
    return bool((abs(one - other) <= _APART * other).all())


def as_lengths(lengths: np.ndarray | None, total: int) -> np.ndarray:
    """Return the lengths of the sequences (S,). Raises ValueError unless they are positive and sum to the total."""
    found = np.array([total] if lengths is None else lengths, dtype=int)
    if found.ndim != 1 or found.size == 0 or found.min() < 1 or found.sum() != total:
        raise ValueError(f"lengths must be positive and sum to the {total} observations, got {found.tolist()}")
    return found


class Plan:
    """Sequences, or their pieces, side by side: first the first observations of all, the longest piece first, then …"""

    def __init__(self, lengths: np.ndarray) -> None:
        longest = int(lengths.max())
        self.cut = longest >= _LONG and lengths.sum() < _NARROW * longest
        """Whether the sequences are in pieces."""
        pieces = lengths
        self.opens = np.full(len(lengths), True)
        """Which pieces open a sequence, (P,)."""
        if self.cut:
            side = int(np.sqrt(longest))
            sizes = [[side] * (length // side) + [length % side] * (length % side > 0) for length in lengths.tolist()]
            pieces = np.array(list(itertools.chain(*sizes)))
            self.opens = np.array(list(itertools.chain(*([True] + [False] * (len(cut) - 1) for cut in sizes))))
        self.lengths = lengths
        self.lasts = np.cumsum(lengths) - 1
        self.firsts = self.lasts - lengths + 1
        self.ends = np.cumsum(pieces) - 1
        self.begins = self.ends - pieces + 1
        self.rank = np.argsort(-pieces, kind="stable")
        step = np.arange(pieces.max())[:, None]
        runs = step < pieces[self.rank]
        self.order = (self.begins[self.rank] + step)[runs]
        """Where each observation in that order stands among the observations, (T,)."""
        self.back = np.empty_like(self.order)
        self.back[self.order] = np.arange(len(self.order))
        sizes = runs.sum(axis=1).tolist()
        self.steps = list(zip(itertools.accumulate(sizes, initial=0), sizes, strict=False))
        """Where each step begins in that order, and how many pieces take it."""

    def ranked(self, vectors: np.ndarray) -> np.ndarray:
        """Return one vector a piece (..., N, P) in that order; one for all, (..., N, 1), is repeated."""
        return vectors[..., self.rank] if vectors.shape[-1] > 1 else np.repeat(vectors, len(self.rank), axis=-1)

    def running(self, values: np.ndarray) -> np.ndarray:
        """Return sums (..., T) from the first observation of the sequence to each one, in the order given."""
        sums = np.cumsum(values, axis=-1)
        before = (sums - values)[..., self.firsts]
        return sums - np.repeat(before, self.lengths, axis=-1)


def forward_in_logs(
    start: np.ndarray,
    transitions: np.ndarray,
    log_likelihoods: np.ndarray,
    plan: Plan,
    product_with: Callable[[np.ndarray], Product],
    observed: np.ndarray | None = None,
) -> np.ndarray:
    """Run the recursion in logarithms.

    Args:
        start: (..., N), probabilities of the first state.
        transitions: (..., N, N).
        log_likelihoods: (..., T, N), log b_i(y_t).
        plan: of the sequences.
        product_with: `sum_product` or `max_product`.
        observed: (T,), the row of `log_likelihoods` that each observation takes; None takes one after the other.

    Returns:
        (..., N, T), log v_t, in the order of the plan.

    """
    first, matrix = log_of(start)[..., None], log_of(transitions)
    columns = np.ascontiguousarray(np.swapaxes(log_likelihoods, -1, -2))
    rows = plan.order if observed is None else observed[plan.order]

    def run(starts: np.ndarray, matrix: np.ndarray, columns: np.ndarray, found: np.ndarray) -> np.ndarray:
        now, product = plan.ranked(starts), product_with(matrix)
        for begin, size in plan.steps:
            if begin:
                now = product(now[..., :size])
            here = slice(begin, begin + size)
            # Small and in one piece, the vectors stay in the processor's cache until the next step.
            now = now + columns.take(rows[here], axis=-1)
            found[..., here] = now
        return found

    if plan.cut:
        room = np.empty(matrix.shape + rows.shape)
        through = run(_starts(first, matrix, plan), matrix[..., None, :, :], columns[..., None, :, :], room)
        before = np.roll(vectors_between(through[..., plan.back[plan.ends]], plan, product_with), 1, axis=-1)
        first = np.where(plan.opens, first, product_with(matrix)(before))
    leading = np.broadcast_shapes(start.shape, columns.shape[:-1])
    return run(first, matrix, columns, np.empty(leading + rows.shape))


@dataclass(frozen=True, eq=False)
class Scaled:
    """The recursion in scaled probabilities, in the order of the plan."""

    weights: np.ndarray  # (..., N, T), b_i(y_t) divided by the largest of the step
    tops: np.ndarray  # (..., T), logarithms of the largest
    vectors: np.ndarray  # (..., N, T), v_t divided by its sum; 0 where nothing is possible
    sums: np.ndarray  # (..., T), what each was divided by, where the one before sums to 1
    through: np.ndarray | None  # (..., N, N, P), logarithms of the matrices through the pieces, if there are any
    exact: bool  # whether no probability became too small for the computer's numbers


def forward_scaled(start: np.ndarray, transitions: np.ndarray, log_likelihoods: np.ndarray, plan: Plan) -> Scaled:
    """Run the recursion in probabilities that are scaled to sum to 1 at every step; arguments as for logarithms."""
    columns = np.swapaxes(log_likelihoods, -1, -2)
    weights = columns.take(plan.order, axis=-1)
    tops = weights.max(axis=-2)
    tops[np.isinf(tops)] = 0.0
    weights -= tops[..., None, :]
    np.exp(weights, out=weights)
    first, through, exact = start[..., None], None, True

    def run(starts: np.ndarray, matrix: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        leading = np.broadcast_shapes(starts.shape[:-1], weights.shape[:-1])
        vectors = np.empty(leading + weights.shape[-1:])
        sums = np.empty(leading[:-1] + weights.shape[-1:])
        now, least = plan.ranked(starts), np.inf
        for begin, size in plan.steps:
            here = slice(begin, begin + size)
            if begin:
                now = matrix @ now[..., :size]
            now = now * weights[..., here]
            least = min(least, now.min())
            now, sums[..., here] = normalised(now)
            vectors[..., here] = now
        return vectors, sums, least

    turned = np.ascontiguousarray(np.swapaxes(transitions, -1, -2))
    if plan.cut:
        vectors, sums, _ = run(_starts(first, transitions, plan), turned[..., None, :, :], weights[..., None, :, :])
        through = log_of(vectors[..., plan.back[plan.ends]])
        through += np.add.reduceat(log_of(sums)[..., plan.back], plan.begins, axis=-1)[..., None, :]
        before = np.roll(from_logs(vectors_between(through, plan, sum_product)), 1, axis=-1)
        vectors, sums, least = run(np.where(plan.opens, first, turned @ before), turned, weights)
        # The last vector inside a piece and the one found between the pieces are the same, or a number was too small.
        exact = same(before[..., ~plan.opens], vectors[..., plan.back[plan.begins[~plan.opens] - 1]])
    else:
        vectors, sums, least = run(first, turned, weights)
    if exact and least < LEAST:
        sizes = vectors * sums[..., None, :]
        # Nothing is lost where a number is small because the model says so: there it is 0.
        alive = np.roll(vectors[..., plan.back] > 0, 1, axis=-1)
        reached = turned.astype(bool).astype(np.float32) @ alive.astype(np.float32) > 0
        reached[..., plan.firsts] = start[..., None] > 0
        exact = bool(((reached & (columns > -np.inf)) <= (sizes >= LEAST)[..., plan.back]).all())
    return Scaled(weights, tops, vectors, sums, through, exact)


def from_logs(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (..., N, n) of which the logarithms are given, divided by their sums."""
    top = vectors.max(axis=-2, keepdims=True)
    return normalised(np.exp(vectors - np.where(np.isfinite(top), top, 0.0)))[0]


def vectors_between(through: np.ndarray, plan: Plan, product_with: Callable[[np.ndarray], Product]) -> np.ndarray:
    """Return log v at the end of every piece, (..., N, P), from the logarithms of the matrices through them."""
    found = np.empty(through.shape[:-3] + through.shape[-2:])
    now = found[..., :1]
    for piece, opens in enumerate(plan.opens.tolist()):
        matrix = through[..., piece]
        now = matrix[..., 0, :, None] if opens else product_with(matrix)(now)
        found[..., piece] = now[..., 0]
    return found


def _starts(first: np.ndarray, transitions: np.ndarray, plan: Plan) -> np.ndarray:
    """Return what every piece starts from (..., N, N, P), given each state before it; the first pieces from π."""
    return np.where(plan.opens, first[..., None, :, :], transitions[..., None])
