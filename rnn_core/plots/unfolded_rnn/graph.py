"""The circuit diagram and the graph it unfolds into, as one picture that runs forward and back.

Only lines, points and filled shapes move, so that a step is drawn at once: the numbers of all nodes lie in
one heatmap, and what the forward pass has not reached is covered.
"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.numerals import indexed
from rnn_core.plots.deck import Deck
from rnn_core.plots.shapes import Film, Points, box
from rnn_core.plots.theme import color, plain, styled_figure
from rnn_core.plots.unfolded_rnn.places import (
    BARS,
    CIRCUIT,
    DELAY,
    GAP,
    HALF,
    Key,
    Node,
    Places,
    arrows_back,
    arrows_forward,
    delay_of,
    loop_of,
    nodes_of,
    thick_arrow,
)
from rnn_core.unfolded_rnn import Spec, Trace
from rnn_core.unfolded_rnn.sentences import stop_captions, stop_names
from rnn_core.unfolded_rnn.writing import significant

PIXELS = 30  # height of a number, where there is room
HIGHEST = 570  # picture with which the slider is still in a window of 900 pixels
NAMES = {"x": "x", "h": "h", "y": "ŷ", "L": "L"}


def deck_graph(trace: Trace, chosen: Key) -> Deck:
    """Draw circuit and unfolded graph; the slider runs forward in time, then back.

    Args:
        trace: what is drawn.
        chosen: kind and step of the node that has a frame round it.

    """
    spec, places = trace.spec, Places(trace.spec)
    T = spec.steps
    nodes = nodes_of(trace, places)
    stops = range(2 * T + 1)  # the start, forward 1 … T, back T … 1
    read = [min(stop, T) for stop in stops]  # the last step that has been read
    reached = [T + 1 if stop <= T else 2 * T + 1 - stop for stop in stops]  # the step that the gradient has come to
    film = Film()
    film.traces.append(_numbers(nodes))
    cover = {"mode": "lines", "fill": "toself", "fillcolor": color("paper"), "line": {"width": 0}}
    film.moving(cover, [[node.outline() for (_, t), node in nodes.items() if t > last] for last in read])
    outlines = [node.outline() for node in nodes.values()] + [places.circuit(kind) for kind in places.kinds()]
    film.still({"mode": "lines", "line": {"color": color("muted"), "width": 1}}, outlines)
    if spec.words:
        _words(film, spec, nodes, read)
    _circuit(film, trace, places, nodes, read, reached)
    forward = {t: arrows_forward(t, nodes, places) for t in range(1, T + 1)}
    film.still(_arrow_style("grid"), [arrow for arrows in forward.values() for arrow in arrows])
    film.moving(_arrow_style("ink"), [[arrow for t in forward if t <= last for arrow in forward[t]] for last in read])
    back = {t: arrows_back(t, nodes, places) for t in forward}
    film.moving(
        _arrow_style("negative", "dot"), [[arrow for t in back if t >= first for arrow in back[t]] for first in reached]
    )
    _gradient(film, trace, places, reached)
    frame = {"mode": "lines", "line": {"color": color("accent"), "width": 1.5, "dash": "dot"}}
    film.moving(frame, [_column(stop, read, reached, T, places) for stop in stops])
    film.still({"mode": "lines", "line": {"color": color("accent"), "width": 4}}, [_frame(chosen, nodes, places)])
    film.traces.append(_names(trace, places, nodes))
    height = round(min(HIGHEST, max(460, PIXELS * places.top)))
    figure = styled_figure(
        film.traces,
        {
            "coloraxis": {"cmin": -1.3, "cmax": 1.3, "showscale": False},
            "dragmode": False,
            "height": height,
            "meta": {"narrow_height": round(0.85 * height), "scales": {"coloraxis": "diverging"}},
            "showlegend": False,
            "margin": {"l": 2, "r": 2, "t": 2, "b": 2},
            "xaxis": {"visible": False, "fixedrange": True, "range": [CIRCUIT - 0.5, places.right]},
            "yaxis": {"visible": False, "fixedrange": True, "range": [-0.1, places.top]},
        },
    )
    return Deck(figure, "time", stop_names(T), film.frames, captions=stop_captions(trace), start=2 * T)


def figure_preview(trace: Trace) -> go.Figure:
    """Draw the picture as it ends, small and without its slider."""
    figure = deck_graph(trace, ("h", trace.spec.steps)).figure
    figure.update_traces(textfont={"size": 10}, selector={"mode": "text"})
    return figure.update_layout(height=260, meta={**figure.layout.meta, "narrow_height": 260})


def _numbers(nodes: dict[Key, Node]) -> dict[str, Any]:
    """All numbers of the unfolded graph on one grid, whose lines are the edges of the nodes."""
    columns = sorted({edge for node in nodes.values() for edge in (node.x - HALF, node.x + HALF)})
    rows = sorted({round(node.bottom + k, 6) for node in nodes.values() for k in range(len(node.texts) + 1)})
    values = np.full((len(rows) - 1, len(columns) - 1), np.nan, dtype=np.float32)
    texts = np.full(values.shape, "", dtype=object)
    for node in nodes.values():
        column, row = columns.index(node.x - HALF), rows.index(round(node.bottom, 6))
        for k, (text, value) in enumerate(zip(node.texts[::-1], node.values[::-1], strict=True)):
            values[row + k, column], texts[row + k, column] = value, "" if node.word else text
    return {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "z": values,
        "text": texts.tolist(),
        "texttemplate": "%{text}",
        "coloraxis": "coloraxis",
        "hoverongaps": False,
        "hoverinfo": "none",
    }


def _words(film: Film, spec: Spec, nodes: dict[Key, Node], read: list[int]) -> None:
    """The words that are read. In the grid of numbers a long one would make all numbers small."""
    steps = range(1, spec.steps + 1)
    film.texts(
        {
            "textfont": {"size": 12},
            "hoverinfo": "text",
            "hovertext": [plain(word, 20) for word in spec.words],
        },
        [nodes["x", t].texts[0] for t in steps],
        [(nodes["x", t].x, nodes["x", t].middle) for t in steps],
        np.array(read)[:, None] >= np.array(steps),
    )


def _circuit(
    film: Film, trace: Trace, places: Places, nodes: dict[Key, Node], read: list[int], reached: list[int]
) -> None:
    """The circuit diagram, with the numbers of the step that the slider is at."""
    up = [
        [(CIRCUIT, places.rows[below][1]), (CIRCUIT, places.rows[above][0])]
        for below, above in zip(places.kinds(), places.kinds()[1:], strict=False)
    ]
    *loop, into = loop_of(places)
    film.still(_arrow_style("ink"), [*up, into])
    film.still({"mode": "lines", "line": {"color": color("ink"), "width": 2.2}}, loop)
    bottom, top = delay_of(places)
    square = box(DELAY - 0.13, bottom, DELAY + 0.13, top)
    film.still({"mode": "lines", "fill": "toself", "fillcolor": color("ink"), "line": {"width": 0}}, [square])
    now = [max(1, min(last, first, trace.spec.steps)) if last else 0 for last, first in zip(read, reached, strict=True)]
    texts, at, steps = [], [], []
    for (_, t), node in nodes.items():
        for k, text in enumerate(node.texts if t else ()):
            texts.append(text)
            at.append((CIRCUIT, node.top - k - 0.5))
            steps.append(t)
    film.texts(
        {"textfont": {"size": 12 if trace.spec.words else 13}}, texts, at, np.array(now)[:, None] == np.array(steps)
    )


def _gradient(film: Film, trace: Trace, places: Places, reached: list[int]) -> None:
    """What has come back: a bar for the gradient at every state, and between states arrows as thick as it."""
    T = trace.spec.steps
    norms = np.linalg.norm(trace.state_gradients, axis=1)
    sizes = norms / max(float(norms[1:].max()), 1e-300)
    bars = {
        t: box(places.column(t) - HALF, 0, places.column(t) + HALF, BARS * float(sizes[t])) for t in range(1, T + 1)
    }
    shapes: dict[int, list[Points]] = {t: [bars[t]] for t in bars}
    if trace.spec.recurrence == "hidden":
        # What goes back from a state to the one before it, without what the loss adds there.
        returned = np.linalg.norm(trace.deltas @ trace.parameters.W.T, axis=1)
        largest = max(float(returned[1:].max(initial=0)), 1e-300)
        for t in range(1, T):
            shapes[t].append(thick_arrow(t, float(returned[t]) / largest, places))
    filled = {"mode": "lines", "fill": "toself", "fillcolor": color("negative"), "line": {"width": 0}}
    film.moving(filled, [[shape for t in shapes if t >= first for shape in shapes[t]] for first in reached])
    film.texts(
        {"textposition": "top center", "textfont": {"color": color("negative")}},
        [significant(float(norms[t])) for t in bars],
        [(places.column(t), BARS * float(sizes[t])) for t in bars],
        np.array(list(bars)) >= np.array(reached)[:, None],
    )


def _column(stop: int, read: list[int], reached: list[int], T: int, places: Places) -> list[Points]:
    """A frame round the step that the slider is at."""
    t = read[stop] if stop <= T else reached[stop]
    middle = places.column(t)
    return [box(middle - 0.45, -0.05, middle + 0.45, places.top - 0.05)] if t else []


def _frame(chosen: Key, nodes: dict[Key, Node], places: Places) -> Points:
    kind, t = chosen
    if kind == "g":
        return box(places.column(t) - HALF, 0, places.column(t) + HALF, BARS + 1)
    return nodes[chosen].outline() if chosen in nodes else []


def _names(trace: Trace, places: Places, nodes: dict[Key, Node]) -> dict[str, Any]:
    """The names of nodes and weights, and the right classes above the losses."""
    spec = trace.spec
    words: list[tuple[float, float, str, str, str]] = []  # place, text, role, position
    for (kind, t), node in nodes.items():
        words.append((node.x - HALF, node.top + 0.1, indexed(NAMES[kind], t), "ink", "top right"))
    for kind in places.kinds():
        words.append((CIRCUIT - HALF, places.rows[kind][1] + 0.1, NAMES[kind], "ink", "top right"))
    words.append((CIRCUIT, places.labels, "y", "ink", "middle center"))
    words.append((CIRCUIT - HALF, 0.1, "gradient<br>at each h", "negative", "top right"))
    # The same three letters at every step: that is what makes it one network.
    above_x, above_h = places.rows["x"][1] + 0.45 * GAP, places.rows["h"][1] + 0.45 * GAP
    words.append((CIRCUIT + 0.04, above_x, "U", "lstm", "middle right"))
    words.append((CIRCUIT + 0.04, above_h, "V", "lstm", "middle right"))
    words.append((DELAY - 0.2, loop_of(places)[-1][0][1] - 0.5, "W", "lstm", "middle center"))
    hidden = spec.recurrence == "hidden"
    below = places.rows["h"][0] - 0.35
    for t in range(1, spec.steps + 1):
        x = places.column(t)
        words.append((x + 0.04, above_x, "U", "lstm", "middle right"))
        if ("y", t) in nodes:
            words.append((x + 0.18, above_h, "V", "lstm", "middle right"))
        if hidden or t > 1:
            words.append((x - 0.5, below, "W", "lstm", "middle center"))
        if spec.has_loss[t - 1] or (spec.recurrence == "forced" and t < spec.steps):
            words.append((x, places.labels, f"y={spec.targets[t - 1] + 1}", "ink", "middle center"))
    left, heights, texts, roles, positions = (list(part) for part in zip(*words, strict=True))
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.array(left, dtype=np.float32),
        "y": np.array(heights, dtype=np.float32),
        "text": texts,
        "textposition": positions,
        "textfont": {"color": [color(role) for role in roles]},
        "hoverinfo": "skip",
    }


def _arrow_style(role: str, dash: str = "solid") -> dict[str, Any]:
    return {
        "mode": "lines+markers",
        "line": {"color": color(role), "width": 2.2, "dash": dash},
        "marker": {"symbol": "arrow", "angleref": "previous", "color": color(role), "size": 9},
    }
