"""A chain counted from the letters of a text, as Markov (1913) counted vowels and Shannon (1948) whole alphabets.

The text is read in a ring: after its last letter comes the first again. So every letter has a successor, every
letter leads to every other, and the stationary distribution is exactly how often each letter stands in the text.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from rnn_core.errors import InputError
from rnn_core.markov_chain.spec import MOST_STATES, MOST_TYPED, Rows, to_rows
from rnn_core.markov_chain.trace import run

Grouping = Literal["vowels", "frequent", "all"]

SPACE: Final = "␣"
OTHER: Final = "other"
LONGEST_TEXT: Final = 20_000
VOWELS: Final = frozenset("aeiouyæœøı" + "аеёиоуыэюяієї" + "αεηιουωάέήίόύώϊϋΐΰ")
SILENT: Final = frozenset("ъь")
"""Signs that are neither vowel nor consonant; Markov left them out."""


@dataclass(frozen=True, eq=False)
class Counted:
    """What follows what in a text. L symbols, N states."""

    states: tuple[str, ...]  # (N,)
    symbols: str  # (L,), letters and SPACE
    sequence: np.ndarray  # (L,), the state of each symbol
    counts: np.ndarray  # (N, N), how often j follows i, in the ring

    @property
    def transitions(self) -> Rows:
        """(N, N), the share of j among what follows i."""
        return to_rows(self.counts / self.counts.sum(axis=1, keepdims=True))

    @property
    def frequencies(self) -> np.ndarray:
        """(N,), the share of every state in the text."""
        return self.counts.sum(axis=1) / self.counts.sum()


def count_letters(text: str, grouping: Grouping) -> Counted:
    """Count what follows what.

    Args:
        text: anything; all but letters counts as space, and accents of Latin letters are dropped.
        grouping: "vowels" and consonants, without spaces; the seven most "frequent" symbols and the others;
            or "all" symbols.

    Raises `InputError` for a text without a letter, or with more symbols than there is room for.

    """
    symbols = read_symbols(text)
    if grouping == "vowels":
        kept = "".join(symbol for symbol in symbols if symbol != SPACE and symbol not in SILENT)
        if not kept:
            raise InputError("The text holds neither a vowel nor a consonant.")
        names: list[str] = ["vowel" if symbol in VOWELS else "consonant" for symbol in kept]
        states: tuple[str, ...] = tuple(name for name in ("vowel", "consonant") if name in names)
    else:
        kept = symbols
        by_frequency = [symbol for symbol, _ in Counter(kept).most_common()]
        if grouping == "frequent" and len(by_frequency) > MOST_TYPED:
            shown = by_frequency[: MOST_TYPED - 1]
            names = [symbol if symbol in shown else OTHER for symbol in kept]
            states = (*shown, OTHER)
        else:
            names = list(kept)
            states = tuple(by_frequency) if grouping == "frequent" else in_order(kept)
    if len(states) > MOST_STATES:
        raise InputError(f"The text holds {len(states)} different letters, and there is room for {MOST_STATES}.")
    numbers = {name: number for number, name in enumerate(states)}
    sequence = np.array([numbers[name] for name in names])
    counts = np.zeros((len(states), len(states)), dtype=int)
    np.add.at(counts, (sequence, np.roll(sequence, -1)), 1)
    return Counted(states, kept, sequence, counts)


def read_symbols(text: str) -> str:
    """Return the letters of a text in lower case, and one SPACE for everything between words."""
    if len(text) > LONGEST_TEXT:
        raise InputError(f"The text must have at most {LONGEST_TEXT:,} characters, got {len(text):,}.")
    letters = "".join(_plain(character) for character in text.casefold())
    words = letters.split()
    if not words:
        raise InputError("The text must hold at least one letter.")
    # The ring: between the last word and the first there is a space, too.
    return SPACE.join(words) + (SPACE if len(words) > 1 else "")


def in_order(symbols: str) -> tuple[str, ...]:
    """Return the different symbols by the alphabet, the space first."""
    return tuple(sorted(set(symbols), key=lambda symbol: (symbol != SPACE, symbol)))


def to_states(counted: Counted, text: str) -> tuple[int, ...]:
    """Return the states of the letters of a word, which follows a space where the chain has one.

    Raises `InputError` for a letter that the counted text doesn't hold.
    """
    known = dict(zip(counted.symbols, counted.sequence.tolist(), strict=True))
    symbols = read_symbols(text).strip(SPACE)
    symbols = SPACE + symbols if SPACE in known else symbols.replace(SPACE, "")
    unknown = [symbol for symbol in symbols if symbol not in known]
    if unknown:
        raise InputError(f"“{unknown[0]}” doesn't occur in the text that was counted.")
    return tuple(known[symbol] for symbol in symbols)


def spell(counted: Counted, states: np.ndarray) -> str:
    """Return a run as a text, with spaces for the symbol of a space."""
    return "".join(counted.states[state] for state in states).replace(SPACE, " ")


def approximations(counted: Counted, length: int, seed: int) -> dict[str, str]:
    """Return texts of letters drawn in three ways, each nearer to the counted text (Shannon 1948, section 3)."""
    N = len(counted.states)
    alike, often = np.full(N, 1 / N), counted.frequencies
    drawn = {
        "Every letter equally often": run(np.tile(alike, (N, 1)), alike, length - 1, seed),
        "Letters as often as in the text": run(np.tile(often, (N, 1)), often, length - 1, seed),
        "Each letter drawn after the one before it": run(np.array(counted.transitions), often, length - 1, seed),
    }
    return {name: spell(counted, states) for name, states in drawn.items()}


def _plain(character: str) -> str:
    """A letter, Latin ones without accents; a space for anything else."""
    if not character.isalpha():
        return "" if character in "'’" or unicodedata.combining(character) else " "
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() else character
