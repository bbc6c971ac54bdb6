"""How the numbers and states of this topic are written in pictures and sentences."""

from collections.abc import Sequence

import numpy as np

from rnn_core.numerals import ten_to

MOST_BRACED = 8
"""Names that a set writes out."""

MOST_LISTED = 4
"""States that a sentence lists; of more it names the first."""


def decimal(value: float, digits: int = 3) -> str:
    """Return a number from 0 on with at most so many digits after the point; a smaller one with two that count."""
    if value < 1e-15:
        return "0"
    text = f"{value:.{digits}f}"
    if not float(text):
        return significant(value)
    return text.rstrip("0").rstrip(".")


def is_exact(value: float, digits: int = 3) -> bool:
    """Tell whether a number has no more digits after the point than `decimal` writes."""
    return abs(value - round(value, digits)) < 1e-12


def rounded(number: float) -> str:
    """Return a number from 10 on to two digits that count: 8,200."""
    tens = 10 ** (int(np.log10(number)) - 1)
    return f"{round(number / tens) * tens:,}"


def significant(value: float, digits: int = 2) -> str:
    """Return a positive number with so many digits that count, far below 1 as a power of ten."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if power < -3:
        return f"{mantissa}·{ten_to(power)}"
    return f"{value:.{max(0, digits - 1 - power)}f}"


def from_log10(log10: float) -> str:
    """Return a number by its decimal logarithm, however small it is: 3.1·10⁻⁴⁰⁰."""
    power = int(log10 // 1)
    mantissa = f"{10 ** (log10 - power):.2g}"
    if mantissa == "10":
        mantissa, power = "1", power + 1
    return f"{mantissa}·{ten_to(power)}"


def counted(number: int, thing: str) -> str:
    """Return a number with its thing: 1 step, 1,000 steps."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def braced(names: Sequence[str]) -> str:
    """Return a set of names: {a, b}; of very many the first and the last."""
    if len(names) > MOST_BRACED:
        names = [*names[:3], "…", names[-1]]
    return "{" + ", ".join(names) + "}"
