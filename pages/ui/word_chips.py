"""The words of a text as chips that can be pointed at, dropped and replaced."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from rnn_core.reading import Word

_HERE = Path(__file__).parent
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
_component = st.components.v2.component(
    "unfold_word_chips",
    html=_HTML,
    css=(_HERE / "word_chips.css").read_text(encoding="utf-8"),
    js=(_HERE / "word_chips.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)

CUT_WORDS = 12
"""How many of the words that are too far from the end to be read are shown."""


@dataclass(frozen=True)
class Edit:
    """Word `index` is to be read as `text`: "" drops it, None puts back what was typed."""

    index: int
    text: str | None


def _ignore() -> None:
    """Stand in for a callback: a component only sends what has one."""


def word_chips(words: Sequence[Word], *, key: str, group: str, label: str) -> Edit | None:
    """Show the chips; return the edit that the reader has just made, if this run is due to one."""
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
    return Edit(int(result.edit["index"]), result.edit["text"]) if result.edit else None
