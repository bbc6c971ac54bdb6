"""The part of the page on learning: Baum–Welch from several starts, over its rounds."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import Click, live_figure
from pages.ui.tries import put_all
from rnn_core import hidden_markov as core
from rnn_core.hidden_markov import learning as learn
from rnn_core.hidden_markov import learning_words as words
from rnn_core.hidden_markov.reading import Sequences
from rnn_core.plots.hidden_markov import learning as plots

TOPIC = "hidden_markov"
ROUND = f"{TOPIC}.round"

draw = st.cache_resource(max_entries=32, show_spinner=False)(learn.draw)
run = st.cache_resource(max_entries=32, show_spinner=False)(learn.trace_learning)


def ask_number(name: str, default: int | None = None) -> int:
    """Ask for one of the whole numbers; one whose default follows the model has a box for each default."""
    with st.container(width=140):
        label, start, _ = words.FIELDS[name]
        box, text = (name, start) if default is None else (f"{name}.{default}", str(default))
        return ask(TOPIC, box, label, text, words.read_field(name))


def ask_spec(model: core.Model, sequences: Sequences) -> learn.Spec:
    """Ask what is learned from, and by how many states."""
    with st.container(horizontal=True):
        source = choose(TOPIC, "learn_from", "Learn from sequences", words.SOURCES, "drawn")
        if source == "drawn":
            count, steps, seed = (ask_number(name) for name in ("learn_count", "learn_steps", "learn_drawn"))
            sequences = draw(model, count, steps, seed)
        states = ask_number("learn_states", len(model.states))
        return learn.Spec(sequences, len(model.symbols), states, ask_number("learn_seed"))


def show_start(chosen: str, click: Click) -> None:
    """Show the start whose line was clicked."""
    put_all(TOPIC, {"learn_start": words.start_of_line(click.trace, chosen)})


@page.fragment
def learning(model: core.Model, sequences: Sequences) -> None:
    """Learn from sequences, and show what has been learned after every round."""
    st.subheader("Learning without the states", anchor=False)
    st.markdown(words.INTRODUCTION)
    with page.beside():
        spec = ask_spec(model, sequences)
        trace = run(spec)
        said = words.headline(trace, model, spec.sequences)
        st.markdown(f"**{page.literal(said)}**")
        rounds(trace, model, said)


def rounds(trace: learn.Trace, model: core.Model, said: str) -> None:
    """Show the rounds of all starts, and the model of one."""
    left, right = st.columns([2, 3], gap="medium")
    more: dict[str, Any] = {"group": ROUND, "position": ROUND}
    with left:
        chosen = choose(TOPIC, "learn_start", "Start shown", words.STARTS_SHOWN, "best")
        start = learn.number_of_start(trace, chosen)
        deck = plots.deck_likelihood(trace, start, learn.log_likelihood_of(model, trace.spec.sequences))
        table: Any = partial(words.likelihood_table, trace)
        key = f"{TOPIC}.likelihood"
        live_figure(
            deck,
            key=key,
            description=said,
            numbers=table,
            on_click=partial(show_start, chosen),
            name="likelihood",
            **more,
        )
    with right:
        states = trace.spec.states
        names = ask(
            TOPIC,
            f"learn_names.{states}",
            "What you call the learned states",
            words.names_at_first(states),
            words.read_names(states),
        )
        sentence, stop = words.about(trace, start, names, model.symbols), words.stop_of(address.recall(ROUND, ""))
        deck = plots.deck_model(trace, start, names, model.symbols)
        table = partial(words.model_table, trace, start, stop, names, model.symbols)
        key = f"{TOPIC}.learned"
        live_figure(deck, key=key, description=sentence, numbers=table, slider=False, name="learned", **more)
        st.caption(page.literal(sentence))
