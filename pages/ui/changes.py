"""Shows what a step of the text pipeline did to a text: what it took out, and what it put in."""

from collections.abc import Sequence
from html import escape
from itertools import islice

import streamlit as st

from rnn_core.text_pipeline import Change, Trace

LONGEST = 1500
"""Characters of a text that are shown; a longer one ends in an ellipsis."""

MOST_TOKENS = 400
"""Tokens that are shown of a long text."""


def show_steps(trace: Trace, *, changed_only: bool = False) -> None:
    """Write the text after every step, with the pieces that the step changed; or only the steps that changed it."""
    before = trace.text
    rows = []
    for number, step in enumerate(trace.steps[:-1], start=1):
        if step.changes or not changed_only:
            state = f"{len(step.changes)} changed" if step.on else "switched off"
            rows.append(
                f'<li class="{"on" if step.on else "off"}"><span class="name">{number}. {escape(step.name)}</span>'
                f'<span class="count">{state}</span><p>{marked(before, step.changes)}</p></li>'
            )
        before = step.text
    st.html(f'<ol class="steps">{"".join(rows)}</ol>')


def show_tokens(tokens: Sequence[str], indices: Sequence[int]) -> None:
    """Write the first tokens, each above its index; the unknown word's index is 0."""
    shown = "".join(
        f'<span class="token{"" if index else " unknown"}">{escape(_short(token))}<b>{index}</b></span>'
        for token, index in islice(zip(tokens, indices, strict=True), MOST_TOKENS)
    )
    st.html(f'<p class="tokens">{shown}</p>')
    if len(tokens) > MOST_TOKENS:
        st.caption(f"The first {MOST_TOKENS} of {len(tokens):,} tokens are shown.")


def marked(text: str, changes: Sequence[Change]) -> str:
    """Return a text as HTML in which every change is struck out and what replaces it is marked."""
    pieces: list[str] = []
    end = 0
    for change in changes:
        if change.start >= LONGEST:
            break
        pieces.append(escape(text[end : change.start]))
        pieces.append(f"<del>{_visible(change.before)}</del>")
        if change.after.strip():
            pieces.append(f"<ins>{_visible(change.after)}</ins>")
        elif change.after:
            pieces.append(" ")
        end = change.end
    rest = text[end : max(end, LONGEST)]
    return "".join(pieces) + escape(rest) + ("…" if len(text) > max(end, LONGEST) else "")


def _short(token: str, longest: int = 60) -> str:
    return token if len(token) <= longest else token[: longest - 1] + "…"


def _visible(piece: str) -> str:
    return escape(piece) if piece.strip() else "␣" * min(len(piece), 8)
