"""What the reader chose, kept for the session and written into the address.

Streamlit's own way (`bind="query-params"`) forgets a choice whose control is not on the page for one run: where
the browser goes back to a page while another still runs, the choice was gone. What is kept here stays.
"""

import streamlit as st

LONGEST = 4000
"""Characters of one value that the address holds; servers and chat programs cut longer links."""


def recall(key: str, default: str) -> str:
    """Return the value of this session, else of the address, else the default; write the address."""
    if key not in st.session_state and key in st.query_params:
        st.session_state[key] = st.query_params[key]
    value = str(st.session_state.get(key, default))
    _write(key, value, default)
    return value


def remember(key: str, value: str) -> None:
    """Keep a value for this session; the next `recall` writes it into the address.

    Half a surrogate pair, which a browser can send but no text can hold, becomes a question mark.
    """
    st.session_state[key] = value.encode("utf-8", "replace").decode("utf-8")


def fits(value: str) -> bool:
    """Tell whether the address holds a value whole."""
    return len(value) <= LONGEST


def _write(key: str, value: str, default: str) -> None:
    if value == default or not fits(value):
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != value:
        st.query_params[key] = value
