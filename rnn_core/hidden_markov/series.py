"""Series of numbers: pasted, drawn with the pointer, or drawn from a model.

A series is (T, D) numbers, a row a step, D one or two. Every `read` raises `InputError` with a sentence.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.emissions import Gaussian
from rnn_core.errors import InputError
from rnn_core.hidden_markov_model import HiddenMarkovModel, sample

MOST_ROWS: Final = 1000
"""Rows that are learned from; further ones are left off with a sentence."""

LARGEST: Final = 1e9
"""Size of a number that is still taken."""

DRAWN_STEPS: Final = 120
"""Steps of a curve that is drawn by hand, and points of a line through the plane."""

Rows = tuple[tuple[float, ...], ...]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Series:
    """Numbers that were read.

    Attributes:
        rows: at most `MOST_ROWS` of them, each of one or two numbers.
        given: how many rows there were.

    """

    rows: Rows
    given: int

    @property
    def dimensions(self) -> int:
        """D."""
        return len(self.rows[0])


def regimes() -> Series:
    """A sample of 240 daily returns in per cent: long calm stretches, and wilder ones. Ours, no market's."""
    model = HiddenMarkovModel(
        np.array([1.0, 0.0]),
        np.array([[0.98, 0.02], [0.05, 0.95]]),
        Gaussian(np.array([[0.2], [-0.5]]), np.array([[[0.25]], [[4.0]]])),
    )
    return _drawn(model, 240, seed=4)


def clouds() -> Series:
    """A sample of 240 points that move between three clouds, one of them drawn out."""
    model = HiddenMarkovModel(
        np.full(3, 1 / 3),
        np.array([[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.1, 0.0, 0.9]]),
        Gaussian(
            np.array([[0.0, 0.0], [4.0, 3.0], [6.0, -2.0]]),
            np.array([[[1.0, 0.0], [0.0, 1.0]], [[2.0, 1.6], [1.6, 2.0]], [[0.3, 0.0], [0.0, 2.0]]]),
        ),
    )
    return _drawn(model, 240, seed=2)


def read_series(text: str) -> Series:
    """Return one or two columns of numbers, a row a line; a first line without numbers is a header.

    Columns stand apart by commas, semicolons, tabs or spaces; where a line has semicolons or tabs, a comma
    is a decimal point. A single line of numbers is a column.
    """
    lines = [line for line in text.replace("−", "-").splitlines() if line.strip(" ,;\t\r")]
    cells = [_cells(line) for line in lines]
    if cells and not any(_NUMBER.fullmatch(cell) for cell in cells[0]):
        cells = cells[1:]
    if len(cells) == 1 and len(cells[0]) > 2:
        cells = [[cell] for cell in cells[0]]
    if not cells:
        raise InputError("There must be at least one row of numbers.")
    columns = len(cells[0])
    if columns > 2:
        raise InputError(f"A row must hold one or two numbers, got {columns}.")
    for number, row in enumerate(cells, 1):
        if len(row) != columns:
            raise InputError(f"All rows must hold {_count(columns)}; row {number:,} holds {_count(len(row))}.")
        for cell in row:
            if not _NUMBER.fullmatch(cell) or not math.isfinite(float(cell)):
                raise InputError(f"Row {number:,} holds “{cell[:16]}”, which is no number.")
            if abs(float(cell)) > LARGEST:
                raise InputError(f"Row {number:,} holds {cell[:16]}: numbers must lie between −10⁹ and 10⁹.")
    return Series(tuple(tuple(map(float, row)) for row in cells[:MOST_ROWS]), len(cells))


def write_series(rows: Rows) -> str:
    """Return rows as `read_series` reads them, to four digits."""
    return "\n".join(" ".join(f"{value:.4g}" for value in row) for row in rows)


def with_stroke(series: Series, x: Sequence[float], y: Sequence[float], anew: bool) -> str:
    """Return the text of a series into which the reader has drawn.

    One number a step: the line is the course over the steps that it passes; the other steps stay. Two
    numbers a step: its points are further steps.

    Args:
        series: into which is drawn; its dimensions say what the plane means.
        x, y: of the points of the line.
        anew: whether the line stands alone, in place of the series.

    """
    if series.dimensions == 2:
        places = np.linspace(0, len(x) - 1, min(len(x), DRAWN_STEPS)).round().astype(int)
        points = tuple((float(x[place]), float(y[place])) for place in places)
        rows = points if anew else (*series.rows, *points)
        return write_series(rows[-MOST_ROWS:])
    order = np.argsort(x, kind="stable")
    along, heights = np.array(x, dtype=float)[order], np.array(y, dtype=float)[order]
    if anew:
        steps = np.linspace(along[0], along[-1], DRAWN_STEPS)
        return write_series(tuple((float(value),) for value in np.interp(steps, along, heights)))
    values = np.array(series.rows)[:, 0]
    steps = np.arange(1, len(values) + 1)
    passed = (steps >= along[0] - 0.5) & (steps <= along[-1] + 0.5)
    values = np.where(passed, np.interp(steps, along, heights), values)
    return write_series(tuple((float(value),) for value in values))


def _cells(line: str) -> list[str]:
    if re.search(r"[;\t]", line):
        return [cell.strip().replace(",", ".") for cell in re.split(r"[;\t]", line) if cell.strip()]
    return [cell for cell in re.split(r"[,\s]+", line) if cell]


def _count(numbers: int) -> str:
    return f"{numbers} number{'' if numbers == 1 else 's'}"


def _drawn(model: HiddenMarkovModel, steps: int, seed: int) -> Series:
    rows = np.round(sample(model, steps, seed).observations, 3)
    return Series(tuple(tuple(row) for row in rows.tolist()), steps)
