"""What came of the race: results as a table and as pictures, why, and the reviews that were read wrong."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages._race_settings import TOPIC
from pages.ui import address, page
from pages.ui.controls import choose
from pages.ui.live_figure import live_figure
from pages.ui.live_text import put
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.trainings import has_network
from rnn_core.plots.race import figure_confusion, figure_quality
from rnn_core.race import mistakes, tables, why
from rnn_core.race import sentences as said
from rnn_core.race.shown import reading_along, state_of
from rnn_core.runs import Run


@st.cache_resource(max_entries=32, show_spinner=False)
def draw(state: Any, _runs: Sequence[Run]) -> tuple[Any, Any]:
    """Draw the results of runs in this state; all who look at the same ones share the pictures."""
    return figure_quality(_runs), figure_confusion(_runs)


def results(runs: Sequence[Run]) -> None:
    """Show the results of all runs that are over or being measured."""
    found = tables.results(runs)
    if not found:
        return
    st.subheader("What came of it", anchor=False)
    with st.container(key=f"{TOPIC}.results"):
        st.html(to_table(found))
    measured = [run for run in runs if run.measured]
    left, right = st.columns(2, gap="medium")
    if measured:
        with left:
            pictures(measured)
    with right:
        st.markdown("**Why**")
        for reason in why.reasons(runs):
            st.markdown(f"- {page.literal(reason)}")
    st.fragment(read_mistakes)([run for run in measured if run.measured and run.measured.mistakes])


def pictures(runs: Sequence[Run]) -> None:
    """Draw quality against time, and which verdicts were wrong."""
    quality, confusion = draw(state_of(runs), runs)
    live_figure(
        quality,
        key=f"{TOPIC}.quality",
        description=f"Test accuracy of each run against its seconds of training. {said.headline(runs)}",
        numbers=partial(tables.results, runs),
        name="quality-against-time",
    )
    live_figure(
        confusion,
        key=f"{TOPIC}.confusion",
        description="Confusion matrices: positive and negative test reviews by the verdict of each network",
        numbers=partial(tables.confusion, runs),
        name="confusion",
    )


def read_mistakes(runs: Sequence[Run]) -> None:
    """Show one test review that a network has read wrong, and open it on the page of the gates."""
    if not runs:
        return
    st.subheader("Reviews that they got wrong", anchor=False)
    order = st.empty()
    with st.container(horizontal=True):
        names = {run.id: page.literal(run.name) for run in runs}
        chosen = choose(TOPIC, "wrong", "Network that was wrong", names, runs[0].id, hidden=True)
        run = next(run for run in runs if run.id == chosen)
        numbers = mistakes.numbers(run)
        number = choose(TOPIC, "review", "Review", numbers, "1", hidden=True)
    mistake = mistakes.pick(run, number)
    order.caption(mistakes.ORDER[run.spec.corpus])
    st.markdown(page.literal(mistakes.verdict(run, mistake)))
    st.html(mistakes.to_html(run, mistake))
    if has_network(run) and st.button("Read it with this network", key=f"{TOPIC}.read_mistake"):
        put("gates.text", mistake.text)
        read_with(run)


def read_with(run: Run) -> None:
    """Open the page of the gates with a run's network."""
    address.remember("gates.network", run.id)
    if not said.is_shipped(run):
        address.remember("gates.run", reading_along(st.session_state.get("gates.run", ""), run.id))
    st.switch_page(topic("gates").page())
