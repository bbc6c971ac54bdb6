"""A text box that is read while the reader types."""

from collections.abc import Callable
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


def set_text(key: str, text: str) -> None:
    """Put a text of the page's choice into the box."""
    address.remember(key, text)
    st.session_state[f"{key}.revision"] = st.session_state.get(f"{key}.revision", 0) + 1


def live_text(
    key: str, label: str, *, default: str, placeholder: str = "", on_change: Callable[[], None] | None = None
) -> str:
    """Show the box and return its text; `on_change` is called when the reader has typed another.

    The text is in the address, so that it travels with the link, up to `address.LONGEST` characters.
    """
    text = address.recall(key, default)
    box = f"{key}.box"

    def typed() -> None:
        value = st.session_state[box].get("value")
        if value is not None:
            address.remember(key, value)
            if on_change is not None:
                on_change()

    _component(
        key=box,
        data=[
            {
                "label": label,
                "placeholder": placeholder,
                "value": text,
                "revision": st.session_state.get(f"{key}.revision", 0),
            }
        ],
        on_value_change=typed,
    )
    if not address.fits(text):
        st.caption(
            f"{len(text):,} characters are too many for a link: whoever opens it sees the page without this text."
        )
    return text
