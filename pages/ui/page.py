"""Opens a page, and the parts that every page has: the link, errors, the numbers under a picture."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui.registry import Topic
from rnn_core.config import ASSETS_DIR
from rnn_core.errors import DataMissingError, InputError

_HERE = Path(__file__).parent
_share = st.components.v2.component(
    "unfold_share",
    html='<div class="share"><button type="button">Copy link</button><span role="status"></span></div>',
    css=(_HERE / "share.css").read_text(encoding="utf-8"),
    js=(_HERE / "share.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def open_page(topic: Topic) -> None:
    """Write the title, the lead and the button that copies the link to this view."""
    title, link = st.columns([4, 1], vertical_alignment="bottom")
    title.title(topic.title, anchor=False)
    with link:
        _share(key=f"{topic.name}.link")
    st.markdown(topic.lead)


def close_page(topic: Topic) -> None:
    """Write what stands below the pictures: equations, what to keep in mind, sources."""
    st.divider()
    st.markdown((ASSETS_DIR / "pages" / f"{topic.name}.md").read_text(encoding="utf-8"))


@contextmanager
def beside() -> Iterator[None]:
    """Show the sentence of an `InputError` raised inside, where it was raised, and go on after it."""
    try:
        yield
    except InputError as error:
        problem(str(error))
    except DataMissingError as error:
        problem(str(error))


def problem(sentence: str) -> None:
    """Show a sentence about what can't be used. It may quote the reader, so it is shown letter by letter."""
    with st.container(key=f"problem.{abs(hash(sentence))}"):
        st.error(literal(sentence), icon=":material/error:")


def literal(text: str) -> str:
    """Return a text with every character that Markdown would read as markup escaped."""
    return "".join("\\" + character if character in "\\`*_{}[]()#+-.!|<>~$:&" else character for character in text)


def numbers(key: str, name: str, table: Callable[[], Mapping[str, Sequence[Any]]]) -> None:
    """Offer the numbers behind a picture: as a table once it is opened, and as CSV.

    Args:
        key: unique name on the page.
        name: what the file is called, without its ending.
        table: makes the columns; called when the reader asks.

    """
    with st.popover("The numbers", key=key, on_change="rerun", type="tertiary", icon=":material/table:") as opened:
        if not opened.open:
            return
        columns = table()
        st.html(to_table(columns))
        st.download_button(
            "Save as CSV", to_csv(columns), f"{name}.csv", "text/csv", key=f"{key}.csv", on_click="ignore"
        )


def to_table(columns: Mapping[str, Sequence[Any]]) -> str:
    """Return columns of one length as an HTML table in which every word is only a word.

    Streamlit's own table would load pandas, which doubles the memory of the server.
    """
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in columns)
    rows = zip(*columns.values(), strict=True)
    body = "".join("<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="numbers" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def to_csv(columns: Mapping[str, Sequence[Any]]) -> str:
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
