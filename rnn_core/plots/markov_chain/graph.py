"""The chain as a graph, or as a table of many letters, with the run on it.

From stop to stop only points and lines move, so that a step is drawn at once.
"""

from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import plotly.graph_objects as go

from rnn_core.markov_chain import Trace
from rnn_core.markov_chain.sentences import least_labelled, run_captions
from rnn_core.markov_chain.spec import MOST_TYPED
from rnn_core.plots.deck import Deck
from rnn_core.plots.markov_chain.places import POINTS, arrow, label_place, positions, shortened, window
from rnn_core.plots.theme import color, plain, styled_figure

HEIGHT = 430
NARROW_HEIGHT = 390
THICKEST = 12  # pixels of an arrow of probability 1
DISCS = {5: 72, 6: 64, MOST_TYPED: 56}
"""For a number of states, the widest disc in pixels that leaves room for the arrows."""

FONTS = (15, 12)  # the larger one where the names fit
LETTER = 0.56  # width of a letter, in sizes of its font
NUMBER = {"size": 14}

Drawn = tuple[list[dict[str, Any]], dict[tuple[int, str], np.ndarray], dict[str, Any]]
"""Traces, frames and layout."""


def deck_chain(trace: Trace) -> Deck:
    """Draw the chain with its run: a graph, or with more states than it has room for, the table of probabilities."""
    small = len(trace.spec.states) <= MOST_TYPED
    traces, frames, layout = _graph(trace) if small else _table(trace)
    figure = styled_figure(
        traces,
        {
            "dragmode": False,
            "height": HEIGHT,
            "meta": {"narrow_height": NARROW_HEIGHT, "scales": {} if small else {"coloraxis": "gate"}},
            "showlegend": False,
            "margin": {"l": 2, "r": 2, "t": 2, "b": 2},
            **layout,
        },
    )
    T = trace.spec.steps
    return Deck(figure, "step", [str(t) for t in range(T + 1)], frames, captions=run_captions(trace), start=T)


def figure_preview(trace: Trace) -> go.Figure:
    """Draw the graph small and without its slider."""
    figure = deck_chain(trace).figure
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        # Discs keep their size in pixels, and need a little more room at the edge of a smaller picture.
        low, high = axis.range
        axis.range = [low - 0.03 * (high - low), high + 0.03 * (high - low)]
    return figure.update_layout(height=260, meta={"narrow_height": 260})


def _graph(trace: Trace) -> Drawn:
    states, P, path = trace.spec.states, trace.transitions, trace.path
    places = positions(len(states))
    widest = next(width for most, width in DISCS.items() if len(states) <= most)
    longest = max(map(_letters, states))
    font = next((size for size in FONTS if LETTER * size * longest + 10 <= widest), FONTS[-1])
    names = [plain(name, _fitting(name, (widest - 8) / (LETTER * font))) for name in states]
    disc = max(44.0, min(widest, LETTER * font * longest + 10))
    lines = {(int(i), int(j)): arrow(places, int(i), int(j), disc) for i, j in np.argwhere(P > 0)}
    x, y = window(places, list(lines.values()), disc)
    unit = x[1] - x[0]
    traces = [*_arrows(P, lines, disc, unit), _heads(P, lines, disc, unit)]
    frames: dict[tuple[int, str], np.ndarray] = {}

    def moving(trace: dict[str, Any], stops: np.ndarray) -> None:
        """Add points (F, K, 2) that move, the last stop shown first."""
        stops = stops.astype(np.float32)
        frames[len(traces), "x"], frames[len(traces), "y"] = stops[..., 0], stops[..., 1]
        traces.append({"type": "scatter", "hoverinfo": "skip", "x": stops[-1, :, 0], "y": stops[-1, :, 1]} | trace)

    # The last step: its line ends at the head, which is turned as from there to the middle of the state.
    taken = [np.concatenate((shortened(lines[i, j], disc / 2 + 7, unit), lines[i, j][-1:])) for i, j in _steps(path)]
    head = _head([*[0] * POINTS, 23], disc / 2, "accent")
    # Without `backoff` the line would be moved back from every point as the head is from the last.
    line = {"color": color("accent"), "width": 6, "backoff": 0}
    lit = {"mode": "lines+markers", "line": line, "marker": head}
    moving(lit, np.stack([np.full((POINTS + 1, 2), np.nan), *taken]))
    traces.append(_labels(P, lines))
    traces.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": places[:, 0],
            "y": places[:, 1],
            "marker": {
                "size": disc,
                "color": color("paper"),
                "opacity": 1,
                "line": {"color": color("ink"), "width": 2},
            },
            "text": names,
            "textfont": {"size": font},
            "cliponaxis": False,
            "hovertext": [_row(trace, i) for i in range(len(states))],
            "hoverinfo": "text",
        }
    )
    # The present state once more, filled: only that one of all discs has a place.
    shown = np.where((np.arange(len(states)) == path[:, None])[..., None], places, np.nan)
    present = {"size": disc, "color": color("accent"), "line": {"color": color("ink"), "width": 2}}
    paper = {"size": font, "color": color("paper")}
    moving({"mode": "markers+text", "marker": present, "text": names, "textfont": paper, "cliponaxis": False}, shown)
    # In a wide picture the graph stays as wide as it is high: places are counted in pixels of a square.
    axis = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return traces, frames, {"xaxis": {**axis, "range": x}, "yaxis": {**axis, "range": y, "scaleanchor": "x"}}


def _arrows(P: np.ndarray, lines: dict[tuple[int, int], np.ndarray], disc: float, unit: float) -> list[dict[str, Any]]:
    """The lines of all arrows; those of about one thickness are one trace."""
    widths: dict[float, list[np.ndarray]] = {}
    for (i, j), line in lines.items():
        widths.setdefault(_width(P[i, j]), []).append(shortened(line, disc / 2 + 0.3 * _head_size(P[i, j]), unit))
    gap = np.full((1, 2), np.nan)
    drawn = {width: np.concatenate([part for line in group for part in (line, gap)]) for width, group in widths.items()}
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "hoverinfo": "skip",
            "x": points[:, 0].astype(np.float32),
            "y": points[:, 1].astype(np.float32),
            "line": {"color": color("rnn"), "width": width},
        }
        for width, points in sorted(drawn.items())
    ]


def _heads(P: np.ndarray, lines: dict[tuple[int, int], np.ndarray], disc: float, unit: float) -> dict[str, Any]:
    """The heads of all arrows: each at the middle of a state, turned away from a point without a size on its line."""
    gap = np.full((1, 2), np.nan)
    ends = [(shortened(line, disc / 2 + 7, unit)[-1:], line[-1:], gap) for line in lines.values()]
    points = np.concatenate([part for end in ends for part in end])
    sizes = [size for i, j in lines for size in (0, _head_size(P[i, j]), 0)]
    return {
        "type": "scatter",
        "mode": "markers",
        "hoverinfo": "skip",
        "x": points[:, 0].astype(np.float32),
        "y": points[:, 1].astype(np.float32),
        "marker": _head(sizes, disc / 2, "rnn"),
    }


def _labels(P: np.ndarray, lines: dict[tuple[int, int], np.ndarray]) -> dict[str, Any]:
    """The probability of every arrow that has room for it, on a patch of paper."""
    least = least_labelled(len(P))
    shown = {pair: label_place(line, pair[0] == pair[1]) for pair, line in lines.items() if P[pair] >= least}
    points = np.array(list(shown.values())).reshape(-1, 2)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "hoverinfo": "skip",
        "x": points[:, 0].astype(np.float32),
        "y": points[:, 1].astype(np.float32),
        "text": [_two_digits(P[pair]) for pair in shown],
        "textfont": NUMBER,
        "marker": {"symbol": "circle", "size": 28 if len(P) <= 4 else 22, "color": color("paper"), "opacity": 1},
    }


def _table(trace: Trace) -> Drawn:
    states, path = trace.spec.states, trace.path
    names = [plain(name) for name in states]
    heat = {
        "type": "heatmap",
        "z": trace.transitions.astype(np.float32),
        "coloraxis": "coloraxis",
        "hovertext": [
            [f"P({later} | {name}) = {value:.3f}" for later, value in zip(names, row, strict=True)]
            for name, row in zip(names, trace.transitions, strict=True)
        ],
        "hoverinfo": "text",
        "xgap": 1,
        "ygap": 1,
    }
    cells = np.array([(np.nan, np.nan), *((j, i) for i, j in _steps(path))], dtype=np.float32)[:, None]
    frame = {
        "type": "scatter",
        "mode": "markers",
        "hoverinfo": "skip",
        "x": cells[-1, :, 0],
        "y": cells[-1, :, 1],
        "marker": {"symbol": "square-open", "size": 18, "color": color("accent"), "line": {"width": 4}},
    }
    return [heat, frame], {(1, "x"): cells[..., 0], (1, "y"): cells[..., 1]}, _table_layout(trace)


def _table_layout(trace: Trace) -> dict[str, Any]:
    N = len(trace.spec.states)
    ticks = {
        "tickvals": list(range(N)),
        "ticktext": [plain(name) for name in trace.spec.states],
        "fixedrange": True,
        "showgrid": False,
        "tickfont": {"size": 13},
        "tickangle": 0,
    }
    return {
        "coloraxis": {"cmin": 0, "cmax": 0.6, "showscale": False},
        "xaxis": {**ticks, "side": "top", "range": [-0.5, N - 0.5], "title": {"text": "… followed by", "standoff": 4}},
        "yaxis": {**ticks, "range": [N - 0.5, -0.5], "title": {"text": "this letter …", "standoff": 4}},
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
    }


def _letters(name: str) -> float:
    """About how wide a name is, in letters of usual width."""
    return sum(1.6 if letter in "mwMW@%—" or east_asian_width(letter) in "WF" else 1.0 for letter in name)


def _fitting(name: str, room: float) -> int:
    """How many letters of a name there is room for."""
    if _letters(name) <= room:
        return len(name)
    return next(n for n in range(len(name), -1, -1) if n < 2 or _letters(name[: n - 1]) + 1 <= room)


def _steps(path: np.ndarray) -> list[tuple[int, int]]:
    return [(int(i), int(j)) for i, j in pairwise(path)]


def _width(probability: float) -> float:
    """Thickness in pixels, in steps of a twentieth: arrows of one thickness are drawn together."""
    return max(1.0, THICKEST * round(20 * probability) / 20)


def _head_size(probability: float) -> float:
    return 12 + 0.9 * _width(probability)


def _head(size: Any, back: float, role: str) -> dict[str, Any]:
    return {
        "symbol": "arrow-wide",
        "angleref": "previous",
        "standoff": back,
        "size": size,
        "color": color(role),
        "opacity": 1,  # marks of several sizes would otherwise be drawn thin
        "line": {"width": 0},
    }


def _two_digits(probability: float) -> str:
    text = f"{probability:.2f}"
    if text == "1.00" and probability < 1:
        return ">.99"
    return "<.01" if text == "0.00" else text.rstrip("0").rstrip(".")


def _row(trace: Trace, i: int) -> str:
    names = [plain(name) for name in trace.spec.states]
    parts = [f"→ {name}: {value:.3g}" for name, value in zip(names, trace.transitions[i], strict=True) if value]
    return "<br>".join([names[i], *parts])
