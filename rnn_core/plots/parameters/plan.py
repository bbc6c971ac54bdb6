"""Where the weight matrices of recurrent layers stand when area is count, in rows and columns of weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from rnn_core.parameters import GATE_NAMES, Block, Trace
from rnn_core.parameters.blocks import LAYER_KINDS

PHONE, PROJECTOR = (330, 200), (1200, 340)
"""Pixels across and upwards that are left for the blocks. What is written must find room on a phone."""

LETTER, LINE = 7.2, 16
"""Pixels of a letter and of a line on a phone."""

THINNEST = 2.5
"""Pixels on a phone to which a thinner block is widened."""

GAP = 0.07
"""Share of the picture's width that lies between groups, all gaps together."""

FLATTEST, STEEPEST = 0.6, 8.0
"""Width over height between which the blocks are drawn with one scale for both."""


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
    thinnest: int
    stretch: float
    gap: float
    upwards: bool

    def scale(self, area: tuple[int, int]) -> float:
        """Return the pixels of a column where there is so much room across and upwards."""
        return min(area[0] / self.width, area[1] / (self.height * self.stretch))


def plan_matrices(trace: Trace, convention: str, shown: Sequence[str]) -> Plan:
    """Place the blocks of the recurrent layers, layers on each other or side by side: as they get larger."""
    plans = []
    for upwards in (True, False)[: trace.spec.layers]:
        narrow = _plan(trace, convention, shown, upwards, 1)
        thinnest = max(1, ceil(THINNEST / narrow.scale(PHONE)))
        plans.append(_plan(trace, convention, shown, upwards, thinnest))
    return max(plans, key=lambda plan: plan.scale(PHONE) * plan.scale(PROJECTOR))


def _plan(trace: Trace, convention: str, shown: Sequence[str], upwards: bool, thinnest: int) -> Plan:
    """Place networks and directions side by side, and layers as asked for; no block is thinner than asked for."""
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
    across = GAP * columns / max(1, len(both) * (1 if upwards else spec.layers) - 1)
    parts = spec.layers > 1 or spec.projection_size > 0
    lines = (1.3 if len(shown) == 1 else 0.4) if parts else 0  # a network that is shown alone names its parts
    gap = lines * rows * LINE / PHONE[1]
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


def _stack(name: str, blocks: list[Block], left: float, bottom: float, thinnest: int, gap: float) -> Iterator[Placed]:
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
