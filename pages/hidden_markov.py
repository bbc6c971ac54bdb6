"""Edit a hidden Markov model, and see forward, backward, posterior and Viterbi go through its trellis."""

from functools import partial
from typing import Any

import streamlit as st

from pages._hidden_markov_continuous import continuous
from pages._hidden_markov_learning import learning
from pages._hidden_markov_model import ask_model, ask_number
from pages.ui import page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import Click, live_figure
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, put_all, tries
from rnn_core import hidden_markov as core
from rnn_core.hidden_markov import examples, reading, sentences, stops, tables
from rnn_core.plots import hidden_markov as plots

TOPIC = "hidden_markov"
START = examples.START

run = st.cache_resource(max_entries=64, show_spinner=False)(core.trace_hidden_markov)


@st.cache_resource(max_entries=64, show_spinner=False)
def draw(spec: core.Spec, mode: Any, view: stops.View, logarithms: bool) -> Any:
    """Draw a trellis; readers of the same one share it."""
    return plots.deck_trellis(run(spec), mode, view, logarithms)


def go_to(trace: core.Trace, click: Click) -> None:
    """Stand at the cell that was clicked."""
    put_all(TOPIC, plots.cell_at(trace, click.x, click.y))


def move_view(width: int, steps: int, click: Click) -> None:
    """Draw the steps round the one that was clicked."""
    put_all(TOPIC, {"from": stops.begin_round(click.x, width, steps)})


def ask_view(steps: int) -> stops.View:
    """Ask which steps of a long sequence are drawn."""
    if not stops.is_long(steps):
        return stops.view_of(steps, steps, 1)
    width = int(choose(TOPIC, "view", "Steps in view", stops.WIDTHS, START["view"]))
    first = ask_number("from", "First step in view", steps) if steps > width else 1
    return stops.view_of(steps, width, first)


@page.fragment
def trellis(spec: core.Spec) -> None:
    """The trellis, and what is to be seen in it."""
    trace, said = run(spec), st.container()
    mode: Any = choose(TOPIC, "mode", "In the cells", sentences.MODES, START["mode"], hidden=True)
    said.markdown(f"**{page.literal(sentences.headline(trace, mode))}**")
    picture = st.container()
    with st.container(horizontal=True):
        numbers = choose(TOPIC, "numbers", "Numbers", sentences.NUMBERS, START["numbers"])
        view = ask_view(spec.steps)
    deck = draw(spec, mode, view, numbers == "logarithms")
    with picture:
        table, more = partial(tables.trellis_table, trace), dict[str, Any](position=f"{TOPIC}.at", name="trellis")
        words = sentences.headline(trace, mode)
        live_figure(
            deck, key=f"{TOPIC}.trellis", description=words, numbers=table, on_click=partial(go_to, trace), **more
        )
    st.caption(page.literal(sentences.READING[mode]))
    words = sentences.outside(trace, view)
    if words:
        click = partial(move_view, len(view), spec.steps)
        st.caption(page.literal(words))
        live_figure(plots.figure_overview(trace, view), key=f"{TOPIC}.overview", description=words, on_click=click)


@page.fragment
def paths(trace: core.Trace) -> None:
    """The probabilities of some paths, one of them the reader's."""
    left, right = st.columns(2, gap="medium")
    states, steps = trace.spec.model.states, trace.spec.steps
    with left:
        st.subheader("A path is a product", anchor=False)
        st.markdown(page.literal(sentences.on_paths(trace)))
        own: Any = None
        if steps <= reading.LONGEST_PATH:
            read: Any = partial(reading.read_path, states=states, steps=steps)
            name, label = reading.path_key(states, steps), "A path of your own, a state a step"
            own = ask(TOPIC, name, label, reading.write_path(reading.path_to_try(trace), states), read, lines=2)
            st.markdown(page.literal(sentences.on_own(trace, own)))
        rows = tables.paths_table(trace, own)
        if rows["path"]:
            st.html(to_table(rows))
    with right:
        st.subheader("What a model can be asked", anchor=False)
        for question, answer in sentences.answers(trace).items():
            st.markdown(f"**{question}** {page.literal(answer)}")


@page.fragment
def laboratory() -> None:
    """Everything that follows the reader's model."""
    left, right = st.columns([5, 2], gap="medium")
    with right:
        model, sequences = ask_model()
        number = ask_number("sequence", "Sequence in the trellis", len(sequences)) if sequences[1:] else 1
    spec = core.Spec(model, reading.pick(sequences, number))
    with left:
        trellis(spec)
        tries(TOPIC, [Try(*task) for task in examples.TASKS])
    paths(run(spec))
    learning(model, sequences)


page.open_page(topic(TOPIC))
laboratory()
continuous()
page.close_page(topic(TOPIC))
