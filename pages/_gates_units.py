"""The units of a network that reads a text: one quantity of all of them, and one of them in full."""

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import choose
from pages.ui.live_figure import live_figure
from rnn_core.gates import observation, order_units, table, unit_table
from rnn_core.plots.gates import QUANTITY_NAMES, deck_units, figure_gates
from rnn_core.reading import Reading
from rnn_core.remarks import loudest_unit

SHOWN = {"latest": "as changed", "difference": "difference to the text as typed"}


def heatmap(reading: Reading, network: str, name: str, links: dict[str, str]) -> list[int]:
    """Show one quantity of one network over the text; return the order of its units."""
    trace = reading.latest[network]
    quantities = {quantity: QUANTITY_NAMES[quantity] for quantity in trace.quantities}
    quantity = choose("gates", f"{name}.{network}", "Quantity", quantities, next(iter(quantities)), hidden=True)
    show = choose("gates", f"{name}.show", "Show", SHOWN, "latest", hidden=True) if reading.second else "latest"
    order = order_units(trace, quantity, st.session_state["gates.order"])
    said = observation(trace, quantity, reading.names[network])
    live_figure(
        figure_gates(reading, network, quantity, order, difference=show == "difference"),
        key=f"gates.{name}",
        description=said,
        links=links,
        numbers=lambda: table(trace, quantity),
        name=f"{network}-{quantity}",
    )
    st.markdown(page.literal(said))
    return order


@page.fragment
def units(reading: Reading, network: str, order: list[int], links: dict[str, str], group: str) -> None:
    """Show one unit: the one that the address names, or else the one that says most."""
    names = {str(unit): unit for unit in order}
    loudest = loudest_unit(reading.latest[network])
    unit = names.get(address.recall("gates.unit", str(loudest)), loudest)
    live_figure(
        deck_units(reading, network, order, loudest),
        key="gates.units",
        description=f"Gates and states of unit {unit} over the text",
        links=links,
        group=group,
        position="gates.unit",
        numbers=lambda: unit_table(reading.latest[network], unit),
        name=f"{network}-unit-{unit}",
    )
