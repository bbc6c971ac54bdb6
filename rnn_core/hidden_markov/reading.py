"""What the reader is asked for on this page, and how it is read.

Every `read` raises `InputError` with a sentence.
"""

import re
import zlib
from collections.abc import Iterable
from typing import Final

from rnn_core.errors import InputError
from rnn_core.hidden_markov.spec import MOST_OBSERVATIONS, MOST_STATES, MOST_SYMBOLS, Rows
from rnn_core.hidden_markov.trace import Trace
from rnn_core.hidden_markov.writing import listed
from rnn_core.parsing import parse_distributions, parse_names, parse_whole

Sequences = tuple[tuple[int, ...], ...]

LONGEST_PATH: Final = 30
"""Steps of a sequence for which a path of one's own is typed."""

LONGEST_QUOTE: Final = 16


def read_states(text: str) -> tuple[str, ...]:
    """Return the names of the states."""
    return parse_names("The states", text, 1, MOST_STATES)


def read_symbols(text: str) -> tuple[str, ...]:
    """Return the names of the symbols."""
    return parse_names("The symbols", text, 1, MOST_SYMBOLS)


def read_start(text: str, states: tuple[str, ...]) -> tuple[float, ...]:
    """Return π, one probability a state."""
    return parse_distributions("The start", text, ("π",), len(states))[0]


def read_rows(name: str, text: str, states: tuple[str, ...], columns: int) -> Rows:
    """Return a table with a row a state that sums to 1: A or B."""
    return parse_distributions(name, text, states, columns)


def read_observations(text: str, symbols: tuple[str, ...]) -> Sequences:
    """Return sequences of numbers of symbols, one a line; symbols apart by commas, or by spaces where none has one.

    Where every symbol is a single character, they may stand side by side.
    """
    lines = [found for line in text.splitlines() if (found := _tokens(line, symbols))]
    count = sum(map(len, lines))
    if not count:
        raise InputError(f"There must be at least one observation: {listed(symbols, 'or')}.")
    if count > MOST_OBSERVATIONS:
        most, got = f"{MOST_OBSERVATIONS:,}", f"{count:,}"
        raise InputError(f"This page takes at most {most} observations in all, got {got}. Paste a part of them.")
    return tuple(tuple(_number(token, "symbol", symbols) for token in line) for line in lines)


def pick(sequences: Sequences, number: int) -> tuple[int, ...]:
    """Return the sequence of that number, from 1."""
    return sequences[number - 1]


def first_readable(text: str, symbols: tuple[str, ...]) -> str:
    """Return a text of observations if it can be read with these symbols, else a sequence of each symbol in turn."""
    try:
        read_observations(text, symbols)
    except InputError:
        return ", ".join(symbols)
    return text


def read_path(text: str, states: tuple[str, ...], steps: int) -> tuple[int, ...]:
    """Return a path, one state a step, as numbers of states."""
    tokens = _tokens(" ".join(text.splitlines()) if "," not in text else text.replace("\n", ","), states)
    path = tuple(_number(token, "state", states) for token in tokens)
    if len(path) != steps:
        raise InputError(f"A path has a state for every step, {steps} here, got {len(path)}.")
    return path


def path_key(states: tuple[str, ...], steps: int) -> str:
    """Return the name in the address of a path through these states: one for others would not fit here."""
    return f"path.{zlib.crc32(','.join(states).encode()):08x}.{steps}"


def path_to_try(trace: Trace) -> list[int]:
    """Return a path worth looking at: the most probable states, or the runner-up where those are the best path."""
    return (trace.likely if len(trace.differing) else trace.runner_up).tolist()


def write_path(path: Iterable[int], states: tuple[str, ...]) -> str:
    """Return a path as `read_path` reads it; where there is none, that of the first state."""
    return ", ".join(states[max(0, state)] for state in path)


def read_number(name: str, text: str, most: int) -> int:
    """Return the number of a sequence or of a step, from 1."""
    return parse_whole(name, text, 1, most)


def _tokens(line: str, names: tuple[str, ...]) -> list[str]:
    """The names that stand in a line."""
    if re.search(r"[,;\t]", line) or any(" " in name for name in names):
        return [" ".join(part.split()) for part in re.split(r"[,;\t]", line) if part.strip()]
    tokens = line.split()
    if all(len(name) == 1 for name in names):
        return [part for token in tokens for part in (token if set(token) <= set(names) else [token])]
    return tokens


def _number(token: str, kind: str, names: tuple[str, ...]) -> int:
    if token in names:
        return names.index(token)
    folded = [name.casefold() for name in names]
    if folded.count(token.casefold()) == 1:
        return folded.index(token.casefold())
    quoted = token if len(token) <= LONGEST_QUOTE else token[: LONGEST_QUOTE - 1] + "…"
    raise InputError(f"“{quoted}” is no {kind} of this model, which knows {listed(names)}.")
