"""Type a review and watch three trained networks read it."""

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import choose
from pages.ui.live_figure import live_figure
from pages.ui.live_text import live_text
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.word_chips import forget_edits, recall_edits, word_chips
from rnn_core.checkpoints import shipped_models
from rnn_core.examples import FIRST, REVIEWS
from rnn_core.gates import headline, observation, order_units, table, unit_table
from rnn_core.plots.gates import QUANTITY_NAMES, deck_probability, deck_units, figure_gates, figure_reach
from rnn_core.plots.theme import NETWORK_NAMES
from rnn_core.reading import Reading, Spec, trace_reading
from rnn_core.remarks import cut, describe_words, loudest_unit, measured, reach

COLUMN, ROW = "gates.column", "gates.row"  # what the pictures of this page point at together
EDITS = "gates.edits"
ORDERS = {"readout": "weight in the readout", "similarity": "similarity"}
SHOWN = {"latest": "as changed", "difference": "difference to the text as typed"}


@st.cache_resource(max_entries=24, show_spinner=False)
def read(spec: Spec) -> Reading:
    """Run the three networks; readers of the same text share the traces."""
    first = read(Spec(spec.text)).first if spec.edits else None
    return trace_reading(shipped_models(), spec, first)


def read_text() -> Reading:
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
    return read(Spec(text, tuple(sorted(edits.items()))))


def words_and_probability(reading: Reading, network: str) -> None:
    """Show the words as chips, and how the verdicts run."""
    label = f"What each word adds to the {NETWORK_NAMES[network]}'s score"
    word_chips(describe_words(reading, network), key="gates.words", edits=EDITS, group=COLUMN, label=label)
    if reading.second:
        st.button("Put all words back", on_click=forget_edits, args=(EDITS,), key="gates.restore")
    if cut(reading.latest):
        st.caption(cut(reading.latest))
    st.markdown(page.literal(headline(reading.latest)))
    if reading.columns.labels:
        live_figure(
            deck_probability(reading),
            key="gates.probability",
            description=headline(reading.latest),
            links={"x": COLUMN},
            group=COLUMN,
            numbers=lambda: table(reading.latest[network]),
            name=f"{network}-words",
        )


def heatmap(reading: Reading, network: str, name: str, links: dict[str, str]) -> list[int]:
    """Show one quantity of one network over the text; return the order of its units."""
    trace = reading.latest[network]
    quantities = {quantity: QUANTITY_NAMES[quantity] for quantity in trace.quantities}
    quantity = choose("gates", f"{name}.{network}", "Quantity", quantities, next(iter(quantities)), hidden=True)
    show = choose("gates", f"{name}.show", "Show", SHOWN, "latest", hidden=True) if reading.second else "latest"
    order = order_units(trace, quantity, st.session_state["gates.order"])
    live_figure(
        figure_gates(reading, network, quantity, order, difference=show == "difference"),
        key=f"gates.{name}",
        description=observation(trace, quantity),
        links=links,
        numbers=lambda: table(trace, quantity),
        name=f"{network}-{quantity}",
    )
    st.markdown(page.literal(observation(trace, quantity)))
    return order


def units(reading: Reading, network: str, order: list[int]) -> None:
    """Show one unit: the one that the address names, or else the one that says most."""
    names = {str(unit): unit for unit in order}
    loudest = loudest_unit(reading.latest[network])
    unit = names.get(address.recall("gates.unit", str(loudest)), loudest)
    live_figure(
        deck_units(reading, network, order, loudest),
        key="gates.units",
        description=f"Gates and states of unit {unit} over the text",
        links={"x": COLUMN},
        group=ROW,
        position="gates.unit",
        numbers=lambda: unit_table(reading.latest[network], unit),
        name=f"{network}-unit-{unit}",
    )


@st.fragment
def laboratory() -> None:
    """Everything that follows the text."""
    reading = read_text()
    network = choose("gates", "network", "Network", NETWORK_NAMES, "lstm", hidden=True)
    words_and_probability(reading, network)
    if not reading.columns.labels:
        return
    st.subheader("Gates, unit by unit", anchor=False)
    left, right = st.columns(2)
    with left:
        choose("gates", "order", "Units sorted by", ORDERS, "readout")
        order = heatmap(reading, network, "main", {"x": COLUMN, "y": ROW})
    with right:
        others = {name: NETWORK_NAMES[name] for name in NETWORK_NAMES if name != network}
        heatmap(reading, choose("gates", "beside", "Beside it", others, next(iter(others))), "second", {"x": COLUMN})
    units(reading, network, order)
    st.subheader("How far back the last state still hears", anchor=False)
    st.markdown(reach(reading.latest))
    live_figure(
        figure_reach(reading),
        key="gates.reach",
        description=reach(reading.latest),
        links={"x": COLUMN},
        numbers=lambda: table(reading.latest[network]),
        name=f"{network}-reach",
    )


page.open_page(topic("gates"))
with page.beside():
    laboratory()
    st.subheader("How good they are", anchor=False)
    st.html(to_table(measured(shipped_models())))
page.close_page(topic("gates"))
