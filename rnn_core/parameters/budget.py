"""The reverse question: the largest hidden size that a number of parameters pays for.

Every count is a polynomial a·m² + b·m + c with whole coefficients that are not negative, so the answer
is exact in whole numbers: a·m² + b·m + c ≤ B  ⇔  2a·m + b ≤ ⌊√(b² + 4a(B − c))⌋, or for a = 0 (an LSTM
with a projection) m ≤ (B − c) / b.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from types import MappingProxyType
from typing import Final

from rnn_core.parameters.blocks import ARCHITECTURES, BIASES, GATE_NAMES, Spec

BUDGETS: Final = tuple(
    digits * 10**power // 10
    for power in range(4, 9)
    for digits in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
    if digits * 10**power // 10 <= 10**8
)
"""Numbers of parameters, from 10,000 to 100,000,000."""

FIRST_BUDGET: Final = 1_000_000
"""The one of them that is asked about first."""


def coefficients(spec: Spec, convention: str, architecture: str) -> tuple[int, int, int]:
    """Return (a, b, c) of the count a·m² + b·m + c as a function of m, all other sizes as in the spec."""
    gates, biases = len(GATE_NAMES[architecture]), BIASES[convention][architecture]
    n, p, d = spec.input_size, spec.projection(convention, architecture), spec.directions
    first, above = d, d * (spec.layers - 1)  # networks that read the input, and those that read a layer
    embedding = spec.vocabulary_size * n
    if p:
        line = first * (gates * (n + p + biases) + p) + above * (gates * (d * p + p + biases) + p)
        return 0, line, embedding + spec.output_size * (d * p + 1)
    square = gates * (first + above * (d + 1))
    line = gates * (first * (n + biases) + above * biases) + spec.output_size * d
    return square, line, embedding + spec.output_size


def least_hidden_size(spec: Spec, convention: str, architecture: str) -> int:
    """Return the smallest m that there is: above the projection."""
    return spec.projection(convention, architecture) + 1


def largest_hidden_size(spec: Spec, convention: str, architecture: str, budget: int) -> int | None:
    """Return the largest m whose network has at most `budget` parameters, or None where even the smallest has more."""
    polynomial = coefficients(spec, convention, architecture)
    return _largest(polynomial, least_hidden_size(spec, convention, architecture), budget)


def _largest(polynomial: tuple[int, int, int], least: int, budget: int) -> int | None:
    a, b, c = polynomial
    if a * least**2 + b * least + c > budget:
        return None
    return (isqrt(b * b + 4 * a * (budget - c)) - b) // (2 * a) if a else (budget - c) // b


@dataclass(frozen=True)
class Reverse:
    """The hidden sizes that budgets pay for.

    Attributes:
        spec: the other sizes.
        convention: how is counted.
        budgets: (F,) numbers of parameters, rising.
        hidden_sizes: for an architecture (F,) the largest m, or None where none fits.
        counts: for an architecture (F,) the parameters of that network, or None.

    """

    spec: Spec
    convention: str
    budgets: tuple[int, ...]
    hidden_sizes: Mapping[str, tuple[int | None, ...]]
    counts: Mapping[str, tuple[int | None, ...]]


def trace_reverse(spec: Spec, convention: str, budgets: tuple[int, ...] = BUDGETS) -> Reverse:
    """Return what each budget pays for, all sizes but m as in the spec."""
    sizes, counts = {}, {}
    for architecture in ARCHITECTURES:
        a, b, c = coefficients(spec, convention, architecture)
        least = least_hidden_size(spec, convention, architecture)
        sizes[architecture] = tuple(_largest((a, b, c), least, budget) for budget in budgets)
        counts[architecture] = tuple(None if m is None else a * m * m + b * m + c for m in sizes[architecture])
    return Reverse(spec, convention, budgets, MappingProxyType(sizes), MappingProxyType(counts))
