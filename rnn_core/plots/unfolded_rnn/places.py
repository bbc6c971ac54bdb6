"""Where the circuit diagram and the unfolded graph have their nodes and arrows.

A number is 1 high and a step 1 wide. From the bottom up stand the bars of the gradient, the inputs x,
the states h, the outputs ŷ and the losses L; from left to right the circuit diagram and the steps.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rnn_core.plots.shapes import Points, box
from rnn_core.plots.theme import plain
from rnn_core.unfolded_rnn import Spec, Trace
from rnn_core.unfolded_rnn.writing import decimal, short

HALF = 0.37  # half the width of a node
GAP = 1.3  # between the rows of nodes
BARS = 2.2  # height of the highest bar
CIRCUIT = 0.0  # the middle of the circuit diagram
LABEL = 0.3  # half the width of a right class
DELAY = 0.78  # the middle of its delay

Key = tuple[str, int]
"""A kind, "x", "h", "y", "L" or "g" for the gradient at a state; and the step t, 0 for h_0."""


@dataclass(frozen=True)
class Node:
    """A box with numbers.

    Attributes:
        x: its middle.
        bottom, top: its ends.
        texts: its numbers, from top to bottom.
        values: the same, for their colours.
        word: whether the text is a word, and no number.

    """

    x: float
    bottom: float
    top: float
    texts: tuple[str, ...]
    values: tuple[float, ...]
    word: bool = False

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return (self.bottom + self.top) / 2

    def outline(self) -> Points:
        """The corners, closed."""
        return box(self.x - HALF, self.bottom, self.x + HALF, self.top)


class Places:
    """The rows and columns of one picture."""

    def __init__(self, spec: Spec) -> None:
        n, m, K = spec.sizes
        self.spec = spec
        self.rows: dict[str, tuple[float, float]] = {}
        bottom = BARS + 2.1
        for kind, size in (("x", 1 if spec.words else n), ("h", m), ("y", K), ("L", 1)):
            self.rows[kind] = (bottom, bottom + size)
            bottom += size + GAP
        self.labels = bottom - GAP + 1.15  # the middle of the right classes
        self.top = bottom - GAP + 1.6
        self.start = DELAY + (0.95 if spec.recurrence == "hidden" else 0.1)  # h_0, where there is one
        self.right = self.start + spec.steps + 0.5

    def column(self, t: int) -> float:
        """The middle of step t."""
        return self.start + t

    def circuit(self, kind: str) -> Points:
        """The outline of a node of the circuit diagram."""
        bottom, top = self.rows[kind]
        return box(CIRCUIT - HALF, bottom, CIRCUIT + HALF, top)

    def kinds(self) -> tuple[str, ...]:
        """Kinds of nodes, from the bottom up."""
        return tuple(self.rows)

    def middle(self, kind: str) -> float:
        """Height of the middle of a row of nodes."""
        return sum(self.rows[kind]) / 2


def nodes_of(trace: Trace, places: Places) -> dict[Key, Node]:
    """Return the nodes of the unfolded graph by kind and step."""
    spec = trace.spec
    found: dict[Key, Node] = {}

    def add(kind: str, t: int, values: Iterable[float], write: Callable[[float], str] = decimal) -> None:
        numbers = tuple(float(value) for value in values)
        texts = tuple(write(value) for value in numbers)
        found[kind, t] = Node(places.column(t), *places.rows[kind], texts, numbers)

    if spec.recurrence == "hidden":
        add("h", 0, trace.states[0], short)
    for t in range(1, spec.steps + 1):
        if spec.words:
            # As many letters as have room on a phone, where many steps stand close together.
            word = plain(spec.words[t - 1], max(5, min(8, 11 - spec.steps)))
            found["x", t] = Node(places.column(t), *places.rows["x"], (word,), (0.0,), word=True)
        else:
            add("x", t, trace.inputs[t - 1], short)
        add("h", t, trace.states[t])
        if spec.has_output[t - 1]:
            add("y", t, trace.probabilities[t - 1])
        if spec.has_loss[t - 1]:
            add("L", t, [trace.step_losses[t - 1]])
    return found


def arrows_forward(t: int, nodes: dict[Key, Node], places: Places) -> list[Points]:
    """Return the arrows that the forward pass takes at step t."""
    h = nodes["h", t]
    arrows = [[(h.x, nodes["x", t].top), (h.x, h.bottom)]]
    if ("y", t) in nodes:
        arrows.append([(h.x, h.top), (h.x, nodes["y", t].bottom)])
    if ("L", t) in nodes:
        arrows.append([(h.x, nodes["y", t].top), (h.x, nodes["L", t].bottom)])
    before, recurrence = places.column(t - 1), places.spec.recurrence
    if recurrence == "hidden":
        arrows.append([(before + HALF, h.middle), (h.x - HALF, h.middle)])
    elif t > 1:
        start = (before + HALF, places.middle("y")) if recurrence == "output" else (before + 0.5, places.labels)
        arrows.append([start, (h.x - HALF, h.middle)])
    return arrows


def arrows_back(t: int, nodes: dict[Key, Node], places: Places) -> list[Points]:
    """Return the thin arrows that the gradient takes at step t: down from its loss, and from step t+1 to its output."""
    h = nodes["h", t]
    beside = h.x + 0.15
    arrows = []
    if ("L", t) in nodes:
        arrows.append([(beside, nodes["L", t].bottom), (beside, nodes["y", t].top)])
    if ("y", t) in nodes:
        arrows.append([(beside, nodes["y", t].bottom), (beside, h.top)])
    if places.spec.recurrence == "output" and t < places.spec.steps:
        start, end = places.middle("h") + 0.5, places.middle("y") + 0.5
        arrows.append([(places.column(t + 1) - HALF, start), (h.x + HALF, end)])
    return arrows


def thick_arrow(t: int, size: float, places: Places) -> Points:
    """Return the outline of the arrow from h_{t+1} back to h_t, as thick as what goes back is large (0 … 1)."""
    bottom, top = places.rows["h"]
    left, right = places.column(t) + HALF, places.column(t + 1) - HALF
    middle, half = (bottom + top) / 2, max(0.04, 0.36 * size * (top - bottom))
    neck, head = left + 0.5 * (right - left), min(1.3 * half + 0.15, (top - bottom) / 2)
    return [
        (right, middle - half), (neck, middle - half), (neck, middle - head), (left, middle),
        (neck, middle + head), (neck, middle + half), (right, middle + half), (right, middle - half),
    ]  # fmt: skip


def loop_of(places: Places) -> list[Points]:
    """Return the loop of the circuit diagram in four lines: from what is fed back through the delay into h."""
    side, recurrence, h = CIRCUIT + HALF, places.spec.recurrence, places.middle("h")
    if recurrence == "hidden":
        size = places.rows["h"][1] - places.rows["h"][0]
        offset = min(0.3 * size + 0.2, 0.42 * size)
        begin, end = h + offset, h - offset
        delay = h
    else:
        begin, end = (places.middle("y") if recurrence == "output" else places.labels), h
        delay = (begin + end) / 2
    half = min(0.55, 0.65 * (begin - delay))
    out = LABEL if recurrence == "forced" else side
    return [
        [(out, begin), (DELAY, begin)],
        [(DELAY, begin), (DELAY, delay + half)],
        [(DELAY, delay - half), (DELAY, end)],
        [(DELAY, end), (side, end)],
    ]


def delay_of(places: Places) -> tuple[float, float]:
    """Return bottom and top of the delay."""
    _, (_, top), (bottom, _), _ = loop_of(places)
    return bottom[1], top[1]


def node_at(spec: Spec, x: float, y: float) -> tuple[str, int | None] | None:
    """Return kind and step of the node at a place of the picture; no step in the circuit diagram; None beside all."""
    places = Places(spec)
    step = None if x < (DELAY + places.start - HALF) / 2 else round(x - places.start)
    if step is not None and not 1 <= step <= spec.steps:
        return None
    if y < places.rows["x"][0] - GAP:
        return None if step is None else ("g", step)
    return next(((kind, step) for kind, (bottom, top) in places.rows.items() if bottom <= y <= top), None)


def controls_at(spec: Spec, x: float, y: float) -> dict[str, str]:
    """Return what a click at a place of the picture sets, by the names of the page's controls."""
    kind, step = node_at(spec, x, y) or (None, None)
    return ({"node": kind} if kind else {}) | ({f"step.{spec.steps}": str(step)} if step else {})
