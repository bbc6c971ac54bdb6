"""Pictures of networks that read a text: running probability, gates, single units, reach."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.gates import Trace, percent
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import NETWORK_DASHES, OTHER_LOOKS, color, plain, styled_figure
from rnn_core.reading import LONGEST_NAME, Reading, hold, spread, unique_names

QUANTITY_NAMES = {
    "forget_gate": "forget gate",
    "input_gate": "input gate",
    "output_gate": "output gate",
    "update_gate": "update gate",
    "reset_gate": "reset gate",
    "candidate": "candidate",
    "cell": "cell state",
    "hidden": "hidden state",
}
SIGNED = ("candidate", "cell", "hidden")
"""Quantities that are drawn around 0; the gates lie in (0, 1)."""

_LOOKS = (("lstm", "solid"), ("gru", "dash"), ("rnn", "dot"))
_SHORT = 10  # characters of a network's name that a picture has room for, also on a phone
_NAME_OF_LINE = "<extra>%{fullData.name}</extra>"  # a name inside a template would itself be read as one
_LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}


def deck_probability(reading: Reading) -> Deck:
    """Draw the running probability of every network after every word; the slider walks along the text.

    With a second run, the first is drawn thin.
    """
    labels = reading.columns.labels
    start = len(labels) - 1
    lines: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}
    courses = {}
    looks, shown = _looks(reading), _short_names(reading)
    for name in reading.first:
        role, dash = looks[name]
        for run, tokens, faint in _runs(reading, name):
            courses[name] = 100 * hold(run.probability[1:], tokens, run.probability[0])
            line = _line(courses[name], color(role), dash, shown[name], faint)
            lines.append({**line, "hovertemplate": "%{y:.0f} % positive" + _NAME_OF_LINE})
        frames[(len(lines), "x")] = np.arange(len(labels))[:, None]
        frames[(len(lines), "y")] = courses[name][:, None]
        marker = {"color": color(role), "size": 12, "line": {"color": color("paper"), "width": 2}}
        lines.append(
            {
                "type": "scatter",
                "x": [start],
                "y": [float(courses[name][start])],
                "mode": "markers",
                "marker": marker,
                "hoverinfo": "skip",
            }
        )
    names = [
        {
            "text": f"<b>{shown[name]}</b> {plain(percent(courses[name][-1] / 100, short=True))}",
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 6,
            "y": height,
            "showarrow": False,
            "font": {"color": color(looks[name][0])},
        }
        for name, height in zip(courses, _apart([course[-1] for course in courses.values()], 9), strict=True)
    ]
    half = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 50, "y1": 50}
    figure = _figure(
        lines,
        labels,
        {
            "annotations": names,
            "height": 330,
            "margin": {"r": 66 + 7.5 * min(_SHORT, max(map(len, reading.names.values())))},  # room for the names
            "shapes": [{**half, "line": {"color": color("muted"), "width": 1, "dash": "dot"}}],
            "showlegend": False,
            "yaxis": {
                "range": [-4, 104],
                "tickvals": [0, 50, 100],
                "ticktext": ["0 %", "50 %", "100 %"],
                "title": {"text": "positive, so far"},
            },
        },
    )
    captions = [
        f"After “{label}”: "
        + ", ".join(f"{reading.names[name]} {percent(course[k] / 100)}" for name, course in courses.items())
        for k, label in enumerate(labels)
    ]
    return Deck(figure, "word", labels, frames, captions=captions, start=start)


def figure_preview(reading: Reading) -> go.Figure:
    """Draw the running probability as a small picture without a slider."""
    figure = deck_probability(reading).figure
    return figure.update_layout(height=260, meta={**figure.layout.meta, "narrow_height": 240})


def figure_gates(
    reading: Reading, network: str, quantity: str, order: Sequence[int], difference: bool = False
) -> go.Figure:
    """Draw a quantity of the latest run as a heatmap, tokens by units.

    Args:
        reading: what was read.
        network: whose.
        quantity: a key of the trace's `quantities`.
        order: (m,) the unit of each row, the first on top.
        difference: draw the latest run minus the first.

    """
    runs = [spread(run.quantities[quantity], tokens) for run, tokens in reading.runs(network)]
    values = runs[-1] - runs[0] if difference else runs[-1]
    units = np.asarray(order)
    shown = values[:, units].T
    if not difference and quantity not in SIGNED:
        scale, bounds = "gate", {"cmin": 0.0, "cmax": 1.0}
    else:
        largest = max(1e-6, float(np.nanmax(np.abs(shown), initial=0.0)))
        scale, bounds = "diverging", {"cmin": -largest, "cmax": largest}
    heatmap = {
        "type": "heatmap",
        "z": shown.astype(np.float32),
        "coloraxis": "coloraxis",
        "customdata": np.broadcast_to(units[:, None], shown.shape).astype(np.int16),
        "hoverongaps": False,
        "hovertemplate": "unit %{customdata}: %{z:.2f}<extra></extra>",
    }
    what = f"<b>{plain(reading.names[network], LONGEST_NAME)}</b> {QUANTITY_NAMES[quantity]}"
    title = {
        "text": what + (", difference" if difference else ""),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
    }
    bar = {"thickness": 12, "len": 1, "outlinewidth": 0, "x": 1.01, "xpad": 2, "ticklen": 0, "nticks": 3}
    return _figure(
        [heatmap],
        reading.columns.labels,
        {
            "annotations": [title],
            "coloraxis": {**bounds, "colorbar": bar},
            "height": 430,
            "margin": {"t": 30},
            "meta": {"scales": {"coloraxis": scale}},
            "xaxis": {"showgrid": False},
            "yaxis": {
                "autorange": "reversed",
                "dtick": max(1, len(units) // 10),
                "labelalias": {str(row): str(unit) for row, unit in enumerate(units)},
                "showgrid": False,
                "tick0": 0,
                "title": {"text": "units"},
            },
        },
    )


def deck_units(reading: Reading, network: str, order: Sequence[int], unit: int) -> Deck:
    """Draw gates above and states below, of one unit over the text; the slider walks over the units.

    Args:
        reading: what was read. With a second run, its lines are thick and those of the first thin.
        network: whose.
        order: (m,) the units along the slider.
        unit: the one that is shown first.

    """
    trace = reading.latest[network]
    gates = [name for name in trace.quantities if name not in SIGNED]
    states = [name for name in trace.quantities if name in ("cell", "hidden")]
    units, start = np.asarray(order), list(order).index(unit)
    lines: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}
    for axis, legend, panel in (("y", "legend", gates), ("y2", "legend2", states)):
        for (role, dash), quantity in zip(_LOOKS, panel, strict=False):
            for run, tokens, faint in _runs(reading, network):
                courses = spread(run.quantities[quantity], tokens)[:, units].T
                frames[(len(lines), "y")] = courses
                line = _line(courses[start], color(role), dash, QUANTITY_NAMES[quantity], faint)
                lines.append({**line, "yaxis": axis, "legend": legend, "connectgaps": True, "showlegend": not faint})
    # One range for all units: they can be compared, and the axis stays while the slider moves.
    sizes = [np.abs(run.quantities[name]).max(initial=1.0) for run, _ in reading.runs(network) for name in states]
    reach = float(max(sizes))
    # A network without gates has one panel, the lower one.
    split = 0.46 if gates else 1.0
    figure = _figure(
        lines,
        reading.columns.labels,
        {
            "height": 430,
            "legend": {**_LEGEND, "y": 1.0},
            "legend2": {**_LEGEND, "y": split},
            "margin": {"t": 30},
            "xaxis": {"anchor": "y2"},
            "yaxis": {
                "domain": [split + 0.1, 1] if gates else [0, 1],
                "range": [-0.03, 1.03],
                "tickvals": [0, 0.5, 1],
                "visible": bool(gates),
            },
            "yaxis2": {
                "anchor": "x",
                "domain": [0, split],
                "nticks": 4,
                "range": [-1.05 * reach, 1.05 * reach],
                "zeroline": True,
                "zerolinecolor": color("muted"),
            },
        },
    )
    captions = [
        f"Unit {unit} is read with weight {weight:+.2f}: its hidden state pulls "
        f"{'towards positive' if weight * last > 0 else 'towards negative'} at the end ({weight * last:+.2f}).".replace(
            "-", "−"
        )
        for unit, weight, last in zip(units, trace.readout[units], trace.hidden[-1][units], strict=True)
    ]
    return Deck(figure, "unit", [str(unit) for unit in units], frames, captions=captions, start=start)


def figure_reach(reading: Reading) -> go.Figure:
    """Draw the norm of the Jacobian from the state after each token to the last state, on a log axis."""
    lines, shown = [], _short_names(reading)
    for name, (role, dash) in _looks(reading).items():
        trace, tokens = reading.runs(name)[-1]
        # A norm of 0 has no place on a log axis; float32 would make one of 1e-46.
        norms = spread(np.where(trace.jacobian_norm[1:] > 0, trace.jacobian_norm[1:], np.nan), tokens)
        line = _line(norms, color(role), dash, shown[name])
        line |= {"y": norms, "connectgaps": True, "hovertemplate": "%{y:.2g}" + _NAME_OF_LINE}
        lines.append(line)
    return _figure(
        lines,
        reading.columns.labels,
        {
            "height": 330,
            "legend": {**_LEGEND, "y": 1.0},
            "margin": {"t": 30},
            "yaxis": {"exponentformat": "power", "nticks": 7, "title": {"text": "change at the end"}, "type": "log"},
        },
    )


def _looks(reading: Reading) -> dict[str, tuple[str, str]]:
    """Return each network's colour and dash; those without an own one take what is left, in their order."""
    others = iter(OTHER_LOOKS)
    return {name: (name, NETWORK_DASHES[name]) if name in NETWORK_DASHES else next(others) for name in reading.first}


def _short_names(reading: Reading) -> dict[str, str]:
    return {name: plain(short) for name, short in unique_names(reading.names, _SHORT).items()}


def _runs(reading: Reading, network: str) -> list[tuple[Trace, np.ndarray, bool]]:
    """Return each run with its places in the columns, and whether it is drawn thin behind the other."""
    runs = reading.runs(network)
    return [(run, tokens, number < len(runs) - 1) for number, (run, tokens) in enumerate(runs)]


def _line(values: np.ndarray, ink: str, dash: str, name: str, faint: bool = False) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x0": 0,
        "dx": 1,
        "y": np.asarray(values, dtype=np.float32),
        "mode": "lines" if np.isfinite(values).sum() > 1 else "markers",
        "line": {"color": ink, "dash": dash, "width": 1.2 if faint else 3},
        "marker": {"color": ink},
        "opacity": 0.55 if faint else 1,
        "name": name,
        "hovertemplate": "%{y:.2f}" + _NAME_OF_LINE,
    }


def _figure(lines: list[dict[str, Any]], labels: Sequence[str], layout: dict[str, Any]) -> go.Figure:
    """Return a figure in the house's look with an axis of words.

    The words are names for whole numbers on a linear axis, so that the same word may stand twice. The
    figure is made in one step: Plotly checks every attribute at every step, which costs.
    """
    words = {
        "labelalias": {str(k): plain(label) for k, label in enumerate(labels)},
        "range": [-0.5, max(len(labels), 1) - 0.5],
        "tick0": 0,
        "dtick": 1,
        "tickangle": -45,
    }
    meta = {"narrow_height": round(0.88 * layout["height"]), "words": ["xaxis"], **layout.get("meta", {})}
    return styled_figure(lines, {**layout, "meta": meta, "xaxis": {**words, **layout.get("xaxis", {})}})


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Return the heights of labels moved apart, so that none covers another, and none leaves [0, 100]."""
    placed = np.array(heights, dtype=float)
    order = np.argsort(heights, kind="stable")
    floor, ceiling = 0.0, 100.0
    for index in order:
        placed[index] = max(placed[index], floor)
        floor = placed[index] + gap
    for index in order[::-1]:
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed.tolist()
