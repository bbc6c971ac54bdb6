"""`ask_table`: probabilities in a grid of cells that are read while the reader types."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from pages.ui import address
from pages.ui.component import component
from pages.ui.live_text import put, read_or_last, revision
from rnn_core.errors import InputError
from rnn_core.parsing import fit_rows, normalise_rows

Value = TypeVar("Value")

_component = component(
    "live_table",
    '<div class="live-table"><div class="scroll" tabindex="-1"><table></table></div>'
    '<p class="problem" role="alert"></p></div>',
)


def ask_table(
    topic: str,
    name: str,
    label: str,
    rows: Sequence[str],
    columns: Sequence[str],
    default: str,
    read: Callable[[str], Value],
) -> Value:
    """Ask for a table whose rows are distributions; return what was read.

    What can't be read stays in its cell with a sentence under the table, and the last table that could be
    read goes on counting; a button makes rows of other sums sum to 1. The arrow keys change a probability
    by a twentieth and those beside it in proportion, so that the row goes on summing to 1. A text of
    another shape, as after one more state, is fitted to the present one; it comes back with its shape,
    unless a cell has been changed meanwhile.

    Args:
        topic, name: together the key, and the name in the address.
        label: what is asked for.
        rows, columns: their names.
        default: the text at first: rows apart by semicolons, cells by commas.
        read: makes the value; raises `InputError` where it can't.

    """
    key = f"{topic}.{name}"
    default = _fitted(default, len(rows), len(columns))
    # What was typed is kept: names that are typed anew are fewer for a moment.
    text = _fitted(address.recall(key, default), len(rows), len(columns))
    value, problem = read_or_last(key, text, default, lambda text: read(_without_gaps(label, text)))
    box = f"{key}.box"

    def changed() -> None:
        typed = st.session_state[box].get("value")
        if typed is not None:
            address.remember(key, typed)

    _component(
        key=box,
        data=[
            {
                "label": label,
                "rows": list(rows),
                "columns": list(columns),
                "cells": _cells(text),
                "revision": revision(key),
                "problem": problem,
            }
        ],
        on_value_change=changed,
    )
    if problem:
        _offer_normalised(key, text, read)
    return value


def _offer_normalised(key: str, text: str, read: Callable[[str], Value]) -> None:
    """Show the button that makes the rows sum to 1, where that is all that is wrong."""
    try:
        normal = normalise_rows(text)
        read(normal)
    except InputError:
        return
    st.button("Make the rows sum to 1", key=f"{key}.normalise", on_click=put, args=(key, normal))


def _cells(text: str) -> list[list[str]]:
    return [row.split(",") for row in text.split(";")]


def _fitted(text: str, rows: int, columns: int) -> str:
    """Return a text of that shape as it is, and another one fitted to it."""
    fits = [len(row) for row in _cells(text)] == [columns] * rows
    return text if fits else fit_rows(text, rows, columns)


def _without_gaps(label: str, text: str) -> str:
    """Return the text of a table without an empty cell."""
    if any(not cell.strip() for row in _cells(text) for cell in row):
        raise InputError(f"{label} has an empty cell: write 0 where something never happens.")
    return text
