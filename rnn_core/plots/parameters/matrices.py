"""The weight matrices of recurrent layers, drawn to scale: area for count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

import plotly.graph_objects as go

from rnn_core.parameters import ARCHITECTURES, GATE_NAMES, NAMES, Block, Trace
from rnn_core.parameters.blocks import LAYER_KINDS
from rnn_core.parameters.sentences import times
from rnn_core.parameters.tables import KINDS
from rnn_core.plots.theme import TEMPLATE, color

HEIGHTS = (450, 320)
"""Pixels of the picture of the matrices, on a wide and on a narrow window."""

PHONE, PROJECTOR = (330, 200), (1200, 340)
"""Pixels across and upwards that are left for the blocks. What is written must find room on a phone."""

LETTER, LINE = 7.2, 16
"""Pixels of a letter and of a line on a phone."""

THINNEST = 0.006
"""Share of the picture's width under which a block is widened."""

GAP = 0.07
"""Share of the picture's width that lies between groups, all gaps together."""

FLATTEST, STEEPEST = 0.6, 8.0
"""Width over height between which the blocks are drawn with one scale for both."""

STRENGTHS = {"input": 0.9, "recurrent": 0.35, "bias": 1.0, "projection": 0.6}
"""Opacity of each kind of block; a bias has the colour of the ink."""

READING = (
    "Each row of blocks makes a gate, or the candidate for the new state. It holds a number for every pair of an input "
    "and a unit (full colour), for every pair of an old state and a unit (pale), and a bias a unit (the thin column). "
    "Point at a block for its shape."
)
"""How the picture is read."""


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
        gap: between layers that stand on each other.
        upwards: whether they do; else they stand side by side.

    """

    placed: tuple[Placed, ...]
    width: float
    height: float
    thinnest: float
    stretch: float
    gap: float
    upwards: bool

    def scale(self, area: tuple[int, int]) -> float:
        """Return the pixels of a column where there is so much room across and upwards."""
        return min(area[0] / self.width, area[1] / (self.height * self.stretch))


def plan_matrices(trace: Trace, convention: str, shown: Sequence[str]) -> Plan:
    """Place the blocks of the recurrent layers, layers on each other or side by side: as they get larger."""
    plans = [_plan(trace, convention, shown, upwards) for upwards in (True, False)[: trace.spec.layers]]
    return max(plans, key=lambda plan: plan.scale(PHONE) * plan.scale(PROJECTOR))


def _plan(trace: Trace, convention: str, shown: Sequence[str], upwards: bool) -> Plan:
    """Place networks and directions side by side, and layers as asked for."""
    spec = trace.spec
    groups: dict[tuple[str, int, int], list[Block]] = {}
    for name in shown:
        for block in trace.blocks[convention, name]:
            if block.kind in LAYER_KINDS:
                groups.setdefault((name, block.direction, block.layer), []).append(block)
    wide = {key: sum(block.columns for block in group if block.gate == 0) for key, group in groups.items()}
    high = {
        key: sum(block.rows for block in group if block.kind in ("input", "projection"))
        for key, group in groups.items()
    }
    both = [(name, direction) for name in shown for direction in range(spec.directions)]
    layers = range(spec.layers)
    put = max if upwards else sum
    columns = sum(put(wide[*place, layer] for layer in layers) for place in both)
    rows = max((sum if upwards else max)(high[*place, layer] for layer in layers) for place in both)
    thinnest = max(1, ceil(THINNEST * columns))
    across = GAP * columns / max(1, len(both) * (1 if upwards else spec.layers) - 1)
    named = spec.layers > 1 or spec.projection_size > 0
    gap = 1.3 * rows * LINE / PHONE[1] if named else 0.0  # high enough for a line on a phone
    placed: list[Placed] = []
    left = right = 0.0
    for place in both:
        bottom = 0.0
        for layer in layers:
            here = list(_stack(place[0], groups[*place, layer], left, bottom, thinnest, gap))
            placed += here
            right = max(right, *(item.x[1] for item in here))
            if upwards:
                bottom = max(item.y[1] for item in here) + gap
            else:
                left = right + across
        left = right + across * (1 if upwards else 2)
    width, height = right, max(item.y[1] for item in placed)
    aspect = width / height
    stretch = 1.0 if FLATTEST <= aspect <= STEEPEST else aspect / min(max(aspect, FLATTEST), STEEPEST)
    return Plan(tuple(placed), width, height, thinnest, stretch, gap, upwards)


def _stack(name: str, blocks: list[Block], left: float, bottom: float, thinnest: float, gap: float) -> Iterator[Placed]:
    """Place one layer in one direction: the projection at the foot, above it the gates, the first on top."""
    hidden = blocks[0].rows
    for block in blocks:
        if block.kind == "projection":
            top = bottom + max(block.rows, min(thinnest, hidden / 4))
            yield Placed(name, block, (left, left + max(block.columns, thinnest)), (bottom, top))
            bottom = top + gap
    gates = len(GATE_NAMES[name])
    for gate in range(gates):
        foot = bottom + (gates - 1 - gate) * hidden
        edge = left
        for block in blocks:
            if block.gate == gate:
                yield Placed(name, block, (edge, edge + max(block.columns, thinnest)), (foot, foot + hidden))
                edge += max(block.columns, thinnest)


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
    places = _places(trace, plan, shown)
    above = LINE + 4 if places else 2
    layout = {
        "annotations": [*_titles(trace, convention, plan, shown, above), *_labels(plan), *_sizes(plan, shown), *places],
        "dragmode": False,
        "height": HEIGHTS[0],
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.07, "yanchor": "top", "itemclick": False},
        "margin": {"t": 46 + above},
        "meta": {"narrow_height": HEIGHTS[1]},
        "template": TEMPLATE,
        "xaxis": {"range": [-0.01 * plan.width, 1.01 * plan.width], "visible": False, "constrain": "domain"},
        "yaxis": {
            "range": [-0.02 * plan.height, plan.height + plan.gap],
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


def words_at(text: str, x: float, y: float, ink: str, **where: Any) -> dict[str, Any]:
    """Return an annotation without an arrow."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"color": ink}, **where}


def _titles(trace: Trace, convention: str, plan: Plan, shown: Sequence[str], above: int) -> list[dict[str, Any]]:
    """Write over each network its name and the count of its layers, so many pixels above it."""
    titles = []
    for name in shown:
        of_network = [item for item in plan.placed if item.architecture == name]
        count = trace.count(convention, name, LAYER_KINDS)
        text = f"<b>{NAMES[name]}</b><br>{count:,}"
        left, right = min(item.x[0] for item in of_network), max(item.x[1] for item in of_network)
        top = max(item.y[1] for item in of_network)
        titles.append(words_at(text, (left + right) / 2, top, color(name), yanchor="bottom", yshift=above))
    return titles


def _labels(plan: Plan) -> list[dict[str, Any]]:
    """Write into the blocks what finds room on a phone: the gate, in a large one also its shape."""
    pixels = plan.scale(PHONE)
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
    first = [item for item in plan.placed if item.architecture == shown[0] and item.block.layer == 0]
    names = {"input": "n", "recurrent": "p" if any(item.block.kind == "projection" for item in first) else "m"}
    last = len(GATE_NAMES[shown[0]]) - 1
    written = []
    for item in first:
        if item.block.direction == 0 and item.block.gate == last and item.block.kind in names:
            text = f"{names[item.block.kind]} = {item.block.columns:,}"
            # The space between two words may be used as well, so a little more than the block is room enough.
            if LETTER * len(text) <= 1.3 * (item.x[1] - item.x[0]) * plan.scale(PHONE):
                written.append(words_at(text, sum(item.x) / 2, item.y[0], color("ink"), yanchor="top"))
    return written


def _places(trace: Trace, plan: Plan, shown: Sequence[str]) -> list[dict[str, Any]]:
    """Name layers and directions where one network is shown alone and has several, as fully as a phone has room."""
    spec = trace.spec
    if len(shown) > 1 or spec.layers * spec.directions == 1:
        return []
    tops = [item for item in plan.placed if item.block.kind == "input" and item.block.gate == 0]
    edges = sorted({item.x[0] for item in tops})
    nearest = min((right - left for left, right in pairwise(edges)), default=plan.width) * plan.scale(PHONE)

    def named(block: Block, full: bool, word: bool) -> str:
        arrow = (("→ forward", "← backward") if word else ("→", "←"))[block.direction] if spec.directions > 1 else ""
        layer = f"{'layer ' if full else ''}{block.layer + 1}" if spec.layers > 1 else ""
        return f"{layer} {arrow}".strip()

    for length in ((True, True), (True, False), (False, False)):
        texts = [named(item.block, *length) for item in tops]
        if LETTER * max(map(len, texts)) <= nearest:
            break
    return [
        words_at(text, item.x[0], item.y[1], color("ink"), xanchor="left", yanchor="bottom")
        for text, item in zip(texts, tops, strict=True)
    ]
