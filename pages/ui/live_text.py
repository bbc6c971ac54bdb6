"""A text box that is read while the reader types."""

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from pages.ui import address

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "unfold_live_text",
    html='<div class="live-text"><label> <textarea rows="1" spellcheck="false"></textarea></label></div>',
    css=(_HERE / "live_text.css").read_text(encoding="utf-8"),
    js=(_HERE / "live_text.js").read_text(encoding="utf-8"),
    isolate_styles=False,
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
    box, revision = f"{key}.box", f"{key}.revision"

    def change(value: str | None) -> None:
        if value is not None:
            address.remember(key, value)
            if on_change is not None:
                on_change()

    def choose(example: str) -> None:
        st.session_state[revision] = st.session_state.get(revision, 0) + 1
        change(example)

    _component(
        key=box,
        data=[
            {
                "label": label,
                "placeholder": placeholder,
                "value": text,
                "revision": st.session_state.get(revision, 0),
            }
        ],
        on_value_change=lambda: change(st.session_state[box].get("value")),
    )
    if examples:
        with st.container(horizontal=True, key=f"{key}.examples"):
            for name, example in examples.items():
                st.button(name, key=f"{key}.example.{name}", on_click=choose, args=(example,))
    if not address.fits(text):
        st.caption(
            f"{len(text):,} characters are too many for a link: whoever opens it sees the page without this text."
        )
    return text
