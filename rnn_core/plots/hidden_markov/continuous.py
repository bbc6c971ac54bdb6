"""Numbers, the densities of the states that learned from them, and the decoded path under them."""

from typing import Any, Final

import numpy as np

from rnn_core.hidden_markov.continuous import ROUNDS, Trace, densities, ellipses
from rnn_core.hidden_markov.continuous_words import captions
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import STATE_DASHES, STATE_ROLES, STATE_SYMBOLS, color, styled_figure

HEIGHT: Final = 470
STRIP: Final = 20  # pixels a state, of the path


def deck_continuous(trace: Trace) -> Deck:
    """Draw the numbers by the state of the best path, the densities beside or over them, and the path below.

    One number a step: over the steps, the densities turned on their side at the right. Two: in the
    plane, an ellipse a component.
    """
    is_line = trace.spec.dimensions == 1
    traces: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}

    def add(one: dict[str, Any], **moving: np.ndarray) -> None:
        frames.update({(len(traces), name): array for name, array in moving.items()})
        traces.append({**one, **{name: array[-1] for name, array in moving.items()}})

    T = len(trace.observations)
    steps = np.arange(1, T + 1)
    x, y = (steps, trace.observations[:, 0]) if is_line else trace.observations.T
    add(
        {
            "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "showlegend": False,
            "line": {"color": color("grid"), "width": 1},
        }
    )  # fmt: skip
    for state in range(trace.spec.states):
        shown = np.where(trace.paths == state, y, np.nan).astype(np.float32)
        add(
            {
                "type": "scatter", "mode": "markers", "x": x, "name": f"state {state + 1}",
                "marker": {"color": color(STATE_ROLES[state]), "symbol": STATE_SYMBOLS[state], "size": 7},
                "hovertemplate": "%{x}, %{y}<extra></extra>",
            },
            y=shown,
        )  # fmt: skip
    if is_line:
        _add_curves(trace, add)
    else:
        _add_ellipses(trace, add)
    add(
        {
            "type": "scatter", "mode": "lines", "x": steps, "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip",
            "line": {"color": color("ink"), "width": 2, "shape": "hvh"}, "showlegend": False,
        },
        y=trace.paths.astype(np.float32) + 1,
    )  # fmt: skip
    figure = styled_figure(traces, _layout(trace, is_line))
    stops = [str(number) for number in ROUNDS]
    return Deck(figure, "round", stops, frames, captions=captions(trace), start=len(ROUNDS) - 1)


def _add_curves(trace: Trace, add: Any) -> None:
    """The density of every state as a line, those of its components, where there are several, as thin ones."""
    places, parts = densities(trace)
    shares = trace.shares[:, :, None]
    for state in range(trace.spec.states):
        line = {"color": color(STATE_ROLES[state]), "width": 3, "dash": STATE_DASHES[state]}
        curve = {
            "type": "scatter", "mode": "lines", "y": places, "line": line, "xaxis": "x3", "hoverinfo": "skip",
            "showlegend": False,
        }  # fmt: skip
        heights = (shares[..., None] * parts)[:, state]  # (F, K, CURVE)
        add(curve, x=heights.sum(axis=1).astype(np.float32))
        if trace.spec.components > 1:
            gap = np.full((*heights.shape[:2], 1), np.nan)
            apart = np.concatenate([heights, gap], axis=-1).reshape(len(heights), -1)
            thin = {**curve, "y": np.tile([*places, None], trace.spec.components), "line": {**line, "width": 1}}
            add(thin, x=apart.astype(np.float32))


def _add_ellipses(trace: Trace, add: Any) -> None:
    """Ellipses round the components, those of a state in one trace."""
    points = ellipses(trace)  # (F, N, K, E, 2)
    gap = np.full((*points.shape[:3], 1, 2), np.nan)
    points = np.concatenate([points, gap], axis=3)
    for state in range(trace.spec.states):
        flat = points[:, state].reshape(len(points), -1, 2).astype(np.float32)
        ellipse = {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False,
            "line": {"color": color(STATE_ROLES[state]), "width": 3, "dash": STATE_DASHES[state]},
        }  # fmt: skip
        add(ellipse, x=flat[..., 0], y=flat[..., 1])


def _layout(trace: Trace, is_line: bool) -> dict[str, Any]:
    N, T = trace.spec.states, len(trace.observations)
    height = HEIGHT + STRIP * N
    path = (STRIP * N + 20) / height
    still: dict[str, Any] = {"fixedrange": True, "showgrid": False}
    main = [path + (0.11 if is_line else 0.16), 1.0]
    layout: dict[str, Any] = {
        "dragmode": False,
        "height": height,
        "legend": {"itemclick": False, "itemdoubleclick": False},
        "meta": {"narrow_height": height},
        "xaxis2": {**still, "anchor": "y2", "range": [0.5, T + 0.5], "title": {"text": "step"}},
        "yaxis2": {**still, "domain": [0, path], "range": [N + 0.5, 0.5], "tickvals": list(range(1, N + 1)),
                   "title": {"text": "state"}},
    }  # fmt: skip
    low, high = trace.observations.min(axis=0), trace.observations.max(axis=0)
    edge = 0.1 * np.where(high > low, high - low, 1.0)
    ranges = np.stack([low - edge, high + edge], axis=1).tolist()
    if is_line:
        layout |= {
            "xaxis": {**still, "domain": [0, 0.76], "range": [0.5, T + 0.5], "showticklabels": False},
            "xaxis2": {**layout["xaxis2"], "domain": [0, 0.76]},
            "xaxis3": {**still, "domain": [0.79, 1], "rangemode": "tozero", "showticklabels": False, "anchor": "y",
                       "title": {"text": "density"}},
            "yaxis": {**still, "domain": main, "range": ranges[0], "showgrid": True},
        }  # fmt: skip
    else:
        layout |= {
            "xaxis": {**still, "range": ranges[0], "showgrid": True, "anchor": "y"},
            "yaxis": {**still, "domain": main, "range": ranges[1], "showgrid": True},
        }
    return layout
