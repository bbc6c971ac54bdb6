"""The weight matrices of recurrent layers, drawn to scale: area for count."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from rnn_core.parameters import ARCHITECTURES, GATE_NAMES, NAMES, Trace
from rnn_core.parameters.sentences import times
from rnn_core.parameters.tables import KINDS
from rnn_core.plots.parameters.labels import AIR, STRENGTHS, written
from rnn_core.plots.parameters.plan import Placed, Plan, plan_matrices
from rnn_core.plots.theme import color, styled_figure

HEIGHTS = (450, 320)
"""Pixels of the picture of the matrices, on a wide and on a narrow window."""

READING = (
    "Each row of blocks makes a gate, or the candidate for the new state. It holds a number for every pair of an input "
    "and a unit (full colour), for every pair of an old state and a unit (pale), and a bias a unit (the thin column). "
    "Point at a block, or tap it, for its shape."
)
"""How the picture is read."""


def explain_matrices(trace: Trace, convention: str, shown: Sequence[str]) -> str:
    """Say how the picture of the matrices is read, and what in it is not to scale, if anything is."""
    plan = plan_matrices(trace, convention, shown)
    notes = []
    if plan.thinnest > 1:
        notes.append(f"what is thinner than {plan.thinnest:,} weights, as the biases are, is widened to be seen")
    if plan.stretch != 1:
        longer, ratio = ("longer", plan.stretch) if plan.stretch > 1 else ("shorter", 1 / plan.stretch)
        notes.append(f"rows are drawn {times(ratio)} times {longer} than columns, so compare areas")
    said = f"Drawn to scale, but {' and '.join(notes)}." if notes else "Everything is drawn to one scale."
    if trace.spec.layers > 1:
        said += f" The first layer is {'at the bottom' if plan.upwards else 'on the left'}."
    return f"{READING} {said}"


def figure_matrices(trace: Trace, convention: str, shown: Sequence[str] = ARCHITECTURES) -> go.Figure:
    """Draw every weight of the recurrent layers to scale: one row of blocks a gate, area for count.

    Pointing at a block shows its name, shape and count: under the fills lies one heatmap without
    colour for each group, whose cells are the blocks.
    """
    plan = plan_matrices(trace, convention, shown)
    fills: list[dict[str, Any]] = []
    for name in shown:
        for kind, strength in STRENGTHS.items():
            of_kind = [item for item in plan.placed if (item.architecture, item.block.kind) == (name, kind)]
            if of_kind:
                fills.append(_fill(of_kind, color("ink" if kind == "bias" else name), strength))
    kinds = dict.fromkeys(item.block.kind for item in plan.placed)
    keys = [_key(KINDS[kind], STRENGTHS[kind]) for kind in STRENGTHS if kind in kinds]
    layout = {
        "dragmode": False,
        "height": HEIGHTS[0],
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.07, "yanchor": "top", "itemclick": False},
        "margin": {"t": 66 if len(shown) == 1 else 48},
        "meta": {"narrow_height": HEIGHTS[1]},
        "xaxis": {"range": [-0.01 * plan.width, 1.01 * plan.width], "visible": False, "constrain": "domain"},
        "yaxis": {
            "range": [-2 * AIR * plan.height, (1 + 2 * AIR) * plan.height + plan.gap],
            "visible": False,
            "scaleanchor": "x",
            "scaleratio": plan.stretch,
            "constrain": "domain",
        },
    }
    return styled_figure([*fills, *_pointed_at(plan), written(trace, convention, plan, shown), *keys], layout)


def figure_preview(trace: Trace) -> go.Figure:
    """Draw the matrices of the three networks as a small picture."""
    figure = figure_matrices(trace, "textbook")
    return figure.update_layout(height=260, showlegend=False, meta={"narrow_height": 200})


def _fill(placed: list[Placed], ink: str, strength: float) -> dict[str, Any]:
    """Return one trace that fills rectangles, apart by gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for item in placed:
        x += [item.x[0], item.x[1], item.x[1], item.x[0], item.x[0], None]
        y += [item.y[0], item.y[0], item.y[1], item.y[1], item.y[0], None]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "fill": "toself",
        "fillcolor": ink,
        "line": {"color": color("paper"), "width": 1},
        "opacity": strength,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _key(name: str, strength: float) -> dict[str, Any]:
    """Return an entry of the legend; its mark has no place in the picture."""
    ink = color("ink" if strength == 1 else "muted")
    marker = {"symbol": "square", "size": 14, "color": ink, "opacity": strength}
    return {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "marker": marker, "name": name}


def _pointed_at(plan: Plan) -> list[dict[str, Any]]:
    """Return for the gates of each layer, and for each projection, a heatmap without colour that names its blocks."""
    groups: dict[tuple[str, int, int, bool], dict[int, list[Placed]]] = {}
    for item in plan.placed:
        block = item.block
        group = groups.setdefault((item.architecture, block.layer, block.direction, block.gate < 0), {})
        group.setdefault(block.gate, []).append(item)
    heatmaps = []
    for group in groups.values():
        rows = sorted(group.values(), key=lambda row: row[0].y)
        heatmaps.append(
            {
                "type": "heatmap",
                "x": [rows[0][0].x[0], *(item.x[1] for item in rows[0])],
                "y": [rows[0][0].y[0], *(row[0].y[1] for row in rows)],
                "z": [[0] * len(row) for row in rows],
                "text": [[describe(item) for item in row] for row in rows],
                "hovertemplate": "%{text}<extra></extra>",
                "colorscale": [[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
                "showscale": False,
            }
        )
    return heatmaps


def describe(item: Placed) -> str:
    """Return what is shown of a block that is pointed at: where it belongs, its shape, its count."""
    block = item.block
    gate = f", {GATE_NAMES[item.architecture][block.gate]}" if block.gate >= 0 else ""
    place = f"layer {block.layer + 1}, {('forward', 'backward')[block.direction]}"
    return (
        f"<b>{NAMES[item.architecture]}{gate}</b><br>{block.name}, {place}<br>"
        f"{block.rows:,} × {block.columns:,} = {block.count:,} parameters"
    )
