"""The race as it runs: the curves of all runs, how each stands, and the loop with the line that is running."""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from pages._race_results import read_with
from pages._race_settings import TOPIC
from pages.ui import page
from pages.ui.controls import choose
from pages.ui.live_figure import live_figure
from pages.ui.trainings import has_network, latest, trainings, visitor
from rnn_core.plots.race import figure_curves
from rnn_core.race import listing, sentences, tables
from rnn_core.race.curves import AXES, QUANTITIES, trace_curves
from rnn_core.race.naming import renamed
from rnn_core.race.shown import state_of
from rnn_core.runs import Run


@st.cache_resource(max_entries=64, show_spinner=False)
def draw(state: Any, quantity: str, axis: str, _runs: Sequence[Run]) -> Any:
    """Draw the curves of runs in this state; all who look at the same ones share the picture."""
    return figure_curves(trace_curves(_runs, quantity, axis), quantity, axis)


def live(runs: Sequence[Run], below: Any, near: Any) -> None:
    """Show the runs, and in the empty place `below` the loop; as long as one of them is not over, once a second.

    The empty place `near` is at the button, which on a phone is far below the curves: it says how they stand.
    """
    changing = any(not run.over for run in runs)
    st.fragment(follow, run_every=1 if changing else None)(runs, below, near)


def follow(before: Sequence[Run], below: Any, near: Any) -> None:
    """Show the runs as they are now; where one has come to another state, the whole page runs again."""
    runs = [run if run.over else renamed(latest(run), run.name) for run in before]
    if [run.state for run in runs] != [run.state for run in before]:
        st.rerun()
    followed = listing.followed(runs)
    quantity = curves(runs)
    if listing.now(followed):
        st.html(listing.now(followed))
    for run in runs:
        if not run.over or run.state in ("failed", "cancelled"):
            standing(run)
    invite(runs)
    st.caption(sentences.reading(runs, quantity))
    near.html(sentences.pointer(runs))
    below.html(f"<p><b>The training loop</b> {escape(listing.headline(followed))}</p>{listing.to_html(followed)}")


def curves(runs: Sequence[Run]) -> str:
    """Draw the curves, and say what they show; return of what they are."""
    words = sentences.headline(runs)
    st.html(sentences.ANCHOR)
    st.markdown(f"**{page.literal(words)}**")
    with st.container(horizontal=True):
        quantity = choose(TOPIC, "quantity", "Curves of", QUANTITIES, "accuracy", hidden=True)
        over = {name: f"over {name}" for name in AXES}
        axis = choose(TOPIC, "axis", "Over", over, "seconds", hidden=True)
    live_figure(
        draw(state_of(runs), quantity, axis, runs),
        key=f"{TOPIC}.curves.{quantity}.{axis}",
        description=f"{QUANTITIES[quantity].capitalize()} of each run over {AXES[axis]}. {words}",
        numbers=partial(tables.curve_numbers, runs),
        name=f"race-{quantity}",
    )
    return quantity


def invite(runs: Sequence[Run]) -> None:
    """Offer to read with each network that is there."""
    with st.container(horizontal=True, key=f"{TOPIC}.invite"):
        for run in filter(has_network, runs):
            if st.button(page.literal(f"Read with {run.name}"), key=f"{TOPIC}.open.{run.id}"):
                read_with(run)


def standing(run: Run) -> None:
    """Say how a run stands that has not come to a good end, and let its owner cancel it."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{TOPIC}.standing.{run.id}"):
        words = page.literal(f"{run.name}: {sentences.standing(run)}")
        if run.over:
            st.markdown(words)
        else:
            st.progress(sentences.share_done(run), words, width="stretch")
            if trainings().owns(visitor(), run.id):
                st.button("Cancel", key=f"{TOPIC}.cancel.{run.id}", on_click=cancel, args=(run.id,))


def cancel(id: str) -> None:
    """Cancel a run; its worker takes a fraction of a second to hand over what it has reached."""
    trainings().cancel(visitor(), id)
    trainings().wait(id)
