"""What the pictures of activation functions are drawn with: lines, hatched areas, axes of powers of ten."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.activations.sentences import power
from rnn_core.plots.theme import color, styled_figure

FUNCTION_COLORS = {"sigmoid": "positive", "tanh": "negative", "relu": "rnn", "softmax": "positive"}
FUNCTION_DASHES = {"sigmoid": "solid", "tanh": "dash", "relu": "dot"}
LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"}


def hatch(shape: str) -> dict[str, Any]:
    """Return the pattern of an area that is told apart without colour."""
    lines = {"fgcolor": color("muted"), "fgopacity": 0.6, "bgcolor": "rgba(0,0,0,0)"}
    return {"shape": shape, "size": 9, "solidity": 0.15, **lines}


def powers(exponents: Sequence[int]) -> list[str]:
    """Return the names of powers of ten for an axis of logarithms."""
    return ["1" if exponent == 0 else power(exponent).split("×")[1].strip() for exponent in exponents]


def area(
    spans: Sequence[tuple[float, float]], heights: tuple[float, float], axis: str, pattern: dict[str, Any]
) -> dict[str, Any]:
    """Return hatched rectangles as one trace."""
    low, high = heights
    x = [place for left, right in spans for place in (left, right, right, left, left, None)]
    y = [height for _ in spans for height in (low, low, high, high, low, None)]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "yaxis": axis,
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillpattern": pattern,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def line(x: Any, y: Any, ink: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a line trace; `ink` is its look."""
    # Left to itself Plotly leaves out points of a line, and bends show.
    return {
        "type": "scatter",
        "x": np.asarray(x, dtype=np.float32),
        "y": np.asarray(y, dtype=np.float32),
        "mode": "lines",
        "line": {"simplify": False, **ink},
        **more,
    }


def figure_of(lines: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """Return a figure in the house's look, a little lower on a phone."""
    meta = {"narrow_height": round(0.92 * layout["height"])}
    return styled_figure(lines, {**layout, "meta": meta})
