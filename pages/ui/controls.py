"""The controls of every page, with the house's keys, bound to the address so that a link restores them."""

from collections.abc import Mapping

import streamlit as st

from pages.ui.live_text import ask

__all__ = ["ask", "choose", "choose_many"]


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
