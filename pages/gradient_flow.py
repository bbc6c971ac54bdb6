"""Drag the spectral radius, and see what is left of a small change many steps later."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import Click, live_figure
from pages.ui.live_text import live_text
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core import edits, reading
from rnn_core import gradient_flow as core
from rnn_core.checkpoints import shipped_models
from rnn_core.examples import FIRST, REVIEWS
from rnn_core.gradient_flow import sentences as say
from rnn_core.gradient_flow import tables
from rnn_core.plots import gradient_flow as plots

RADIUS = "gradient_flow.radius"
EXAMPLES = {"A short one": FIRST, **REVIEWS}
START = {**tables.DEFAULTS, "lost": "1", "start": "orthogonal", "beside": "none"}
TASKS = tuple(Try(label, sentence, {**START, **values}) for label, sentence, values in say.TASKS)

sweep = st.cache_resource(max_entries=16, show_spinner=False)(core.trace_gradient_flow)
gate = st.cache_resource(max_entries=64, show_spinner=False)(core.trace_gate)
starts = st.cache_resource(max_entries=16, show_spinner=False)(core.trace_starts)
cliff = st.cache_resource(max_entries=16, show_spinner=False)(core.trace_clipping)


@st.cache_resource(max_entries=64, show_spinner=False)
def inside(spec: core.Spec, cell: str, radius: float) -> tuple[core.Inside, Any, Any]:
    """Take one product apart and draw it: most controls leave it as it is."""
    found = core.trace_inside(spec, cell, radius)
    return found, plots.figure_pairs(found), plots.figure_singular(found)


@st.cache_resource(max_entries=16, show_spinner=False)
def trained(text: str, spec: core.Spec) -> core.Trained:
    """Read a text with the trained networks, and run the toy beside them."""
    return core.trace_trained(shipped_models(), reading.trace_reading(shipped_models(), edits.Spec(text)).first, spec)


def ask_spec() -> tuple[core.Spec, float]:
    """Ask for the toy, and for the share under which a change counts as lost."""
    with st.container(horizontal=True):
        values = {}
        for name, label in tables.FIELDS.items():
            with st.container(width=118):
                values[name] = ask("gradient_flow", name, label, START[name], partial(tables.read_field, name))
        with st.container(width=118):
            lost = ask("gradient_flow", "lost", "Lost below, %", START["lost"], tables.read_share)
        start = choose("gradient_flow", "start", "Recurrent matrix", say.START_NAMES, START["start"])
    return tables.make_spec(start, values), lost


def one_product(spec: core.Spec, radius: float) -> None:
    """Take one product apart."""
    st.subheader("One product from the inside", anchor=False)
    cell = choose("gradient_flow", "cell", "Cell", say.CELL_NAMES, "rnn", hidden=True)
    found, pairs, singular = inside(spec, cell, radius)
    st.markdown(page.literal(f"{say.about_pairs(found)} {say.about_float32(found)}"))
    left, right = st.columns(2)
    with left:
        show("pairs", pairs, say.about_pairs(found), lambda: tables.pairs_table(found))
    with right:
        table = partial(tables.singular_table, found)
        show("singular", singular, say.about_float32(found), table)


def begin_there(click: Click) -> None:
    """Let gradient descent start where the reader clicks."""
    address.remember("gradient_flow.point", core.write_point(click.x, click.y))


def show(name: str, picture: Any, words: str, table: Any, **more: Any) -> None:
    """Show a picture of this page with its numbers."""
    live_figure(picture, key=f"gradient_flow.{name}", description=words, numbers=table, **more)


def remedies(spec: core.Spec, radius: float, lost: float) -> None:
    """Show one remedy and what it changes."""
    st.subheader("Remedies", anchor=False)
    remedy = choose("gradient_flow", "remedy", "Remedy", say.REMEDIES, "forget", hidden=True)
    if remedy == "clipping":
        fall = cliff(core.parse_point(address.recall("gradient_flow.point", "")))
        st.markdown(page.literal(say.about_clipping(fall)))
        moves = {"position": "gradient_flow.threshold", "on_click": begin_there}
        show(remedy, plots.deck_clipping(fall), say.about_clipping(fall), lambda: tables.clipping_table(fall), **moves)
    elif remedy == "orthogonal":
        three = starts(spec)
        st.markdown(page.literal(say.about_starts(three)))
        show(remedy, plots.figure_starts(three, lost), say.about_starts(three), lambda: tables.starts_table(three))
    else:
        held, moves = gate(spec, remedy, radius), {"position": f"gradient_flow.{remedy}_stop"}
        st.markdown(page.literal(say.about_gate(held)))
        show(remedy, plots.deck_gate(held, lost), say.about_gate(held), lambda: tables.gate_table(held), **moves)


def trained_networks(trace: core.Trace, lost: float, stop: int) -> None:
    """Show the same curves for the trained networks, over the reader's words."""
    st.subheader("In the trained networks", anchor=False)
    text = live_text("gradient_flow.text", "A film review", default=REVIEWS["A long review"], examples=EXAMPLES)
    found = trained(text, core.toy_beside(trace.spec))
    st.markdown(page.literal(f"{say.how_far(found, lost)} {say.beside_the_toy(found, trace, stop)}"))
    picture, words = plots.figure_trained(found, lost), say.how_far(found, lost)
    show("trained", picture, words, lambda: tables.trained_table(found))


@page.fragment
def laboratory() -> None:
    """Everything on the page that moves."""
    first = st.container()
    spec, lost = ask_spec()
    trace = sweep(spec)
    stop = core.nearest_stop(trace, address.recall(RADIUS, "1"))
    address.remember(RADIUS, f"{trace.radius(stop):g}")  # a size with fewer stops, or a link, may name another
    moves = {"group": RADIUS, "position": RADIUS}
    with first:
        beside = choose("gradient_flow", "beside", "Beside it", plots.BESIDE, "none", hidden=True)
        words, flow = say.captions(trace, lost)[stop], plots.deck_flow(trace, lost, beside)
        show("flow", flow, words, lambda: tables.flow_table(trace, stop), **moves)
        st.markdown(f"{say.EXPLANATION} {say.BESIDE_NOTES[beside]}")
    st.caption(page.literal(say.drawn(trace)))
    tries("gradient_flow", TASKS)
    st.subheader("Does it remember “eight to ten steps”?", anchor=False)
    words, claim = say.claim(trace, lost), plots.deck_claim(trace, lost)
    st.markdown(page.literal(words))
    show("claim", claim, words, lambda: tables.claim_table(trace, lost), slider=False, **moves)
    one_product(spec, trace.radius(stop))
    remedies(spec, trace.radius(stop), lost)
    trained_networks(trace, lost, stop)


page.open_page(topic("gradient_flow"))
laboratory()
page.close_page(topic("gradient_flow"))
