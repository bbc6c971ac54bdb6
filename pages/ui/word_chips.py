"""The words of a text as chips that can be pointed at, dropped and replaced."""

from collections.abc import Sequence
from dataclasses import asdict

import streamlit as st

from pages.ui import address
from pages.ui.component import component
from rnn_core.edits import parse_edits, write_edits
from rnn_core.remarks import Word

_HTML = """
<div class="word-chips">
  <div class="words" role="group"></div>
  <form class="editor" hidden>
    <label><span class="question"></span> <input type="text" autocomplete="off" maxlength="60"></label>
    <button type="submit">Change</button>
    <button type="button" class="drop">Drop the word</button>
    <button type="button" class="restore">Put it back</button>
  </form>
</div>
"""
_component = component("word_chips", _HTML)

CUT_WORDS = 12
"""How many of the words that are too far from the end to be read are shown."""


def _ignore() -> None:
    """Stand in for a callback: a component only sends what has one."""


def recall_edits(key: str) -> dict[int, str]:
    """Return the words that the reader has changed, out of the session or the address.

    Raises `InputError` when the address holds something else.
    """
    return parse_edits(address.recall(key, ""))


def forget_edits(key: str) -> None:
    """Take the text as it is typed: after a new text, old numbers of words mean nothing."""
    address.remember(key, "")


def word_chips(words: Sequence[Word], *, key: str, edits: str, group: str, label: str) -> None:
    """Show the chips.

    Args:
        words: what they show.
        key: unique name on the page.
        edits: where the words that the reader changes are kept, for `recall_edits`. A change runs
            the fragment again.
        group: whose cursor the chips move and follow, as in `live_figure`.
        label: what the chips are, for those who don't see them.

    """
    cut = next((number for number, word in enumerate(words) if word.state != "cut"), len(words))
    first = max(0, cut - CUT_WORDS)
    result = _component(
        key=key,
        data=[
            {
                "words": [asdict(word) for word in words[first:]],
                "first": first,
                "strongest": max((abs(word.share) for word in words), default=0.0),
                "group": group,
                "label": label,
                "version": str(hash(tuple(words))),
            }
        ],
        on_edit_change=_ignore,
    )
    if result.edit:
        changed = recall_edits(edits)
        changed.pop(int(result.edit["index"]), None)
        if result.edit["text"] is not None:
            changed[int(result.edit["index"])] = result.edit["text"]
        address.remember(edits, write_edits(changed))
        st.rerun(scope="fragment")
