"""The part of the page on numbers: drawn or pasted by the reader, with states that emit Gaussian mixtures."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import Stroke, live_figure
from pages.ui.tries import put_all
from rnn_core.hidden_markov import continuous as learn
from rnn_core.hidden_markov import continuous_words as words
from rnn_core.hidden_markov.series import Series
from rnn_core.plots.hidden_markov import continuous as plots

TOPIC = "hidden_markov"
ROUND = f"{TOPIC}.series_round"

run = st.cache_resource(max_entries=32, show_spinner=False)(learn.trace_continuous)
sample_of = st.cache_resource(max_entries=4, show_spinner=False)(words.sample_of)


def ask_series() -> Series:
    """Ask for the numbers."""
    source = choose(TOPIC, "series", "Numbers", words.SOURCES, "regimes")
    if source != "own":
        return sample_of(source)
    label = "One or two columns, a row a step"
    series = ask(TOPIC, "series_numbers", label, words.FIRST_NUMBERS, words.read_numbers, lines=4)
    if not address.fits(address.recall(f"{TOPIC}.series_numbers", "")):
        st.caption("So many numbers are too long for a link: whoever opens it sees the page without them.")
    if words.cut_short(series):
        st.caption(words.cut_short(series))
    return series


def ask_spec(series: Series) -> learn.Spec:
    """Ask for the model."""
    values = []
    for name, (label, start, _) in words.FIELDS.items():
        with st.container(width=170):
            values.append(ask(TOPIC, name, label, start, words.read_field(name)))
    return learn.Spec(series.rows, *values)


def draw_on(series: Series, pen: str, stroke: Stroke) -> None:
    """Take over what was drawn."""
    put_all(TOPIC, words.drawn_on(series, pen, stroke.x, stroke.y))


@page.fragment
def continuous() -> None:
    """Learn states from numbers."""
    st.subheader("When the observations are numbers", anchor=False)
    st.markdown(words.INTRODUCTION)
    picture, controls = st.columns([5, 2], gap="medium")
    with controls:
        series = ask_series()
        pen = choose(TOPIC, "series_pen", "A line drawn on the picture", words.PENS, "over")
    with controls, page.beside():
        spec = ask_spec(series)
        trace = run(spec)
        with picture:
            show(trace, partial(draw_on, series, pen))
        st.caption(page.literal(words.how_to_read(trace)))


def show(trace: learn.Trace, drawn: Any) -> None:
    """Show the picture of all rounds."""
    said, stop = words.headline(trace), words.stop_of(address.recall(ROUND, ""))
    st.markdown(f"**{page.literal(said)}**")
    table: Any = partial(words.components_table, trace, stop)
    deck, key = plots.deck_continuous(trace), f"{TOPIC}.densities"
    live_figure(deck, key=key, description=said, numbers=table, on_draw=drawn, position=ROUND, name="densities")
