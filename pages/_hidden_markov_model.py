"""The part of the page that asks for the model and its observations."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import address
from pages.ui.controls import ask
from pages.ui.live_table import ask_table
from pages.ui.tries import presets
from rnn_core import hidden_markov as core
from rnn_core.hidden_markov import examples, reading

TOPIC = "hidden_markov"
START = examples.START


def ask_model() -> tuple[core.Model, reading.Sequences]:
    """Ask for the names, the tables and the observations."""
    presets(TOPIC, examples.PRESETS)
    states = ask(TOPIC, "states", "Hidden states, apart by commas", START["states"], reading.read_states)
    symbols = ask(TOPIC, "symbols", "Symbols, apart by commas", START["symbols"], reading.read_symbols)
    read: Any = partial(reading.read_observations, symbols=symbols)
    seen = reading.first_readable(START["observations"], symbols)
    sequences = ask(TOPIC, "observations", "Observations, a line a sequence", seen, read, lines=2)
    if not address.fits(address.recall(f"{TOPIC}.observations", seen)):
        st.caption("So many observations are too long for a link: whoever opens it sees the page without them.")
    read = partial(reading.read_start, states=states)
    start = ask_table(TOPIC, "start", "Start π", ("at first",), states, START["start"], read)
    read = partial(reading.read_rows, "A", states=states, columns=len(states))
    moves = ask_table(
        TOPIC, "transitions", "Transitions A, from row to column", states, states, START["transitions"], read
    )
    read = partial(reading.read_rows, "B", states=states, columns=len(symbols))
    emissions = ask_table(
        TOPIC, "emissions", "Emissions B, what a state emits", states, symbols, START["emissions"], read
    )
    return core.Model(states, symbols, start, moves, emissions), sequences


def ask_number(name: str, label: str, most: int) -> int:
    """Ask for the number of a sequence or of a step."""
    with st.container(width=190):
        return ask(TOPIC, name, label, "1", partial(reading.read_number, label, most=most))
