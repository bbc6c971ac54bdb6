"""A text box that is read while the reader types: large for prose, small for numbers."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from pages.ui import address
from pages.ui.component import component
from rnn_core.errors import InputError

Value = TypeVar("Value")

_component = component(
    "live_text",
    '<div class="live-text"><label> <textarea rows="1" spellcheck="false"></textarea></label>'
    '<p class="problem" role="alert"></p></div>',
)


def live_text(
    key: str,
    label: str,
    *,
    default: str,
    placeholder: str = "",
    examples: Mapping[str, str] | None = None,
    on_change: Callable[[], None] | None = None,
) -> str:
    """Show the box, and under it a button for each example by its name; return the text.

    The text is in the address, so that it travels with the link, up to `address.LONGEST` characters.
    `on_change` is called when the reader has typed or chosen another.
    """
    text = address.recall(key, default)

    def change(value: str) -> None:
        address.remember(key, value)
        if on_change is not None:
            on_change()

    def choose(example: str) -> None:
        put(key, example)
        change(example)

    _box(key, label, text, change, placeholder=placeholder)
    if examples:
        with st.container(horizontal=True, key=f"{key}.examples"):
            for name, example in examples.items():
                st.button(name, key=f"{key}.example.{name}", on_click=choose, args=(example,))
    if not address.fits(text):
        st.caption(
            f"{len(text):,} characters are too many for a link: whoever opens it sees the page without this text."
        )
    return text


def ask(topic: str, name: str, label: str, default: str, read: Callable[[str], Value], *, lines: int = 1) -> Value:
    """Ask for something that has to be read out of the text; return what was read.

    What can't be read stays in the box with a sentence under it, and the last text that could be read
    goes on counting.

    Args:
        topic, name: together the key, and the name in the address.
        label: what is asked for.
        default: the text at first, which can be read.
        read: makes the value; raises `InputError` where it can't.
        lines: of the box. In one of a single line the arrow keys step a whole number.

    """
    key = f"{topic}.{name}"
    text = address.recall(key, default)
    value, problem = read_or_last(key, text, default, read)
    _box(key, label, text, lambda value: address.remember(key, value), small=True, lines=lines, problem=problem)
    return value


def read_or_last(key: str, text: str, default: str, read: Callable[[str], Value]) -> tuple[Value, str]:
    """Return what was read, and the sentence of what can't be, in place of which the last that could be counts."""
    last = f"{key}.read"
    try:
        value = read(text)
    except InputError as error:
        return _read_instead(st.session_state.get(last, default), default, read), str(error)
    st.session_state[last] = text
    return value, ""


def revision(key: str) -> int:
    """Return how often `put` has put something into the box of that key."""
    return int(st.session_state.get(f"{key}.revision", 0))


def put(key: str, text: str) -> None:
    """Put a text into the box of that key in place of what stands there."""
    st.session_state[f"{key}.revision"] = revision(key) + 1
    address.remember(key, text)


def _read_instead(last: str, default: str, read: Callable[[str], Value]) -> Value:
    """Read the last text that could be read; where that has changed with other controls, the default."""
    try:
        return read(last)
    except InputError:
        return read(default)


def _box(
    key: str,
    label: str,
    text: str,
    on_change: Callable[[str], None],
    *,
    placeholder: str = "",
    small: bool = False,
    lines: int = 1,
    problem: str = "",
) -> None:
    box = f"{key}.box"

    def changed() -> None:
        value = st.session_state[box].get("value")
        if value is not None:
            on_change(value)

    _component(
        key=box,
        data=[
            {
                "label": label,
                "placeholder": placeholder,
                "value": text,
                "revision": revision(key),
                "small": small,
                "lines": lines,
                "problem": problem,
            }
        ],
        on_value_change=changed,
    )
