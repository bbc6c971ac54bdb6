"""What a reader types where numbers belong, read with care: whole numbers, numbers, rows of numbers.

Every function raises `InputError` with a sentence that names the field, what it takes and what it
got. A true minus sign counts as a hyphen, and spaces or commas may group the digits of a whole number.
"""

import math
import re
from collections.abc import Sequence

from rnn_core.errors import InputError

LONGEST_QUOTE = 24
"""Characters of what was typed that a sentence repeats."""

_WHOLE = re.compile(r"[+-]?(\d+|\d{1,3}([ ,\u202f\u00a0]\d{3})+)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def parse_whole(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    typed = text.strip().replace("−", "-")
    wanted = f"{name} must be a whole number from {_written(least)} to {_written(most)}"
    # More digits than any limit here has are no number to work with, and slow to read.
    if not _WHOLE.fullmatch(typed) or len(typed) > 30:
        raise InputError(f"{wanted}, got {_quoted(text)}.")
    value = int(re.sub(r"[^\d+-]", "", typed))
    if not least <= value <= most:
        raise InputError(f"{wanted}, got {_written(value)}.")
    return value


def parse_number(name: str, text: str, least: float, most: float) -> float:
    """Return a number from `least` to `most`."""
    value = _number(text)
    wanted = f"{name} must be a number from {_written(least)} to {_written(most)}"
    if value is None:
        raise InputError(f"{wanted}, got {_quoted(text)}.")
    if not least <= value <= most:
        raise InputError(f"{wanted}, got {_written(value)}.")
    return value


def parse_matrix(
    name: str, text: str, rows: int | None, columns: int | None, largest: float = 1e3
) -> tuple[tuple[float, ...], ...]:
    """Return rows of numbers: a row a line or after a semicolon, its numbers apart by spaces, commas or tabs.

    Args:
        name: of the matrix, for the sentences.
        text: as typed, or as Python and NumPy write a matrix.
        rows, columns: the shape that is wanted; None leaves it to the reader, with rows of one length.
        largest: size of a number that is still taken.

    """
    rows_apart = re.sub(r"[\])]\s*,?\s*[\[(]", "\n", text)
    lines = [line for line in re.split(r"[;\n]", re.sub(r"[\[\]()]", " ", rows_apart)) if line.strip(" ,\t\r")]
    cells = [re.findall(r"[^\s,]+", line) for line in lines]
    for row in cells:
        for cell in row:
            value = _number(cell)
            if value is None:
                raise InputError(f"{name} must hold numbers, got {_quoted(cell)}.")
            if abs(value) > largest:
                limits = f"{_written(-largest)} to {_written(largest)}"
                raise InputError(f"{name} must hold numbers from {limits}, got {_written(value)}.")
    widths = sorted({len(row) for row in cells})
    shape = f"{_count(len(cells), 'row')} of {' or '.join(map(str, widths)) or 0}"
    if rows is not None and columns is not None and (len(cells) != rows or widths != [columns]):
        raise InputError(f"{name} must have {_count(rows, 'row')} of {_count(columns, 'number')}, got {shape}.")
    if not cells or len(widths) > 1 or len(cells) != (rows or len(cells)) or widths != [columns or widths[0]]:
        wanted = f"rows of {_count(columns, 'number')}" if columns else "rows of one length"
        raise InputError(f"{name} must have {_count(rows, 'row') + ' in ' if rows else ''}{wanted}, got {shape}.")
    return tuple(tuple(float(_number(cell) or 0.0) for cell in row) for row in cells)


def write_matrix(rows: Sequence[Sequence[float]]) -> str:
    """Return rows as a text that `parse_matrix` reads back to four digits after the point."""
    return "\n".join(" ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in row) for row in rows)


def _number(text: str) -> float | None:
    typed = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(typed):
        return None
    value = float(typed)
    return value if math.isfinite(value) else None


def _written(value: float) -> str:
    return (f"{value:,}" if isinstance(value, int) else f"{value:g}").replace("-", "−")


def _quoted(text: str) -> str:
    text = text.strip()
    if not text:
        return "nothing"
    return f"“{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + '…'}”"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
