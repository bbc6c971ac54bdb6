"""The controls of every page, with the house's keys, written into the address so that a link restores them."""

from collections.abc import Mapping

import streamlit as st

from pages.ui import address
from pages.ui.live_text import ask

__all__ = ["ask", "choose", "choose_many", "slide"]


def choose(topic: str, name: str, label: str, options: Mapping[str, str], default: str, *, hidden: bool = False) -> str:
    """Let the reader choose one of a few; all are in sight.

    The choice is kept and stands in the address as what is typed does, so that it outlasts other pages and may be
    set before the control is there. A link may name the value or what is shown for it; else it is the default.

    Args:
        topic, name: together the key, and the name in the address.
        label: what is chosen.
        options: names to show, by value.
        default: the value chosen at first; it does not stand in the address.
        hidden: whether the label is for screen readers only.

    """
    key = f"{topic}.{name}"
    value = address.recall(key, default)
    value = next((option for option, shown in options.items() if value in (option, shown)), default)
    st.session_state[key] = st.session_state[_control(key)] = value
    st.segmented_control(
        label,
        list(options),
        format_func=lambda value: options[value],
        required=True,
        key=_control(key),
        on_change=lambda: address.remember(key, st.session_state[_control(key)] or default),
        label_visibility="collapsed" if hidden else "visible",
        wrap=True,
    )
    return value


def choose_many(topic: str, name: str, label: str, options: Mapping[str, str], default: tuple[str, ...]) -> set[str]:
    """Let the reader switch each of a few on or off; all are in sight. Arguments as for `choose`."""
    key = f"{topic}.{name}"
    listed = address.recall(key, ",".join(default)).split(",")
    st.session_state[_control(key)] = chosen = [value for value in options if value in listed]
    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=lambda value: options[value],
        key=_control(key),
        on_change=lambda: address.remember(key, ",".join(st.session_state[_control(key)])),
        wrap=True,
    )
    return set(chosen)


def slide(topic: str, name: str, label: str, low: int, high: int, default: int) -> int:
    """Let the reader set a whole number by a slider; the page runs again when it rests. Arguments as for `choose`."""
    key = f"{topic}.{name}"
    text = address.recall(key, str(default))
    value = int(text) if text.isascii() and text.isdecimal() and low <= int(text) <= high else default
    st.session_state[_control(key)] = value
    st.slider(
        label,
        low,
        high,
        key=_control(key),
        on_change=lambda: address.remember(key, str(st.session_state[_control(key)])),
    )
    return value


def _control(key: str) -> str:
    """The key of the stock control that shows the value kept under a key."""
    return f"{key}.control"
