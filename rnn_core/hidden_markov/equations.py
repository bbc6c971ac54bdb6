"""The formula of one cell of the trellis, and of the probability of one path, with the numbers in them."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from rnn_core.hidden_markov.trace import Mode, Trace
from rnn_core.hidden_markov.writing import logarithm, probability, typed
from rnn_core.numerals import indexed, percent

LETTERS: Final[dict[Mode, str]] = {"forward": "α", "backward": "β", "posterior": "γ", "viterbi": "δ"}

MOST_FACTORS: Final = 8
"""Steps of a path whose factors are written."""


def cell_formula(trace: Trace, mode: Mode, t: int, state: int, logarithms: bool = False) -> str:
    """Return what a cell holds as a sum of products with its numbers, step t from 1, state from 0.

    With `logarithms`, the natural logarithm of the result stands behind it.
    """
    name = trace.spec.model.states[state]
    value = trace.values(mode)[t - 1, state]
    write = {"forward": _forward, "backward": _backward, "posterior": _posterior, "viterbi": _viterbi}[mode]
    formula = f"{indexed(LETTERS[mode], t)}({name}) = {write(trace, t, state)}"
    return f"{formula}, and log {probability(value)} = {logarithm(value)}" if logarithms and value < 0 else formula


def path_formula(trace: Trace, path: Sequence[int]) -> str:
    """Return P(path, observations) as a product, two factors a step (Rabiner 1989, equations 13 to 15)."""
    model, seen = trace.spec.model, trace.spec.observations
    steps = [
        f"({typed(model.start[j] if t == 0 else model.transitions[path[t - 1]][j])} × {typed(model.emissions[j][k])})"
        for t, (j, k) in enumerate(zip(path, seen, strict=True))
    ]
    if len(steps) > MOST_FACTORS:
        steps = [*steps[: MOST_FACTORS - 1], "…", steps[-1]]
    return f"{' × '.join(steps)} = {probability(log_joint(trace, path), 4)}"


def log_joint(trace: Trace, path: Sequence[int]) -> float:
    """Return log P(path, observations) for a path of T states, -inf for an impossible one."""
    model = trace.spec.model
    factors = [model.start[path[0]], *(model.transitions[i][j] for i, j in pairwise(path))]
    emissions = [trace.log_emissions[t, j] for t, j in enumerate(path)]
    return float(sum(math.log(factor) if factor else -math.inf for factor in factors) + sum(emissions))


def _forward(trace: Trace, t: int, j: int) -> str:
    return _from_the_left(trace, trace.forward, t, j, "({})", " + ")


def _viterbi(trace: Trace, t: int, j: int) -> str:
    formula = _from_the_left(trace, trace.scores, t, j, "max({})", ", ")
    if t == 1 or math.isinf(trace.scores[t - 1, j]):
        return formula
    return f"{formula}, from {trace.spec.model.states[trace.back_pointers[t - 1, j]]}"


def _from_the_left(trace: Trace, values: np.ndarray, t: int, j: int, brackets: str, between: str) -> str:
    """The recursion of α, (T, N), or of δ, which differ in what is done with the ways in."""
    model, emission = trace.spec.model, typed(trace.spec.model.emissions[j][trace.spec.observations[t - 1]])
    result = probability(values[t - 1, j])
    if t == 1:
        return f"{typed(model.start[j])} × {emission} = {result}"
    terms = [f"{probability(values[t - 2, i])} × {typed(row[j])}" for i, row in enumerate(model.transitions)]
    ways = brackets.format(between.join(terms)) if len(terms) > 1 else terms[0]
    return f"{ways} × {emission} = {result}"


def _backward(trace: Trace, t: int, i: int) -> str:
    model = trace.spec.model
    if t == trace.spec.steps:
        return "1, for nothing is left to be observed"
    symbol = trace.spec.observations[t]
    terms = [
        f"{typed(model.transitions[i][j])} × {typed(row[symbol])} × {probability(trace.backward[t, j])}"
        for j, row in enumerate(model.emissions)
    ]
    return f"{' + '.join(terms)} = {probability(trace.backward[t - 1, i])}"


def _posterior(trace: Trace, t: int, i: int) -> str:
    alpha, beta = probability(trace.forward[t - 1, i]), probability(trace.backward[t - 1, i])
    whole = probability(trace.log_likelihood)
    if not trace.possible:
        return f"{alpha} × {beta} / 0: no path made these observations, so there is nothing to divide"
    return f"{alpha} × {beta} / {whole} = {percent(trace.posteriors[t - 1, i])}"
