"""How numbers, paths and lists are written on this page. Probabilities come as logarithms: some have no float."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from rnn_core import numerals
from rnn_core.numerals import percent, set_apart, ten_to

_LN_10: Final = math.log(10)
_SPACE: Final = "\N{NO-BREAK SPACE}"
_WRITTEN_OUT: Final = 6
"""Steps of a path that are written one by one, and runs of a longer one."""

_MOST_DIGITS: Final = 6
"""Digits after the point that tell a probability from 1."""


def probability(log_value: float, digits: int = 3, least: int = -4) -> str:
    """Return a probability, given as its natural logarithm, with so many digits that count; 0 for -inf.

    Below 10 to the power of `least` it is written as a power of ten. What is hardly less than 1 gets more digits.
    """
    if math.isinf(log_value):
        return "0"
    if log_value < 0 and round(math.exp(log_value), digits) == 1:
        return _short_of_one(math.exp(log_value), digits)
    mantissa, power = _scientific(log_value, digits)
    if power < least:
        return f"{mantissa:.{digits - 1}f}·{ten_to(power)}"
    return _trimmed(f"{mantissa * 10.0**power:.{max(0, digits - 1 - power)}f}")


def in_cell(log_value: float) -> str:
    """Return a probability with two digits, below a hundredth in two lines as a power of ten: a cell is narrow."""
    written = probability(log_value, 2, least=-2)
    return "&lt; 1" if written.startswith("0.9999") else written.replace("·", "<br>·")


def logarithm(log_value: float) -> str:
    """Return a natural logarithm with two digits after the point; −∞ for that of 0."""
    if math.isinf(log_value):
        return "−∞"
    return f"{round(log_value, 2) or 0.0:.2f}".replace("-", "−")


def typed(value: float) -> str:
    """Return a probability that the reader typed, with four digits after the point, or more to tell it from 1."""
    if 0.99995 <= value < 1:
        return _short_of_one(value, 4)
    return _trimmed(f"{value:.4f}") if value >= 5e-5 or not value else probability(math.log(value), 2)


def percents_apart(more: float, less: float) -> tuple[str, str]:
    """Return two shares as per cent, with as many digits as it takes to tell them apart, three at most.

    Of two that even these don't tell apart, the smaller one is called so.
    """
    if percent(more) != percent(less):
        return percent(more), percent(less)
    for digits in (1, 2, 3):
        written = tuple(f"{100 * share:.{digits}f}{_SPACE}%" for share in (more, less))
        if written[0] != written[1]:
            return written[0], written[1]
    return written[0], "hardly less"


def times(log_ratio: float) -> str:
    """Return how many times as probable something is, from the logarithm of the ratio: 2.1 times."""
    return f"{probability(log_ratio, 2) if log_ratio < math.log(999.5) else _large(log_ratio)} times"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Return names with commas and a word before the last: a, b and c."""
    return numerals.listed([set_apart(name) for name in names], last)


def route(names: Sequence[str]) -> str:
    """Return the states of a path: A → B → B; of a long one the first runs with their lengths: A × 9 → B × 4 → …"""
    names = [set_apart(name) for name in names]
    if len(names) <= _WRITTEN_OUT:
        return " → ".join(names)
    runs = [(name, sum(1 for _ in group)) for name, group in groupby(names)]
    parts = [f"{name} × {count}" if count > 1 else name for name, count in runs[:_WRITTEN_OUT]]
    return " → ".join([*parts, "…"] if len(runs) > _WRITTEN_OUT else parts)


def counted(states: int, steps: int) -> str:
    """Return the number of paths, states to the power of steps; a large one as a power of ten."""
    power = steps * math.log10(states)
    return f"{states**steps:,}" if power < 6 else f"about {_large(power * _LN_10)}"


def _scientific(log_value: float, digits: int) -> tuple[float, int]:
    """Mantissa from 1 to below 10, rounded, and power of ten."""
    power = math.floor(log_value / _LN_10)
    mantissa = round(math.exp(log_value - power * _LN_10), digits - 1)
    return (mantissa / 10, power + 1) if mantissa >= 10 else (mantissa, power)


def _large(log_value: float) -> str:
    """A large number, given as its natural logarithm, with two digits: 1.7·10⁷."""
    mantissa, power = _scientific(log_value, 2)
    return f"{mantissa:.1f}·{ten_to(power)}"


def _short_of_one(value: float, digits: int) -> str:
    """A number below 1 with so many digits after the point that it is not written as 1, if that can be."""
    for more in range(digits, _MOST_DIGITS + 1):
        if (written := f"{value:.{more}f}") < "1":
            return written
    return "1"


def _trimmed(number: str) -> str:
    """A number without zeros at its end that say nothing."""
    return number.rstrip("0").rstrip(".") if "." in number else number
