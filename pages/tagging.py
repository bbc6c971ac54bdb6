"""Type a sentence and see the part of speech of every word, and the readings that nearly won."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import page
from pages.ui.live_figure import live_figure
from pages.ui.live_text import live_text
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from pages.ui.word_chips import forget_edits, recall_edits, word_chips
from rnn_core.plots.tagging import deck_word, figure_trellis
from rnn_core.tagging import Reading, Spec, Trace, examples, is_short, load_tagger, sentences, tables, trace_tagging

TOPIC = "tagging"
COLUMN, EDITS = f"{TOPIC}.column", f"{TOPIC}.edits"  # what the pictures point at together; the changed words


@st.cache_resource(max_entries=64, show_spinner=False)
def read(spec: Spec) -> Reading:
    """Tag a sentence; readers of the same one share what comes of it."""
    return trace_tagging(load_tagger(), spec)


def read_text() -> Reading:
    """Ask for a sentence; return how it is read, with the words that the reader has changed."""
    text = live_text(
        f"{TOPIC}.text",
        "A sentence in English",
        default=examples.FIRST,
        placeholder="Type a sentence …",
        examples=examples.SENTENCES,
        on_change=lambda: forget_edits(EDITS),
    )
    edits: dict[int, str] = {}
    with page.beside():
        edits = recall_edits(EDITS)
    return read(Spec(text, tuple(sorted(edits.items()))))


def show(name: str, picture: Any, words: str, table: Any, of: Any, **more: Any) -> None:
    """Show a picture of this page, with the table of something."""
    live_figure(picture, key=f"{TOPIC}.{name}", description=words, numbers=partial(table, of), name=name, **more)


def words(reading: Reading) -> None:
    """Show the words as chips that can be changed, and what to look for."""
    label = "The words and their tags: click a word to change it"
    word_chips(sentences.describe_words(reading), key=f"{TOPIC}.words", edits=EDITS, group=COLUMN, label=label)
    if reading.second:
        st.button("Put all words back", on_click=forget_edits, args=(EDITS,), key=f"{TOPIC}.restore")
    for note in sentences.notes(reading):
        st.caption(note)
    st.markdown(f"**{page.literal(sentences.headline(reading))}**")


def pictures(reading: Reading) -> None:
    """Show the trellis and one of its words, side by side where the sentence is short."""
    trace, said = reading.latest, sentences.headline(reading)
    left, right = st.columns(2, gap="medium") if is_short(trace) else (st.container(), st.container())
    with left:
        show("trellis", figure_trellis(reading), said, tables.words_table, trace, links={"x": COLUMN})
    with right:
        more = {"group": COLUMN, "position": f"{TOPIC}.word"}
        about = "What a word says of its tag by itself, and what its sentence makes of it"
        show("one", deck_word(trace, sentences.on_words(trace)), about, tables.beliefs_table, trace, **more)


def alternatives(reading: Reading, trace: Trace) -> None:
    """Show what nearly won, and what the reader's change has changed."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("What nearly won", anchor=False)
        st.markdown(page.literal(sentences.on_alternatives(trace)))
        if sentences.has_alternatives(trace):
            st.html(to_table(tables.alternatives_table(trace)))
    with right:
        st.subheader("Before and after", anchor=False)
        st.markdown(page.literal(sentences.on_changes(reading)))
        if reading.second:
            st.html(to_table(tables.changes_table(reading)))


@page.fragment
def laboratory() -> None:
    """Everything that follows the sentence."""
    reading = read_text()
    words(reading)
    if reading.latest.words:
        pictures(reading)
    tries(TOPIC, [Try(*task) for task in examples.TASKS])
    if reading.latest.words:
        alternatives(reading, reading.latest)


page.open_page(topic(TOPIC))
with page.beside():
    laboratory()
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("The twelve tags", anchor=False)
        st.html(to_table(tables.tags_table()))
    with right:
        st.subheader("How good it is", anchor=False)
        st.html(to_table(tables.accuracy_table(load_tagger().record)))
page.close_page(topic(TOPIC))
