"""Type a review and watch three trained networks read it."""

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import choose
from pages.ui.live_figure import live_figure
from pages.ui.live_text import live_text, set_text
from pages.ui.registry import topic
from pages.ui.word_chips import word_chips
from rnn_core import load_model
from rnn_core.examples import FIRST, REVIEWS
from rnn_core.gates import Trace, headline, observation, order_units, table
from rnn_core.plots.gates import QUANTITY_NAMES, deck_probability, deck_units, figure_gates, figure_reach
from rnn_core.plots.theme import NETWORK_NAMES
from rnn_core.reading import (
    Reading,
    Spec,
    cut,
    describe_words,
    loudest_unit,
    parse_edits,
    reach,
    trace_reading,
    write_edits,
)

COLUMN, ROW = "gates.column", "gates.row"  # what the pictures of this page point at together
ORDERS = {"readout": "weight in the readout", "similarity": "similarity"}


@st.cache_resource(max_entries=24, show_spinner=False)
def read(spec: Spec) -> Reading:
    """Run the three networks; readers of the same text share the traces."""
    return trace_reading({name: load_model(name) for name in ("lstm", "gru", "rnn")}, spec)


def choose_example(text: str) -> None:
    """Put an example into the box, with no word changed."""
    set_text("gates.text", text)
    forget_edits()


def forget_edits() -> None:
    """Take the text as it is typed: after a new text, old numbers of words mean nothing."""
    address.remember("gates.edits", "")


def words_and_probability(text: str) -> tuple[Reading, str]:
    """Show the words as chips and how the verdicts run; return the reading and the chosen network."""
    edits = {}
    with page.beside():
        edits = parse_edits(address.recall("gates.edits", ""))
    reading = read(Spec(text, tuple(sorted(edits.items()))))
    network = choose("gates", "network", "Network", NETWORK_NAMES, "lstm", hidden=True)
    words = describe_words(reading, network)
    edit = word_chips(
        words, key="gates.words", group=COLUMN, label=f"What each word adds to the {NETWORK_NAMES[network]}'s score"
    )
    if edit is not None:
        edits.pop(edit.index, None)
        if edit.text is not None:
            edits[edit.index] = edit.text
        address.remember("gates.edits", write_edits(edits))
        st.rerun(scope="fragment")
    if reading.second:
        st.button("Put all words back", on_click=forget_edits, key="gates.restore")
    if cut(reading.latest):
        st.caption(cut(reading.latest))
    st.markdown(page.literal(headline(reading.latest)))
    if not reading.columns.labels:
        return reading, network
    live_figure(
        deck_probability(reading.first, reading.columns, reading.second),
        key="gates.probability",
        description=headline(reading.latest),
        links={"x": COLUMN},
        hover=(COLUMN,),
        group=COLUMN,
    )
    page.numbers("gates.probability.numbers", f"{network}-words", lambda: table(reading.latest[network]))
    return reading, network


def heatmap(reading: Reading, network: str, name: str, links: dict[str, str]) -> tuple[Trace, tuple[int, ...]]:
    """Show one quantity of one network over the text; return the run that was drawn and the order of its units."""
    trace = reading.latest[network]
    quantities = {quantity: QUANTITY_NAMES[quantity] for quantity in trace.quantities}
    quantity = choose("gates", f"{name}.{network}", "Quantity", quantities, next(iter(quantities)), hidden=True)
    order = tuple(order_units(trace, quantity, st.session_state["gates.order"]))
    shown = {"latest": "as changed", "difference": "difference to the text as typed"}
    show = choose("gates", f"{name}.show", "Show", shown, "latest", hidden=True) if reading.second else "latest"
    live_figure(
        figure_gates(
            trace,
            quantity,
            order,
            reading.columns,
            run="second" if reading.second else "first",
            minus=reading.first[network] if show == "difference" else None,
        ),
        key=f"gates.{name}",
        description=observation(trace, quantity),
        links=links,
        hover=(COLUMN,),
    )
    st.markdown(page.literal(observation(trace, quantity)))
    page.numbers(f"gates.{name}.numbers", f"{network}-{quantity}", lambda: table(trace, quantity))
    return trace, order


def chosen_unit(order: tuple[int, ...], otherwise: int) -> int:
    """Return the unit that the address names; without a choice, the one that says most."""
    units = {str(unit): unit for unit in order}
    return units.get(address.recall("gates.unit", ""), otherwise)


@st.fragment
def laboratory() -> None:
    """Everything that follows the text."""
    text = live_text(
        "gates.text", "A film review", default=FIRST, placeholder="Type a film review …", on_change=forget_edits
    )
    with st.container(horizontal=True, key="gates.examples"):
        for name, example in REVIEWS.items():
            st.button(name, key=f"gates.example.{name}", on_click=choose_example, args=(example,))
    reading, network = words_and_probability(text)
    if not reading.columns.labels:
        return
    st.subheader("Gates, unit by unit", anchor=False)
    left, right = st.columns(2)
    with left:
        choose("gates", "order", "Units sorted by", ORDERS, "readout")
        trace, order = heatmap(reading, network, "main", {"x": COLUMN, "y": ROW})
    with right:
        others = {name: NETWORK_NAMES[name] for name in NETWORK_NAMES if name != network}
        other = choose("gates", "beside", "Beside it", others, next(iter(others)))
        heatmap(reading, other, "second", {"x": COLUMN})
    unit = chosen_unit(order, loudest_unit(trace))
    live_figure(
        deck_units(
            reading.first[network], order, reading.columns, order.index(unit), trace if reading.second else None
        ),
        key="gates.units",
        description=f"Gates and states of unit {unit} over the text",
        links={"x": COLUMN},
        hover=(COLUMN,),
        group=ROW,
        on_move=lambda position: address.remember("gates.unit", str(order[position])),
    )
    st.subheader("How far back the last state still hears", anchor=False)
    st.markdown(reach(reading.latest))
    live_figure(
        figure_reach(reading.latest),
        key="gates.reach",
        description=reach(reading.latest),
        links={"x": COLUMN},
        hover=(COLUMN,),
    )
    page.numbers("gates.reach.numbers", f"{network}-words", lambda: table(reading.latest[network]))


page.open_page(topic("gates"))
with page.beside():
    laboratory()
page.close_page(topic("gates"))
