"""What a reader types where numbers or names belong, read with care: numbers, rows of them, distributions, names.

Every function raises `InputError` with a sentence that names the field, what it takes and what it
got. A true minus sign counts as a hyphen, and spaces or commas may group the digits of a whole number.
"""

import math
import re
from collections.abc import Sequence

from rnn_core.errors import InputError

LONGEST_QUOTE = 24
"""Characters of what was typed that a sentence repeats."""

LONGEST_NAME = 16
"""Characters of a name that a picture has room for."""

_HIDDEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Control signs but white space, signs that turn the direction of what stands near, halves of surrogate pairs."""

SLACK = 1e-3
"""How far from 1 a row may sum: a third is typed as 0.333."""

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
    return "\n".join(" ".join(_short(value) for value in row) for row in rows)


def parse_names(name: str, text: str, least: int, most: int) -> tuple[str, ...]:
    """Return from `least` to `most` different names, apart by commas or lines.

    Signs that nobody sees and that turn the direction of what stands beside them are left out.
    """
    text = visible(text)
    names = tuple(" ".join(part.split()) for part in re.split(r"[,;\n]", text.strip(" ,;\n")))
    many = _count(least, "name") if least == most else f"{least} to {most} names"
    if not all(names) or not least <= len(names) <= most:
        got = (
            "an empty one" if len(names) > 1 and not all(names) else _count(len([one for one in names if one]), "name")
        )
        raise InputError(f"{name} must be {many}, apart by commas, got {got}.")
    for number, one in enumerate(names):
        if len(one) > LONGEST_NAME:
            raise InputError(f"{name} must be names of at most {LONGEST_NAME} characters, got {_quoted(one)}.")
        if one in names[:number]:
            raise InputError(f"{name} must differ: {_quoted(one)} stands there twice.")
    return names


def visible(text: str) -> str:
    """Return a text without the signs that nobody sees and that upset what shows them; white space stays."""
    return _HIDDEN.sub("", text)


def parse_distributions(
    name: str, text: str, rows: Sequence[str], columns: int, slack: float = SLACK
) -> tuple[tuple[float, ...], ...]:
    """Return rows of probabilities, each of which sums to 1.

    Args:
        name: of the table, for the sentences.
        text: as `parse_matrix` takes it.
        rows: the name of each row, for the sentences.
        columns: probabilities in a row.
        slack: a row that sums to 1 within this is divided by its sum.

    """
    table = parse_matrix(name[:1].upper() + name[1:], text, len(rows), columns)
    for label, row in zip(rows, table, strict=True):
        where = name if len(rows) == 1 else f"The row {_quoted(label)} of {name}"
        if min(row) < 0:
            raise InputError(f"{where} holds {_written(min(row))}: a probability can't be negative.")
        if abs(sum(row) - 1) > slack:
            raise InputError(f"{where} sums to {_written(sum(row))}: it must sum to 1.")
    return tuple(tuple(value / sum(row) for value in row) for row in table)


def normalise_rows(text: str) -> str:
    """Return the text of a table with every row divided by its sum; a row that can't be stays as it is."""
    rows = parse_matrix("The table", text, None, None)
    return write_rows([[value / sum(row) for value in row] if min(row) >= 0 < sum(row) else row for row in rows])


def fit_rows(text: str, rows: int, columns: int) -> str:
    """Return the text of a table for another number of rows or columns, each row summing to 1.

    What is left of a row keeps its proportions; new columns hold 0, new rows are uniform. A text that
    holds no table becomes a uniform one.
    """
    try:
        kept = parse_matrix("The table", text, None, None)[:rows]
    except InputError:
        kept = ()
    table = []
    for row in kept:
        row = (*row[:columns], *(0.0,) * (columns - len(row)))
        table.append(row if min(row) >= 0 < sum(row) else (1.0,) * columns)
    table += [(1.0,) * columns] * (rows - len(table))
    return write_rows([[value / sum(row) for value in row] for row in table])


def write_rows(rows: Sequence[Sequence[float]]) -> str:
    """Return rows in the shortest text that `parse_matrix` reads back to four digits after the point."""
    return ";".join(",".join(_short(value) for value in row) for row in rows)


def _number(text: str) -> float | None:
    typed = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(typed):
        return None
    value = float(typed)
    return value if math.isfinite(value) else None


def _short(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _written(value: float) -> str:
    return (f"{value:,}" if isinstance(value, int) else f"{value:g}").replace("-", "−")


def _quoted(text: str) -> str:
    text = text.strip()
    if not text:
        return "nothing"
    return f"“{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + '…'}”"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
