"""What is written into the picture of the weight matrices, and around it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from rnn_core.parameters import GATE_NAMES, NAMES, Block, Trace
from rnn_core.parameters.blocks import LAYER_KINDS
from rnn_core.plots.parameters.plan import LETTER, LINE, PHONE, Placed, Plan
from rnn_core.plots.theme import color

AIR = 0.012
"""Share of the picture's height between a block and what is written above or below it."""

STRENGTHS = {"input": 0.9, "recurrent": 0.35, "bias": 1.0, "projection": 0.6}
"""Opacity of each kind of block; a bias has the colour of the ink."""


class Words(NamedTuple):
    """A few words at a place.

    Attributes:
        text: what they say.
        x, y: the place.
        ink: their colour.
        position: where they stand from the place, as Plotly's `textposition`.

    """

    text: str
    x: float
    y: float
    ink: str
    position: str = "middle center"


def written(trace: Trace, convention: str, plan: Plan, shown: Sequence[str]) -> dict[str, Any]:
    """Return all words as one trace: annotations would say the same, and take Plotly three times as long."""
    places = _places(trace, plan, shown)
    words = [*_titles(trace, convention, plan, shown, bool(places)), *_labels(plan), *_sizes(plan, shown), *places]
    return {
        "type": "scatter",
        "mode": "text",
        "text": [item.text for item in words],
        "x": [item.x for item in words],
        "y": [item.y for item in words],
        "textfont": {"color": [item.ink for item in words]},
        "textposition": [item.position for item in words],
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _titles(trace: Trace, convention: str, plan: Plan, shown: Sequence[str], above: bool) -> list[Words]:
    """Write over each network its name and the count of its layers, a line higher where other words stand there."""
    titles = []
    for name in shown:
        of_network = [item for item in plan.placed if item.architecture == name]
        count = trace.count(convention, name, LAYER_KINDS)
        text = f"<b>{NAMES[name]}</b><br>{count:,}{'<br> ' if above else ''}"
        left, right = min(item.x[0] for item in of_network), max(item.x[1] for item in of_network)
        top = max(item.y[1] for item in of_network) + AIR * plan.height
        titles.append(Words(text, (left + right) / 2, top, color(name), "top center"))
    return titles


def _labels(plan: Plan) -> list[Words]:
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
        Words(room[number], sum(item.x) / 2, sum(item.y) / 2, color("paper" if STRENGTHS[kind] > 0.5 else "ink"))
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


def _sizes(plan: Plan, shown: Sequence[str]) -> list[Words]:
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
                written.append(
                    Words(text, sum(item.x) / 2, item.y[0] - AIR * plan.height, color("ink"), "bottom center")
                )
    return written


def _places(trace: Trace, plan: Plan, shown: Sequence[str]) -> list[Words]:
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
        Words(text, item.x[0], item.y[1], color("ink"), "top right") for text, item in zip(texts, tops, strict=True)
    ]
