"""Numbers, names and lists as the sentences of all pages write them."""

import unicodedata
from collections.abc import Sequence

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_CERTAIN = 1 - 1e-11
"""Shares from here on differ from 1 by rounding only."""


def percent(share: float) -> str:
    """Write a share as whole per cent, but never a nothing or a certainty that isn't there: "under 1 %"."""
    value = 100 * share
    if 0 < value <= 0.5:
        return "under 1\N{NO-BREAK SPACE}%"
    if 99.5 <= value < 100 * _CERTAIN:
        return "over 99\N{NO-BREAK SPACE}%"
    return f"{value:.0f}\N{NO-BREAK SPACE}%"


def ten_to(exponent: int) -> str:
    """Write a power of ten: "10⁻⁵"."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def indexed(letter: str, t: int) -> str:
    """Write a letter with a number at its foot: "h₃"."""
    return letter + str(t).translate(_SUBSCRIPTS)


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Write one part or more as a sentence lists them: "a, b and c"."""
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else parts[0]


def set_apart(name: str) -> str:
    """Write a name that, where it runs from right to left, does not turn round what stands beside it."""
    turns = any(unicodedata.bidirectional(one) in ("R", "AL", "RLE", "RLO", "RLI", "LRO") for one in name)
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if turns else name
