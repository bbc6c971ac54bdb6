"""A Markov chain of one's own: its graph, a run of it, and where it is in the long run."""

from functools import partial
from typing import Any

import streamlit as st

from pages import _markov_chain_controls as controls
from pages.ui import page
from pages.ui.controls import ask
from pages.ui.live_figure import live_figure
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core import markov_chain as core
from rnn_core.markov_chain import examples, reading, tables
from rnn_core.markov_chain import sentences as say
from rnn_core.plots import markov_chain as plots

TOPIC = "markov_chain"
TIME = {"group": f"{TOPIC}.time", "position": f"{TOPIC}.time"}

trace_chain = st.cache_resource(max_entries=64, show_spinner=False)(core.trace_markov_chain)


@st.cache_resource(max_entries=128, show_spinner=False)
def draw(name: str, spec: core.Spec) -> Any:
    """Draw a picture of a chain; readers of the same chain share it."""
    return getattr(plots, name)(trace_chain(spec))


def show(name: str, picture: Any, words: str, table: Any, *of: Any, **more: Any) -> None:
    """Show a picture of this page, with the table of something."""
    live_figure(picture, key=f"{TOPIC}.{name}", description=words, numbers=partial(table, *of), name=name, **more)


def write(text: str) -> None:
    """Write a sentence, which may hold names that the reader gave, letter by letter."""
    st.markdown(page.literal(text))


def toy(trace: core.Trace) -> None:
    """The chain with its run, and the run over time."""
    left, right = st.columns(2, gap="medium")
    with left:
        show("chain", draw("deck_chain", trace.spec), say.reading(trace), tables.transitions_table, trace, **TIME)
    with right:
        show(
            "run", draw("deck_run", trace.spec), say.about_shares(trace), tables.run_table, trace, slider=False, **TIME
        )
        st.caption(page.literal(f"{say.about_shares(trace)} {say.DIAMONDS}"))
    st.caption(say.reading(trace))


@page.fragment
def over_time(trace: core.Trace) -> None:
    """The marginals, and how fast they come near the long run."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Where is it likely to be?", anchor=False)
        write(say.about_marginals(trace))
        words, deck = say.about_marginals(trace), draw("deck_marginals", trace.spec)
        show("marginals", deck, words, tables.marginals_table, trace, position=f"{TOPIC}.t")
    with right:
        st.subheader("How fast does it forget?", anchor=False)
        write(say.about_speed(trace))
        words, figure = say.about_speed(trace), draw("figure_distances", trace.spec)
        show("distances", figure, words, tables.distances_table, trace)


@page.fragment
def starts(trace: core.Trace) -> None:
    """Classes and periods, and whether the start matters."""
    st.subheader("Does the start matter?", anchor=False)
    write(say.about_classes(trace))
    left, right = st.columns(2, gap="medium")
    with left:
        words, deck = say.about_classes(trace), draw("deck_powers", trace.spec)
        show("powers", deck, words, tables.powers_table, trace, position=f"{TOPIC}.power")
    with right:
        st.html(to_table(tables.classes_table(trace)))
        if say.has_transient(trace):
            st.html(to_table(tables.ends_table(trace)))


@page.fragment
def path(trace: core.Trace, counted: core.Counted | None) -> None:
    """The probability of a path that the reader types."""
    st.subheader("The probability of one path", anchor=False)
    states = trace.spec.states
    if counted is None:
        read, default = partial(reading.read_path, states=states), reading.path_default(states)
        typed = ask(TOPIC, reading.path_key(states), "A path, state by state", default, read)
    else:
        read, default = partial(reading.read_word, counted=counted), reading.word_default(counted)
        typed = ask(TOPIC, "word", "A word, letter by letter", default, read)
    found = core.path_probability(trace, typed)
    write(say.on_path(found))
    st.markdown(f"**{page.literal(say.about_path(found))}**")


def babble(counted: core.Counted, seed: int) -> None:
    """Text from chains, one nearer to the counted text than the other."""
    st.subheader("Text from a chain", anchor=False)
    for name, text in core.approximations(counted, examples.BABBLE, seed).items():
        write(f"{name}: “{text}”")


@page.fragment
def laboratory() -> None:
    """Everything that follows from the chain."""
    left, right = st.columns([5, 3], gap="medium")
    with right:
        spec, counted = controls.ask_spec()
    trace = trace_chain(spec)
    with left:
        st.markdown(f"**{page.literal(say.headline(trace))}**")
        toy(trace)
        tries(TOPIC, [Try(*task) for task in examples.TASKS])
    if counted is not None and examples.babbles(counted):
        babble(counted, spec.seed)
    over_time(trace)
    starts(trace)
    path(trace, counted)


page.open_page(topic(TOPIC))
laboratory()
page.close_page(topic(TOPIC))
