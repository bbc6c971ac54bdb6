"""The controls of every page, with the house's keys, bound to the address so that a link restores them."""

from collections.abc import Mapping

import streamlit as st

from pages.ui import address
from pages.ui.live_text import ask

__all__ = ["ask", "choose", "choose_changing", "choose_many"]


def choose(topic: str, name: str, label: str, options: Mapping[str, str], default: str, *, hidden: bool = False) -> str:
    """Let the reader choose one of a few; all are in sight.

    Args:
        topic, name: together the key, and the name in the address.
        label: what is chosen.
        options: names to show, by value.
        default: the value chosen at first; it does not stand in the address.
        hidden: whether the label is for screen readers only.

    """
    choice = st.segmented_control(
        label,
        list(options),
        default=default,
        format_func=lambda value: options[value],
        required=True,
        key=f"{topic}.{name}",
        bind="query-params",
        label_visibility="collapsed" if hidden else "visible",
        wrap=True,
    )
    return choice or default


def choose_changing(topic: str, name: str, label: str, options: Mapping[str, str], default: str) -> str:
    """Let the reader choose one of a few that hang on other controls. Arguments as for `choose`.

    A stock control that comes and goes writes no value into the address that a button has given it before it
    came. This one stands there as what is typed does; a value that is none of the options counts as the default.
    """
    key = f"{topic}.{name}"
    widget = f"{key}.control"
    value = address.recall(key, default)
    value = value if value in options else default

    def chosen() -> None:
        address.remember(key, st.session_state[widget] or default)

    st.session_state[widget] = value
    st.segmented_control(
        label,
        list(options),
        format_func=lambda value: options[value],
        required=True,
        key=widget,
        on_change=chosen,
        wrap=True,
    )
    return value


def choose_many(topic: str, name: str, label: str, options: Mapping[str, str], default: tuple[str, ...]) -> set[str]:
    """Let the reader switch each of a few on or off; all are in sight. Arguments as for `choose`."""
    return set(
        st.pills(
            label,
            list(options),
            selection_mode="multi",
            default=list(default),
            format_func=lambda value: options[value],
            key=f"{topic}.{name}",
            bind="query-params",
        )
    )
