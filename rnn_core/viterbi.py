"""The most likely path of hidden states, and the one that comes next.

Viterbi's algorithm, as in Rabiner (1989), equations 30–35. It gives the best *path*; the most likely state at one
step may be another one, see `forward_backward`. The runner-up needs no second run: take the last step at which it
differs from the best path. From there on both go together, and up to there it is the best way to another state.

Shapes: T observations of S sequences one after the other, N states.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnn_core.recursions import Plan, as_lengths, forward_in_logs, log_of, max_product

_CHUNK = 4096  # steps that are compared at once: they stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Viterbi:
    """The best path of every sequence, and the best of the others; what isn't asked for, isn't computed.

    A sequence that the model can't have made has no path: its log-probability is −∞, its states are −1.
    """

    path: np.ndarray  # (T,), states
    log_probability: np.ndarray  # (S,), log P(Y, path)
    packed: np.ndarray = field(repr=False)  # (N, T), the scores in the order of the plan
    log_transitions: np.ndarray = field(repr=False)  # (N, N)
    plan: Plan = field(repr=False)

    @cached_property
    def scores(self) -> np.ndarray:
        """log δ_t(i), (T, N): of the best way that ends at t in state i, with its observations."""
        return self.packed[:, self.plan.back].T

    @cached_property
    def back_pointers(self) -> np.ndarray:
        """The state before on the best way to each state, (T, N); −1 at a first step, and where there is no way."""
        found = np.full(self.scores.shape, -1)
        columns, moves = self.scores.T, self.log_transitions[..., None]
        for begin in range(1, len(found), _CHUNK):
            before = columns[:, begin - 1 : min(begin - 1 + _CHUNK, len(found) - 1)]
            found[begin : begin + _CHUNK] = _best_before(before[:, None], moves).T
        found[self.plan.firsts] = -1
        found[~np.isfinite(self.scores)] = -1
        return found

    @property
    def runner_up(self) -> np.ndarray:
        """The best path that differs somewhere, (T,); the path itself where no other is possible."""
        return self._second[0]

    @property
    def runner_up_log_probability(self) -> np.ndarray:
        """Its log P(Y, path), (S,); −∞ where no other is possible."""
        return self._second[1]

    @cached_property
    def _second(self) -> tuple[np.ndarray, np.ndarray]:
        """For every row and every state off the path: what it costs to come from there, and go on as the path does."""
        rows = np.arange(len(self.scores))
        inner = np.delete(rows, self.plan.lasts)
        value = self.scores.copy()
        value[inner] += self.log_transitions.T[self.path[inner + 1]]
        reached = value[rows, self.path]
        value[rows, self.path] = -np.inf
        state = value.argmax(axis=1)
        possible = np.repeat(np.isfinite(self.log_probability), self.plan.lengths)
        gap = np.full(len(rows), np.inf)
        gap[possible] = reached[possible] - value[rows, state][possible]
        lowest = np.minimum.reduceat(gap, self.plan.firsts)
        is_lowest = np.repeat(lowest, self.plan.lengths) == gap
        leaves = np.minimum.reduceat(np.where(is_lowest, rows, len(rows)), self.plan.firsts)
        path = self.path.copy()
        for number in np.flatnonzero(np.isfinite(lowest)).tolist():
            first, row = self.plan.firsts[number], leaves[number]
            way = [int(state[row])]
            for pointers in self.back_pointers[row:first:-1].tolist():
                way.append(pointers[way[-1]])
            path[first : row + 1] = way[::-1]
        best = np.where(np.isfinite(lowest), self.log_probability, -np.inf)
        return path, best - np.where(np.isfinite(lowest), lowest, 0.0)


def viterbi(
    start: np.ndarray,
    transitions: np.ndarray,
    log_likelihoods: np.ndarray,
    lengths: np.ndarray | None = None,
    observed: np.ndarray | None = None,
) -> Viterbi:
    """Find the best path of every sequence; of paths that are equally likely, one.

    Args:
        start: (N,), π.
        transitions: (N, N), a_ij = P(z_{t+1} = j | z_t = i); zeros are fine, here and in π.
        log_likelihoods: (T, N), log b_i(y_t); −∞ where a state can't give the observation.
        lengths: (S,), of the sequences; None takes all observations as one.
        observed: (T,), where few different observations return many times: the row of `log_likelihoods` that
            each of them takes. A table of all steps costs more time than the paths do.

    """
    plan = Plan(as_lengths(lengths, len(log_likelihoods if observed is None else observed)))
    matrix = log_of(transitions)
    packed = forward_in_logs(start, transitions, log_likelihoods, plan, max_product, observed)
    lasts = packed[:, plan.back[plan.lasts]]
    best = lasts.max(axis=0)
    path = _trace_back(packed, matrix, lasts.argmax(axis=0), plan)
    path[np.repeat(~np.isfinite(best), plan.lengths)] = -1
    return Viterbi(path, best, packed, matrix, plan)


def _trace_back(packed: np.ndarray, matrix: np.ndarray, lasts: np.ndarray, plan: Plan) -> np.ndarray:
    """Return the paths (T,) that end in given states (S,), from the scores (N, T) in the order of the plan.

    Where sequences are in pieces, the way back through every piece is found for each state that it may
    end in, and then the right one is taken.
    """
    states = len(matrix)
    ends = np.repeat(np.arange(states)[:, None], len(plan.ends), axis=1) if plan.cut else lasts[None]
    ways = np.empty((len(ends), packed.shape[1]), dtype=int)
    ends = plan.ranked(ends)
    after = ends[:, :0]
    for begin, size in reversed(plan.steps):
        kept = after.shape[1]
        before = _best_before(packed[:, None, begin : begin + kept], matrix.take(after, axis=1))
        after = np.concatenate([before, ends[:, kept:size]], axis=1) if kept < size else before
        ways[:, begin : begin + size] = after
    ways = ways[:, plan.back]
    if not plan.cut:
        return ways[0]
    taken = np.zeros(len(plan.ends), dtype=int)
    taken[plan.ends.searchsorted(plan.lasts)] = lasts
    # From each first state of a piece, for each state it may end in, the state before it.
    firsts = plan.begins[1:]
    pointers = _best_before(packed[:, None, plan.back[firsts - 1]], matrix[:, ways[:, firsts]])
    for piece in range(len(plan.ends) - 1, 0, -1):
        if not plan.opens[piece]:
            taken[piece - 1] = pointers[taken[piece], piece - 1]
    chosen: np.ndarray = ways[np.repeat(taken, plan.ends - plan.begins + 1), np.arange(ways.shape[1])]
    return chosen


def _best_before(scores: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Return the i with the largest score(i) + move(i), over the first axis of both, (N, ...); of equals the first."""
    best: np.ndarray = (scores + moves).argmax(axis=0)
    return best
