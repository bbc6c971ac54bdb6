"""The weight matrices of recurrent layers, drawn to scale: area for count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from rnn_core.parameters import ARCHITECTURES, GATE_NAMES, NAMES, Block, Trace
from rnn_core.parameters.blocks import LAYER_KINDS
from rnn_core.parameters.sentences import times
from rnn_core.parameters.tables import KINDS
from rnn_core.plots.theme import TEMPLATE, color

HEIGHTS = (450, 300)
"""Pixels of the picture of the matrices, on a wide and on a narrow window."""

PHONE = (330, 200)
"""Pixels that a phone leaves for the blocks: what is written must find room there."""

LETTER, LINE = 7.2, 16
"""Pixels of a letter and of a line on a phone."""

THINNEST = 0.008
"""Share of the picture's width under which a block is widened."""

FLATTEST, STEEPEST = 0.6, 8.0
"""Width over height between which the blocks are drawn with one scale for both."""

STRENGTHS = {"input": 0.9, "recurrent": 0.35, "bias": 1.0, "projection": 0.6}
"""Opacity of each kind of block; a bias has the colour of the ink."""


@dataclass(frozen=True)
class Placed:
    """A block with the rectangle that stands for it.

    Attributes:
        architecture, block: which.
        x, y: its left and right edge, and its lower and upper one, in rows and columns of weights.

    """

    architecture: str
    block: Block
    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """Where the blocks stand.

    Attributes:
        placed: the rectangles.
        width, height: of them all.
        thinnest: width that the thinnest blocks were given.
        stretch: how much longer a row is drawn than a column.
        gaps: between the groups, across and upwards.

    """

    placed: tuple[Placed, ...]
    width: float
    height: float
    thinnest: float
    stretch: float
    gaps: tuple[float, float]


def plan_matrices(trace: Trace, convention: str, shown: Sequence[str]) -> Plan:
    """Place the blocks of the recurrent layers: networks and directions side by side, layers and gates stacked."""
    spec = trace.spec
    blocks = {name: [b for b in trace.blocks[convention, name] if b.kind in LAYER_KINDS] for name in shown}

    def group(name: str, layer: int, direction: int) -> list[Block]:
        return [b for b in blocks[name] if (b.layer, b.direction) == (layer, direction)]

    def extent(of: list[Block]) -> tuple[int, int]:
        first = [b for b in of if b.gate == 0]
        return sum(b.columns for b in first), sum(b.rows for b in of if b.kind in ("input", "projection"))

    sizes = {name: [extent(group(name, layer, 0)) for layer in range(spec.layers)] for name in shown}
    wide = {name: max(width for width, _ in sizes[name]) for name in shown}
    thinnest = max(1.0, THINNEST * spec.directions * sum(wide.values()))
    # Every gap is as wide as the first letters of a label on a phone need, and high enough for a line of it.
    across = 0.07 * spec.directions * sum(wide.values()) / max(1, spec.directions * len(shown) - 1)
    tall = max(sum(height for _, height in sizes[name]) for name in shown)
    upwards = tall * LINE / PHONE[1] * (1.3 if spec.layers > 1 or spec.projection_size else 0)
    placed: list[Placed] = []
    left = 0.0
    for name in shown:
        for direction in range(spec.directions):
            bottom, right = 0.0, left
            for layer in range(spec.layers):
                here = list(_stack(name, group(name, layer, direction), left, bottom, thinnest, upwards))
                placed += here
                bottom = max(item.y[1] for item in here) + upwards
                right = max(right, *(item.x[1] for item in here))
            left = right + across
    width, height = left - across, max(item.y[1] for item in placed)
    aspect = width / height
    stretch = 1.0 if FLATTEST <= aspect <= STEEPEST else aspect / min(max(aspect, FLATTEST), STEEPEST)
    return Plan(tuple(placed), width, height, thinnest, stretch, (across, upwards))


def _stack(name: str, blocks: list[Block], left: float, bottom: float, thinnest: float, gap: float) -> Iterator[Placed]:
    """Place one layer in one direction: the projection at the foot, above it the gates, the first on top."""
    for block in blocks:
        if block.kind == "projection":
            yield Placed(name, block, (left, left + max(block.columns, thinnest)), (bottom, bottom + block.rows))
            bottom += block.rows + gap
    gates = len(GATE_NAMES[name])
    for gate in range(gates):
        foot = bottom + (gates - 1 - gate) * blocks[0].rows
        edge = left
        for block in blocks:
            if block.gate == gate:
                yield Placed(name, block, (edge, edge + max(block.columns, thinnest)), (foot, foot + block.rows))
                edge += max(block.columns, thinnest)


def note_on_scale(trace: Trace, convention: str, shown: Sequence[str]) -> str:
    """Say what in the picture of the matrices is not to scale, if anything is."""
    plan = plan_matrices(trace, convention, shown)
    notes = []
    if plan.thinnest > 1:
        notes.append(f"what is thinner than {plan.thinnest:,.0f} columns, as the biases are, is widened to be seen")
    if plan.stretch != 1:
        longer, ratio = ("longer", plan.stretch) if plan.stretch > 1 else ("shorter", 1 / plan.stretch)
        notes.append(f"rows are drawn {times(ratio)} times {longer} than columns, areas can still be compared")
    return f"Drawn to scale, but {' and '.join(notes)}." if notes else "Everything is drawn to one scale."


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
        "annotations": [
            *_titles(trace, convention, plan, shown),
            *_labels(plan),
            *_sizes(plan, shown),
            *_places(trace, plan, shown),
        ],
        "dragmode": False,
        "height": HEIGHTS[0],
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.07, "yanchor": "top", "itemclick": False},
        "margin": {"t": 46},
        "meta": {"narrow_height": HEIGHTS[1]},
        "template": TEMPLATE,
        "xaxis": {"range": [-0.01 * plan.width, 1.01 * plan.width], "visible": False, "constrain": "domain"},
        "yaxis": {
            "range": [-0.02 * plan.height, plan.height + plan.gaps[1]],
            "visible": False,
            "scaleanchor": "x",
            "scaleratio": plan.stretch,
            "constrain": "domain",
        },
    }
    return go.Figure({"data": [*fills, *_pointed_at(plan), *keys], "layout": layout})


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
        "line": {"color": color("paper"), "width": 1.5},
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


def words_at(text: str, x: float, y: float, ink: str, **where: Any) -> dict[str, Any]:
    """Return an annotation without an arrow."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"color": ink}, **where}


def _titles(trace: Trace, convention: str, plan: Plan, shown: Sequence[str]) -> list[dict[str, Any]]:
    """Write over each network its name and the count of its layers."""
    titles = []
    for name in shown:
        of_network = [item for item in plan.placed if item.architecture == name]
        count = trace.count(convention, name, LAYER_KINDS)
        text = f"<b>{NAMES[name]}</b><br>{count:,}"
        left, right = min(item.x[0] for item in of_network), max(item.x[1] for item in of_network)
        titles.append(words_at(text, (left + right) / 2, 1, color(name), yref="paper", yanchor="bottom"))
    return titles


def _labels(plan: Plan) -> list[dict[str, Any]]:
    """Write into the blocks what finds room on a phone: the gate, in a large one also its shape."""
    pixels = min(PHONE[0] / plan.width, PHONE[1] / (plan.height * plan.stretch))
    fitting: list[tuple[Placed, dict[int, str]]] = []
    for item in plan.placed:
        wide = (item.x[1] - item.x[0]) * pixels
        high = (item.y[1] - item.y[0]) * pixels * plan.stretch
        choices = enumerate(_choices(item))
        room = {
            number: text
            for number, text in choices
            if max(map(len, text.split("<br>"))) * LETTER <= wide and (text.count("<br>") + 1) * LINE <= high
        }
        if room:
            fitting.append((item, room))
    # All gates speak at the same length: that of the one with the least room.
    least = {
        kind: max((min(room) for item, room in fitting if item.block.kind == kind), default=0) for kind in STRENGTHS
    }
    return [
        words_at(room[number], sum(item.x) / 2, sum(item.y) / 2, color("paper" if STRENGTHS[kind] > 0.5 else "ink"))
        for item, room in fitting
        for kind in [item.block.kind]
        for number in [max(least[kind], min(room))]
        if number in room
    ]


def _choices(item: Placed) -> tuple[str, ...]:
    """Return what could be written into a block, the longest first."""
    block = item.block
    shape = f"{block.rows:,} × {block.columns:,}"
    gate = GATE_NAMES[item.architecture][block.gate]
    return {
        "input": (f"{gate}<br>{shape}", gate, gate.removesuffix(" gate")),
        "recurrent": (shape,),
        "projection": (f"projection {shape}", "projection"),
    }.get(block.kind, ())


def _sizes(plan: Plan, shown: Sequence[str]) -> list[dict[str, Any]]:
    """Write under the first network how many columns meet the input and how many the old state."""
    projects = any((item.architecture, item.block.kind) == (shown[0], "projection") for item in plan.placed)
    names = {"input": "n", "recurrent": "p" if projects else "m"}
    gates = len(GATE_NAMES[shown[0]])
    return [
        words_at(
            f"{names[item.block.kind]} = {item.block.columns:,}",
            sum(item.x) / 2,
            item.y[0],
            color("ink"),
            yanchor="top",
        )
        for item in plan.placed
        if item.architecture == shown[0] and item.block.kind in names and item.block.gate == gates - 1
        if (item.block.layer, item.block.direction) == (0, 0)
    ]


def _places(trace: Trace, plan: Plan, shown: Sequence[str]) -> list[dict[str, Any]]:
    """Name layers and directions where one network is shown alone and has several."""
    spec = trace.spec
    if len(shown) > 1 or spec.layers * spec.directions == 1:
        return []
    words = []
    for item in plan.placed:
        block = item.block
        if block.kind == "input" and block.gate == 0:
            arrow = ("forward →", "← backward")[block.direction] if spec.directions > 1 else ""
            layer = f"layer {block.layer + 1}" if spec.layers > 1 else ""
            text = " ".join(filter(None, (layer, arrow)))
            words.append(words_at(text, item.x[0], item.y[1], color("ink"), xanchor="left", yanchor="bottom"))
    return words
