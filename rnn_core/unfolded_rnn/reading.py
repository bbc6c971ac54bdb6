"""What the reader is asked for on this page, and how it is read.

Every `read` raises `InputError` with a sentence. A box whose default hangs on the seed and on sizes has them in
its key: what was typed for one network stays with that network, and another begins with numbers that fit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from rnn_core.errors import InputError
from rnn_core.parsing import parse_matrix, parse_whole, write_matrix
from rnn_core.unfolded_rnn.spec import (
    LARGEST,
    PAGE_LIMITS,
    Recurrence,
    Rows,
    inputs_from_seed,
    one_hot,
    shapes,
    targets_from_seed,
    weights_from_seed,
)

LONGEST_WORD: Final = 20
LARGEST_SEED: Final = 9999
SENTENCE: Final = "the film was not bad"
LABELS: Final = {"T": "Steps T", "n": "Inputs n", "m": "Units m", "K": "Classes K", "seed": "Seed"}
SIZES: Final = {"T": "5", "n": "2", "m": "3", "K": "2", "seed": "3"}

Sequence = tuple[Rows, tuple[str, ...]]
"""Inputs (T, n), and their names where they are words."""


@dataclass(frozen=True)
class Box:
    """A box to be filled in.

    Attributes:
        key: its name in the address.
        label: what is asked for.
        default: what stands there at first.
        read: makes the value.
        lines: of the box.
        width: of the box in pixels; or as wide as there is room.

    """

    key: str
    label: str
    default: str
    read: Callable[[str], Any]
    lines: int = 1
    width: int | Literal["stretch"] = "stretch"


def size_boxes(*names: str) -> list[Box]:
    """Return what to ask for some of the sizes T, n, m, K and the seed."""
    return [Box(name, LABELS[name], SIZES[name], partial(read_size, name), width=95) for name in names]


def inputs_box(seed: int, T: int, n: int) -> Box:
    """Return what to ask for a sequence of numbers."""
    default = write_matrix(inputs_from_seed(seed, T, n))
    return Box(f"x.{seed}.{T}x{n}", "Inputs, a line a step", default, partial(read_inputs, T=T, n=n), T)


def words_box() -> Box:
    """Return what to ask for a sequence of words."""
    return Box("words", "A sentence", SENTENCE, read_words, 2)


def targets_box(seed: int, T: int, K: int) -> Box:
    """Return what to ask for the right classes."""
    default = " ".join(str(target + 1) for target in targets_from_seed(seed, T, K))
    return Box(f"y.{seed}.{T}.{K}", "Right class, step by step", default, partial(read_targets, T=T, K=K))


def weight_boxes(seed: int, n: int, m: int, K: int, recurrence: Recurrence) -> list[Box]:
    """Return what to ask for the five parameters of a network of these sizes, in the order of `PARAMETERS`."""
    start = weights_from_seed(seed, n, m, K, recurrence)
    boxes = []
    for name, (rows, columns) in shapes(n, m, K, recurrence).items():
        key = "W_o" if name == "W" and recurrence != "hidden" else name
        label = f"{name}: {columns}" if name.startswith("b_") else f"{name}: {rows} × {columns}"
        read = partial(read_weights, name, rows=rows, columns=columns)
        width = 70 + 48 * columns
        default = write_matrix(getattr(start, name))
        boxes.append(Box(f"{key}.{seed}.{rows}x{columns}", label, default, read, rows, width))
    return boxes


def defaults(boxes: list[Box]) -> dict[str, str]:
    """Return what stands in some boxes at first, by their names in the address."""
    return {box.key: box.default for box in boxes}


def step_choice(T: int) -> tuple[str, str, dict[str, str], str]:
    """Return the choice of one step: its name in the address, its label, the steps, and the one chosen at first."""
    return f"step.{T}", "at step", {str(t): str(t) for t in range(1, T + 1)}, str(min(2, T))


def step_box(T: int) -> Box:
    """Return what to ask for the later of two states."""
    return Box(f"until.{T}", "The later state, t", str(T), partial(read_step, T=T), width=190)


def read_size(name: str, text: str) -> int:
    """Return one of the sizes T, n, m, K, or the seed; a softmax needs two classes to choose from."""
    if name == "seed":
        return parse_whole("The seed", text, 0, LARGEST_SEED)
    return parse_whole(name, text, 2 if name == "K" else 1, PAGE_LIMITS[name])


def read_step(text: str, T: int) -> int:
    """Return the number of a step."""
    return parse_whole("The step", text, 1, T)


def read_inputs(text: str, T: int, n: int) -> Sequence:
    """Return T inputs of n numbers, a line a step. With n = 1 they may also stand side by side."""
    if n == 1:
        text = "\n".join(text.replace(",", " ").replace(";", " ").split())
    return parse_matrix("The sequence", text, T, n, LARGEST), ()


def read_words(text: str) -> Sequence:
    """Return the words between white space, one-hot; at most T of them."""
    words = tuple(text.split())
    most = PAGE_LIMITS["T"]
    if not 1 <= len(words) <= most:
        raise InputError(f"The sentence must have 1 to {most} words, got {len(words)}.")
    longest = max(words, key=len)
    if len(longest) > LONGEST_WORD:
        raise InputError(f"A word may have {LONGEST_WORD} letters, got one of {len(longest)}.")
    return one_hot(words)[1], words


def read_targets(text: str, T: int, K: int) -> tuple[int, ...]:
    """Return T classes, typed as 1 … K, counted from 0."""
    typed = text.replace(",", " ").replace(";", " ").split()
    classes = tuple(parse_whole("A right class", number, 1, K) - 1 for number in typed)
    if len(classes) != T:
        raise InputError(f"There must be {T} right classes, one a step, got {len(classes)}.")
    return classes


def read_weights(name: str, text: str, rows: int, columns: int) -> Rows:
    """Return a matrix of weights. What has one row may also be typed as a column."""
    if rows == 1:
        text = text.replace(";", " ").replace("\n", " ")
    return parse_matrix(name, text, rows, columns, LARGEST)
