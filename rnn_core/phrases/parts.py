"""What a phrase and a part of the grammar are, and the short way to write one down."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """A phrase, its verdict (`positive`) and the category of the pattern that made it."""

    text: str
    positive: bool
    category: str


@dataclass(frozen=True)
class Part:
    """One part of the grammar: words by slot (`"+adj"`, `"-adj"`, …, `"thing"`), patterns by category."""

    words: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, tuple[str, ...]]
    frames: tuple[str, ...] = ("{phrase}",)
    asides: tuple[str, ...] = ()  # neutral words that `sample` puts anywhere into a phrase


def words(**slots: str) -> dict[str, tuple[str, ...]]:
    """`good_adj="good, great"` → `{"+adj": ("good", "great")}`; commas, because some nouns are phrases."""
    sign = {"good": "+", "bad": "-"}
    named = {}
    for name, listed in slots.items():
        side, _, slot = name.partition("_")
        named[sign[side] + slot if side in sign else name] = tuple(word.strip() for word in listed.split(","))
    return named
