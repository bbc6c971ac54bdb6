"""What the reader types on this page, and how it is read. Every function raises `InputError` with a sentence."""

import re
import zlib
from typing import Final

from rnn_core.errors import InputError
from rnn_core.markov_chain.letters import Counted, to_states
from rnn_core.markov_chain.spec import MOST_STEPS, MOST_TYPED, Rows, start_anywhere, start_at
from rnn_core.markov_chain.writing import significant
from rnn_core.parsing import parse_distributions, parse_names, parse_whole, write_rows

LARGEST_SEED: Final = 9999
LONGEST_PATH: Final = 60

LEAST_PROBABILITY: Final = 1e-12
"""Of a step: products of a few smaller ones would be lost in rounding."""

WORD: Final = "the"


def read_states(text: str) -> tuple[str, ...]:
    """Return the names of the states."""
    return parse_names("The states", text, 1, MOST_TYPED)


def read_table(text: str, states: tuple[str, ...]) -> Rows:
    """Return the transition matrix."""
    table = parse_distributions("the table", text, states, len(states))
    least = min(value for row in table for value in row if value > 0)
    if least < 0.99 * LEAST_PROBABILITY:  # rows were divided by sums near 1
        raise InputError(
            f"The table holds {significant(least)}, and the least probability that counts here is 10⁻¹²: "
            "write 0 for a step that never happens."
        )
    return table


def read_start(text: str, states: tuple[str, ...]) -> tuple[float, ...]:
    """Return the distribution of the first state."""
    return parse_distributions("The start", text, ("start",), len(states))[0]


def read_steps(text: str) -> int:
    """Return the number of steps of a run."""
    return parse_whole("Steps", text, 1, MOST_STEPS)


def read_seed(text: str) -> int:
    """Return the seed of a run."""
    return parse_whole("The seed", text, 0, LARGEST_SEED)


def next_seed(seed: int) -> str:
    """Return the seed of another run."""
    return str((seed + 1) % (LARGEST_SEED + 1))


def read_path(text: str, states: tuple[str, ...]) -> tuple[int, ...]:
    """Return the states of a path, typed by their names, apart by commas or arrows."""
    names = _apart(r"[,;\n]", text)
    if not set(names) <= set(states):  # an arrow may also stand in a name
        names = _apart(r"[,;\n→]|->", text)
    if len(names) == 1 and names[0] not in states:
        names = names[0].split() or [""]
    unknown = [name for name in names if name not in states]
    if unknown:
        shown = unknown[0] if len(unknown[0]) <= 24 else unknown[0][:23] + "…"
        got = f"“{shown}” is none" if shown else "an empty name is none"
        raise InputError(f"The path must be names of states apart by commas; {got}.")
    if len(names) > LONGEST_PATH:
        raise InputError(f"The path must have at most {LONGEST_PATH} states, got {len(names)}.")
    return tuple(states.index(name) for name in names)


def _apart(between: str, text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(between, text.strip(" ,;\n"))]


def read_word(text: str, counted: Counted) -> tuple[int, ...]:
    """Return the states of the letters of a word."""
    if not any(map(str.isalpha, text)):
        raise InputError("The word must hold at least one letter.")
    if len(text) > LONGEST_PATH:
        raise InputError(f"The word must have at most {LONGEST_PATH} letters, got {len(text)}.")
    return to_states(counted, text)


def start_choices(states: tuple[str, ...]) -> dict[str, str]:
    """Return where a chain may start, by what stands in the address; of very many states the first stands for all."""
    each = {str(number): name for number, name in enumerate(states if len(states) <= MOST_TYPED else states[:1])}
    return each | {"uniform": "anywhere"} | ({"typed": "as typed"} if len(states) <= MOST_TYPED else {})


def start_key(states: tuple[str, ...], grouping: str = "") -> str:
    """Return the name of the chosen start in the address: each size, and each way to count letters, has its own."""
    return f"start.{grouping}{len(states)}"


def typed_key(states: tuple[str, ...]) -> str:
    """Return the name of the typed start in the address."""
    return f"pi.{len(states)}"


def usual_start(states: tuple[str, ...], grouping: str = "") -> str:
    """Return the start that is chosen at first: the first state, and the consonant of vowels and consonants."""
    return str(len(states) - 1) if grouping == "vowels" else "0"


def start_default(states: tuple[str, ...]) -> str:
    """Return a uniform start as it is typed."""
    return write_rows([start_anywhere(len(states))])


def chosen_start(choice: str, states: tuple[str, ...]) -> tuple[float, ...]:
    """Return the distribution of a start that was chosen and not typed."""
    return start_anywhere(len(states)) if choice == "uniform" else start_at(int(choice), len(states))


def path_key(states: tuple[str, ...]) -> str:
    """Return the name of the path in the address: a path typed for some states stays with them."""
    return f"path.{zlib.crc32(','.join(states).encode()):08x}"


def path_default(states: tuple[str, ...]) -> str:
    """Return a path to begin with: the first states, one after the other."""
    return ", ".join(states[:3])


def word_default(counted: Counted) -> str:
    """Return a word to begin with: a known one where its letters occur, else the beginning of the text."""
    try:
        to_states(counted, WORD)
    except InputError:
        return counted.symbols[:3]
    return WORD
