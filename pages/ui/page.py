"""Opens and closes a page: title, lead, the link to this view, what is said of errors, the sources."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from pages.ui.component import component
from pages.ui.live_figure import plotly_address
from pages.ui.registry import Topic
from rnn_core.config import ASSETS_DIR
from rnn_core.errors import DataMissingError, InputError

P = ParamSpec("P")

_share = component(
    "share", '<div class="share"><button type="button">Copy link</button><span role="status"></span></div>'
)


def open_page(topic: Topic) -> None:
    """Write the title, the lead and the button that copies the link to this view."""
    title, link = st.columns([4, 1], vertical_alignment="bottom")
    title.title(topic.title, anchor=False)
    with link:
        _share(key=f"{topic.name}.link", data=[plotly_address()])
    st.markdown(topic.lead)


def close_page(topic: Topic) -> None:
    """Write what stands below the pictures: what to keep in mind, and the equations with their sources.

    The equations are sent when they are asked for: the fonts and the code that set them weigh 250 kB.
    """
    st.divider()
    st.markdown(_words(topic.name))
    with st.expander("Equations and sources", key=f"{topic.name}.equations", on_change="rerun") as equations:
        if equations.open:
            st.markdown(_words(f"{topic.name}.equations"))


def _words(name: str) -> str:
    return (ASSETS_DIR / "pages" / f"{name}.md").read_text(encoding="utf-8")


@contextmanager
def beside() -> Iterator[None]:
    """Show the sentence of an `InputError` raised inside, where it was raised, and go on after it."""
    try:
        yield
    except InputError as error:
        problem(str(error))
    except DataMissingError as error:
        problem(str(error))


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """Make a part of a page that runs alone where something inside it changes, as `st.fragment` does.

    Nothing is around it then, so what `beside` shows is shown by the part itself.
    """
    return st.fragment(beside()(part))


def problem(sentence: str) -> None:
    """Show a sentence about what can't be used. It may quote the reader, so it is shown letter by letter."""
    with st.container(key=f"problem.{abs(hash(sentence))}"):
        st.error(literal(sentence))


def literal(text: str) -> str:
    """Return a text with every character that Markdown would read as markup escaped, and numbers whole."""
    text = text.replace(" %", "\N{NO-BREAK SPACE}%")
    return "".join("\\" + character if character in "\\`*_{}[]()#+-.!|<>~$:&" else character for character in text)
