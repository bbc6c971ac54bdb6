"""Type a review and watch three trained networks read it, and those that you have trained yourself."""

import streamlit as st

from pages._gates_trained import ask_trained
from pages._gates_units import heatmap, units
from pages.ui import page
from pages.ui.controls import choose
from pages.ui.live_figure import live_figure
from pages.ui.live_text import live_text
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.word_chips import forget_edits, recall_edits, word_chips
from rnn_core.checkpoints import shipped_models
from rnn_core.examples import FIRST, REVIEWS
from rnn_core.gates import headline, table
from rnn_core.plots.gates import deck_probability, figure_reach
from rnn_core.plots.theme import NETWORK_NAMES
from rnn_core.reading import Reading, Spec, trace_reading
from rnn_core.remarks import cut, describe_words, measured, reach
from rnn_core.run_files import RunFiles

COLUMN, ROW = "gates.column", "gates.row"  # what the pictures of this page point at together
EDITS = "gates.edits"
ORDERS = {"readout": "weight in the readout", "similarity": "similarity"}
Names = tuple[tuple[str, str], ...]  # the networks that read, by key, and what they are called


@st.cache_resource(max_entries=24, show_spinner=False)
def read(spec: Spec, names: Names) -> Reading:
    """Run the networks; readers of the same text share the traces."""
    first = read(Spec(spec.text), names).first if spec.edits else None
    trained = {id: RunFiles().checkpoint(id) for id, _ in names if id not in NETWORK_NAMES}
    return trace_reading(shipped_models() | trained, spec, first, dict(names))


def read_text(names: Names) -> Reading:
    """Ask for a text; return how it is read, with the words that the reader has changed."""
    text = live_text(
        "gates.text",
        "A film review",
        default=FIRST,
        placeholder="Type a film review …",
        examples=REVIEWS,
        on_change=lambda: forget_edits(EDITS),
    )
    edits: dict[int, str] = {}
    with page.beside():
        edits = recall_edits(EDITS)
    return read(Spec(text, tuple(sorted(edits.items()))), names)


def words_and_probability(reading: Reading, network: str) -> None:
    """Show the words as chips, and how the verdicts run."""
    label = f"What each word adds to the {reading.names[network]}'s score"
    word_chips(describe_words(reading, network), key="gates.words", edits=EDITS, group=COLUMN, label=label)
    if reading.second:
        st.button("Put all words back", on_click=forget_edits, args=(EDITS,), key="gates.restore")
    left_out, said = cut(reading.latest, reading.names), headline(reading.latest, reading.names)
    if left_out:
        st.caption(page.literal(left_out))
    st.markdown(page.literal(said))
    if reading.columns.labels:
        live_figure(
            deck_probability(reading),
            key="gates.probability",
            description=said,
            links={"x": COLUMN},
            group=COLUMN,
            numbers=lambda: table(reading.latest[network]),
            name=f"{network}-words",
        )


@page.fragment
def laboratory(names: Names, newest: str) -> None:
    """Everything from the text on."""
    reading = read_text(names)
    shown = {network: page.literal(name) for network, name in names}
    network = choose("gates", "network", "Network", shown, newest, hidden=True)
    words_and_probability(reading, network)
    if not reading.columns.labels:
        return
    st.subheader("Gates, unit by unit", anchor=False)
    left, right = st.columns(2)
    with left:
        choose("gates", "order", "Units sorted by", ORDERS, "readout")
        order = heatmap(reading, network, "main", {"x": COLUMN, "y": ROW})
    with right:
        others = {other: name for other, name in shown.items() if other != network}
        heatmap(reading, choose("gates", "beside", "Beside it", others, next(iter(others))), "second", {"x": COLUMN})
    units(reading, network, order, {"x": COLUMN}, ROW)
    st.subheader("How far back the last state still hears", anchor=False)
    said = reach(reading.latest, reading.names)
    st.markdown(page.literal(said))
    live_figure(
        figure_reach(reading),
        key="gates.reach",
        description=said,
        links={"x": COLUMN},
        numbers=lambda: table(reading.latest[network]),
        name=f"{network}-reach",
    )


page.open_page(topic("gates"))
with page.beside():
    runs, names = ask_trained()
    laboratory(tuple(names.items()), next(reversed(runs), "lstm"))
    st.subheader("How good they are", anchor=False)
    st.html(to_table(measured(shipped_models(), {names[id]: run for id, run in runs.items()})))
page.close_page(topic("gates"))
