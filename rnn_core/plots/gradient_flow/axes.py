"""The axes and lines of pictures of gradients.

Sizes are drawn as their log10 on a linear axis whose ticks are named as powers of ten: a slider then moves
points alone, and nothing under- or overflows in the browser either.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from rnn_core.gradient_flow.sentences import FLOAT32_LARGEST, FLOAT32_NORMAL, FLOAT32_SMALLEST, percent, power_of_ten
from rnn_core.plots.theme import NETWORK_DASHES, color, styled_figure

ROLES: Final = {"rnn": "rnn", "sigmoid": "accent", "lstm": "lstm", "gru": "gru"}
DASHES: Final = {**NETWORK_DASHES, "sigmoid": "dashdot"}
SYMBOLS: Final = {"rnn": "circle", "sigmoid": "diamond", "lstm": "square", "gru": "x"}

_LABEL: Final = {"textposition": "start", "padding": 6, "font": {"color": color("muted")}}


def line(x: np.ndarray, log10: np.ndarray, *, name: str, ink: str, dash: str, width: float) -> dict[str, Any]:
    """Return a line of sizes that are given as log10."""
    return {
        "type": "scatter",
        "x": x,
        "y": drawable(log10),
        "mode": "lines" if len(x) > 1 else "markers",
        "line": {"color": color(ink), "dash": dash, "width": width},
        "marker": {"color": color(ink)},
        "name": name,
        "hovertemplate": f"10^%{{y:.1f}}<extra>{name}</extra>",
    }


def drawable(log10: np.ndarray) -> np.ndarray:
    """Return float32 with gaps for what has no logarithm."""
    return np.where(np.isfinite(log10), log10, np.nan).astype(np.float32)


def level(log10: float, text: str, *, below: bool = False) -> dict[str, Any]:
    """Return a line across the picture, with its name at the left end, above it or below."""
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": log10, "y1": log10, "layer": "below",
        "line": {"color": color("muted"), "width": 1.5, "dash": "dot"},
        "label": {**_LABEL, "text": text, "yanchor": "top" if below else "bottom"},
    }  # fmt: skip


def threshold_level(threshold: float) -> dict[str, Any]:
    """Return the line under which a change counts as lost, with its name under it."""
    return level(np.log10(threshold), f"{percent(threshold)} left", below=True)


def float32_levels(low: float, high: float) -> list[dict[str, Any]]:
    """Return lines where float32 ends, as far as they lie in the picture."""
    levels = {
        FLOAT32_SMALLEST: level(FLOAT32_SMALLEST, "float32 underflows to 0", below=True),
        FLOAT32_NORMAL: level(FLOAT32_NORMAL, "float32 loses digits"),
        FLOAT32_LARGEST: level(FLOAT32_LARGEST, "float32 overflows", below=True),
    }
    return [drawn for log10, drawn in levels.items() if low < log10 < high]


def span(*log10: np.ndarray, least: float = -60.0, most: float = 42.0) -> tuple[float, float]:
    """Return the ends of an axis that holds sizes, and 1, with room for the names of lines above 1."""
    sizes = np.concatenate([np.ravel(part) for part in log10] + [np.zeros(1)])
    finite = sizes[np.isfinite(sizes)]
    low = max(least, float(finite.min()) - 0.5)
    return low, min(most, max(float(finite.max()) + 0.5, -0.1 * low, 1.0))


def ticks_between(low: float, high: float, most: int) -> list[int]:
    """Return whole exponents for the ticks of an axis, at an even pace through 0."""
    pace = next((pace for pace in (1, 2, 5, 10, 20) if (high - low) / pace <= most), 50)
    return [k * pace for k in range(int(np.ceil(low / pace)), int(np.floor(high / pace)) + 1)]


def log_axis(low: float, high: float, title: str) -> dict[str, Any]:
    """Return an axis of log10 whose ticks are powers of ten."""
    ticks = ticks_between(low, high, 7)
    return {
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [power_of_ten(tick) for tick in ticks],
        "title": {"text": title},
    }


def steps_axis(steps: int) -> dict[str, Any]:
    """Return an axis over the states 0 … T."""
    title = f"step t of the change (the last is T = {steps})"
    return {"range": [-0.02 * steps, 1.02 * steps], "title": {"text": title}}


def figure_of(lines: Sequence[Mapping[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """Return a figure in the house's look, a little lower on a phone."""
    meta = {"narrow_height": round(0.9 * layout["height"]), **layout.get("meta", {})}
    return styled_figure(lines, {**layout, "meta": meta})
