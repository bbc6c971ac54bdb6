"""What a Markov chain is made of: its table typed in or counted from a text, its start, its run."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose
from pages.ui.live_table import ask_table
from pages.ui.tries import presets, put_all
from rnn_core import markov_chain as core
from rnn_core.markov_chain import examples, reading

TOPIC = "markov_chain"

count = st.cache_resource(max_entries=16, show_spinner=False)(core.count_letters)


def ask_typed() -> tuple[Any, Any]:
    """Ask for states and their table."""
    states = ask(TOPIC, "states", "States, apart by commas", examples.STATES, reading.read_states)
    read = partial(reading.read_table, states=states)
    return states, ask_table(TOPIC, "table", "From a row to a column", states, states, examples.TABLE, read)


def ask_letters() -> tuple[core.Counted, str]:
    """Ask for a text, and for what its letters are counted as."""
    grouping: Any = choose(TOPIC, "grouping", "States", examples.GROUPINGS, "vowels")
    read = partial(count, grouping=grouping)
    counted = ask(TOPIC, "text", "The text that is counted", examples.PROSE, read, lines=6)
    if not address.fits(address.recall(f"{TOPIC}.text", examples.PROSE)):
        st.caption("The text is too long for a link: whoever opens it sees the page with another text.")
    with st.container(horizontal=True, key=f"{TOPIC}.texts"):
        for name, text in examples.TEXTS.items():
            st.button(name, key=f"{TOPIC}.text.{name}", on_click=put_all, args=(TOPIC, {"text": text}))
    return counted, grouping


def ask_start(states: Any, grouping: str) -> Any:
    """Ask for the distribution of the first state."""
    options = {value: page.literal(name) for value, name in reading.start_choices(states).items()}
    usual = reading.usual_start(states, grouping)
    choice = choose(TOPIC, reading.start_key(states, grouping), "Start in", options, usual)
    if choice == "typed":
        default, read = reading.start_default(states), partial(reading.read_start, states=states)
        return ask_table(TOPIC, reading.typed_key(states), "The start", ("start",), states, default, read)
    return reading.chosen_start(choice, states)


def ask_spec() -> tuple[core.Spec, core.Counted | None]:
    """Ask for everything: the chain, its start, the run."""
    presets(TOPIC, examples.PRESETS)
    counted, grouping = None, ""
    if choose(TOPIC, "source", "The chain is", examples.SOURCES, "typed") == "typed":
        states, table = ask_typed()
    else:
        counted, grouping = ask_letters()
        states, table = counted.states, counted.transitions
    start = ask_start(states, grouping)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=110):
            steps = ask(TOPIC, "steps", "Steps", examples.STEPS, reading.read_steps)
        with st.container(width=110):
            seed = ask(TOPIC, "seed", "Seed", examples.SEED, reading.read_seed)
        again = {"seed": reading.next_seed(seed)}
        st.button("Another run", key=f"{TOPIC}.again", on_click=put_all, args=(TOPIC, again))
    return core.Spec(states, table, start, steps, seed), counted
