"""A point that moves along an activation function with its tangent, and the zones where the slope is small."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.activations import Trace
from rnn_core.activations.functions import LIMITS, REACH
from rnn_core.activations.sentences import SYMBOLS, place, point
from rnn_core.plots.activations.drawing import FUNCTION_COLORS, area, figure_of, hatch, line
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import color

START = 2.0
"""Where the point stands at first: on the shoulder of the sigmoid."""

_OTHERS = ("gru", "negative", "lstm", "rnn", "muted")  # the softmax's other outputs
_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_HATCHES = ("/", "x")  # of the zones, in the order of LIMITS
_TICKS = {0.0: "0", 0.25: "1/4", 1.0: "1"}  # of the slope


def deck_point(trace: Trace) -> Deck:
    """Draw the function above and its slope below; the slider moves a point with its tangent along both."""
    function = trace.spec.function
    low, high = {"relu": (-1.0, REACH + 0.5), "tanh": (-1.18, 1.18)}.get(function, (-0.09, 1.09))
    floor = -0.32 if function == "softmax" else -0.06
    heights = (0.94, 0.58)  # of the bars that name the zones
    lines = _zones(trace, (low, high), "y") + _zones(trace, (floor, 1.14), "y2")
    bars, names = _zone_names(trace, heights)
    lines += bars
    shape = {"shape": "vh"} if function == "relu" else {}
    for k, (value, slope) in enumerate(zip(trace.value, trace.slope, strict=True)):
        role, dash, width = (FUNCTION_COLORS[function], "solid", 4) if k == 0 else (_OTHERS[k - 1], _DASHES[k - 1], 2)
        ink = {"color": color(role), "dash": dash, "width": width}
        lines.append(line(trace.a, value, ink, hovertemplate="a = %{x:.1f}: value %{y:.3g}<extra></extra>"))
        hover = "a = %{x:.1f}: slope %{y:.3g}<extra></extra>"
        lines.append(line(trace.a, slope, {**ink, **shape}, yaxis="y2", hovertemplate=hover))
    start = int(np.argmin(np.abs(trace.a - START)))
    a = np.repeat(trace.a[:, None], 2, axis=1)
    moving = {
        "tangent": (trace.tangent_x, trace.tangent_y, {"color": color("accent"), "width": 3}, "y", 0),
        "drop": (a, _pairs(low, trace.value[0]), {"color": color("accent"), "dash": "dot", "width": 2}, "y", 17),
        "stem": (a, _pairs(0.0, trace.slope[0]), {"color": color("accent"), "width": 5}, "y2", 13),
    }
    frames: dict[tuple[int, str], np.ndarray] = {}
    for x, y, ink, axis, size in moving.values():
        frames[(len(lines), "x")], frames[(len(lines), "y")] = x, y
        marker = {
            "color": color("accent"),
            "opacity": 1,
            "size": [0, size],
            "line": {"color": color("paper"), "width": 2},
        }
        mode = "lines+markers" if size else "lines"
        lines.append(line(x[start], y[start], ink, yaxis=axis, mode=mode, marker=marker, hoverinfo="skip"))
    figure = figure_of(
        lines,
        {
            "annotations": [*names, *_output_names(trace)],
            "dragmode": False,
            "height": 470,
            "showlegend": False,
            "xaxis": {
                "anchor": "y2",
                "range": [-REACH, REACH],
                "tickvals": list(range(-10, 11, 2)),
                "title": {"text": "a"},
            },
            "yaxis": {
                "domain": [0.5, 1],
                "range": [low, high],
                "tickvals": [0, 5, 10] if function == "relu" else [-1, 0, 1],
                "title": {"text": "value" if function == "softmax" else SYMBOLS[function]},
            },
            "yaxis2": {
                "anchor": "x",
                "domain": [0, 0.44],
                "range": [floor, 1.14],
                "tickvals": list(_TICKS),
                "ticktext": list(_TICKS.values()),
                "title": {"text": "slope"},
                "zeroline": True,
                "zerolinecolor": color("muted"),
            },
        },
    )
    values = [place(stop) for stop in trace.a]
    captions = [point(trace, k) for k in range(len(trace.a))]
    return Deck(figure, "a", values, frames, captions=captions, start=start, along=trace.a.tolist())


def figure_preview(trace: Trace) -> go.Figure:
    """Draw the point at its start as a small picture without a slider."""
    figure = deck_point(trace).figure
    return figure.update_layout(height=260, meta={**figure.layout.meta, "narrow_height": 250})


def _zones(trace: Trace, heights: tuple[float, float], axis: str) -> list[dict[str, Any]]:
    """Hatch where the slope is small: each zone without the next narrower one that lies in it."""
    areas = []
    for number, (limit, shape) in enumerate(zip(LIMITS, _HATCHES, strict=True)):
        spans = trace.zones[limit]
        inner = trace.zones[LIMITS[number + 1]] if number + 1 < len(LIMITS) else ()
        rings = [_clip(span) for span in spans] if not inner else _rings(spans, inner)
        areas.append(area([ring for ring in rings if ring[1] > ring[0]], heights, axis, hatch(shape)))
    return areas


def _rings(spans: Sequence[tuple[float, float]], inner: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [
        _clip((low, near_low) if np.isfinite(low) else (near_high, high))
        for (low, high), (near_low, near_high) in zip(spans, inner, strict=True)
    ]


def _clip(span: tuple[float, float]) -> tuple[float, float]:
    return max(-REACH, span[0]), min(REACH, span[1])


def _zone_names(trace: Trace, heights: tuple[float, float]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Name the zones in the panel of the slope, each by a bar from its border to the edge of the picture."""
    bars, names = [], []
    relu = trace.spec.function == "relu"
    for limit, height in zip(LIMITS[:1] if relu else LIMITS, heights, strict=not relu):
        for span in trace.zones[limit]:
            low, high = _clip(span)
            if high <= low:
                continue
            left = not np.isfinite(span[0])
            ink = {"color": color("ink"), "width": 2}
            marker = {"color": color("ink"), "symbol": "line-ns-open", "size": 12}
            bars.append(
                line(
                    [low, high],
                    [height, height],
                    ink,
                    yaxis="y2",
                    mode="lines+markers",
                    marker=marker,
                    hoverinfo="skip",
                )
            )
            names.append(
                {
                    "text": "slope 0" if relu else f"under {100 * limit:g} %",
                    "x": low if left else high,
                    "xanchor": "left" if left else "right",
                    "xshift": 5 if left else -5,
                    "y": height,
                    "yref": "y2",
                    "yanchor": "top",
                    "showarrow": False,
                    "bgcolor": color("paper"),
                }
            )
    return bars, names


def _output_names(trace: Trace) -> list[dict[str, Any]]:
    """Name the softmax's probabilities at the left end, where they stand apart."""
    if trace.outputs == 1:
        return []
    heights = trace.value[:, 0]
    order = np.argsort(heights, kind="stable")
    placed = heights.copy()
    for before, now in pairwise(order):
        placed[now] = max(placed[now], placed[before] + 0.16)
    placed -= max(0.0, float(placed.max()) - 1.0)
    roles = (FUNCTION_COLORS["softmax"], *_OTHERS)
    return [
        {
            "text": f"p{'₁₂₃₄₅₆'[k]}",
            "x": -REACH,
            "xanchor": "left",
            "xshift": 4 + 26 * (k == 0),
            "y": float(placed[k]),
            "showarrow": False,
            "bgcolor": color("paper"),
            "font": {"color": color(roles[k])},
        }
        for k in range(trace.outputs)
    ]


def _pairs(start: float, ends: np.ndarray) -> np.ndarray:
    return np.stack((np.full_like(ends, start), ends), axis=1)
