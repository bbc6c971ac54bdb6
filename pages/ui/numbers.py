"""The numbers behind a picture, as a table and as CSV."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

Table = Mapping[str, Sequence[Any]]
"""Columns of one length, by their titles."""


def numbers(key: str, name: str, table: Callable[[], Table]) -> None:
    """Offer the numbers behind a picture: as a table once it is opened, and as CSV.

    Args:
        key: unique name on the page.
        name: what the file is called, without its ending.
        table: makes the columns; called when the reader asks.

    """
    with st.popover("The numbers", key=key, on_change="rerun", type="tertiary") as opened:
        if not opened.open:
            return
        columns = table()
        st.html(to_table(columns))
        st.download_button(
            "Save as CSV", to_csv(columns), f"{name}.csv", "text/csv", key=f"{key}.csv", on_click="ignore"
        )


def to_table(columns: Table) -> str:
    """Return columns of one length as an HTML table in which every word is only a word.

    Streamlit's own table would load pandas, which doubles the memory of the server.
    """
    kinds = [' class="text"' if any(map(_is_prose, values)) else "" for values in columns.values()]
    head = "".join(f'<th scope="col"{kind}>{escape(title)}</th>' for title, kind in zip(columns, kinds, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{escape(_shown(value))}</td>" for value, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    return f'<div class="numbers" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _is_prose(value: Any) -> bool:
    """Tell words, which stand on the left and may wrap, from numbers and their units."""
    return isinstance(value, str) and sum(word.isalpha() and len(word) > 1 for word in value.split()) > 1


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def to_csv(columns: Table) -> str:
    """Return columns of one length as CSV with a header.

    A word that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_harmless(value) for value in row])
    return text.getvalue()


def _harmless(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
