"""Buttons that set the controls of a page: “try this” with a task, and presets without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui.live_text import put


@dataclass(frozen=True)
class Try:
    """One task.

    Attributes:
        label: a few words, on the button.
        sentence: what to do, and what to look at.
        values: what the click sets: for the name of a control its value, a text or for a control of
            many a sequence; for the `position` of a deck one of the texts on its slider.

    """

    label: str
    sentence: str
    values: Mapping[str, str | Sequence[str]]


def tries(topic: str, tasks: Sequence[Try]) -> None:
    """Show the tasks side by side, on a phone one under the other."""
    with st.container(key=f"{topic}.tries"):
        st.markdown("**Try this**")
        for column, task in zip(st.columns(len(tasks)), tasks, strict=True):
            with column:
                st.button(
                    task.label,
                    key=f"{topic}.try.{task.label}",
                    on_click=put_all,
                    args=(topic, task.values),
                    width="stretch",
                )
                st.markdown(task.sentence)


def presets(topic: str, options: Mapping[str, Mapping[str, str | Sequence[str]]]) -> None:
    """Show a button for each preset by its name; the click sets what its mapping holds, as for `Try`."""
    with st.container(horizontal=True, key=f"{topic}.presets"):
        for name, values in options.items():
            st.button(name, key=f"{topic}.preset.{name}", on_click=put_all, args=(topic, values))


def put_all(topic: str, values: Mapping[str, str | Sequence[str]]) -> None:
    """Set controls of a page by their names, before it runs: texts, and what is chosen in a control of many."""
    for name, value in values.items():
        put(f"{topic}.{name}", value if isinstance(value, str) else ",".join(value))
