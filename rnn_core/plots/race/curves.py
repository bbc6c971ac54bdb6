"""Curves of runs over each other: training reviews thin, held-out reviews thick with marks, names at the ends."""

from collections.abc import Sequence
from math import ceil, floor, log, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.plots.theme import NETWORK_DASHES, STATE_SYMBOLS, color, plain, styled_figure
from rnn_core.race.curves import AXES, COIN, GOAL, QUANTITIES, Curve
from rnn_core.race.experiments import NEVER
from rnn_core.runs import Run

LONGEST_NAME = 22
"""Characters of a run's name that stand in a picture."""

SHORT_NAME = 10
"""Characters of a name that has room behind its line, on a phone, too; a longer one stands above or below its end."""

NEAR = 0.065
"""Names nearer than this part of the height would be written over each other."""


def symbols(runs: Sequence[Run]) -> dict[str, str]:
    """Return a mark for each run by its id: runs of one network have its colour and dash, and different marks."""
    seen: dict[str, int] = {}
    found = {}
    for run in runs:
        number = seen.setdefault(run.spec.architecture, 0)
        found[run.id] = STATE_SYMBOLS[number % len(STATE_SYMBOLS)]
        seen[run.spec.architecture] += 1
    return found


def figure_curves(curves: Sequence[Curve], quantity: str, axis: str) -> go.Figure:
    """Draw curves of a quantity over an axis, by their names in `QUANTITIES` and `AXES`."""
    marks = symbols([curve.run for curve in curves])
    logarithmic = quantity == "gradient"
    low, high = _heights(curves, quantity)
    longest = max((float(curve.training[0].max()) for curve in curves), default=1.0)
    lines = []
    alike = len(curves) > len({curve.run.spec.architecture for curve in curves})
    for curve in curves:
        lines += _lines(curve, marks[curve.run.id], logarithmic, alike)
    height = 390
    return styled_figure(
        lines,
        {
            "annotations": [*_names(curves, (low, high), longest, logarithmic), *_level_names(curves, quantity)],
            "height": height,
            "meta": {"narrow_height": 360},
            "shapes": _levels(curves, quantity),
            "showlegend": False,
            "xaxis": {"range": [0, _room(curves, longest) or 1.0], "title": {"text": AXES[axis]}},
            "yaxis": {
                "range": [low, high],
                "title": {"text": QUANTITIES[quantity]},
                **_ticks(quantity, low, high),
            },
        },
    )


def figure_preview(curves: Sequence[Curve]) -> go.Figure:
    """Draw the accuracies of runs over the seconds as a small picture."""
    figure = figure_curves(curves, "accuracy", "seconds")
    return figure.update_layout(height=260, meta={"narrow_height": 250})


def _lines(curve: Curve, mark: str, logarithmic: bool, alike: bool) -> list[dict[str, Any]]:
    """The training reviews, the held-out ones, and the test; `alike` where runs of one network need their marks."""
    run = curve.run
    role, dash = color(run.spec.architecture), NETWORK_DASHES[run.spec.architecture]
    name = plain(run.name, LONGEST_NAME)
    alone = not curve.held_out.size
    where, values = curve.training
    base = {"type": "scatter", "mode": "lines", "name": name}
    ink = {"color": role, "dash": dash, "simplify": False}
    shown = np.maximum(values, 1e-9) if logarithmic else values
    lines: list[dict[str, Any]] = [
        {
            **base,
            "x": where.astype(np.float32),
            "y": shown.astype(np.float32),
            "mode": "lines+markers" if alone and alike else "lines",
            "marker": {"color": role, "size": 7, "symbol": mark},
            "opacity": 1.0 if alone else 0.5,
            "line": {**ink, "width": 1.5 if logarithmic or not alone else 2.5},
            "hovertemplate": f"{name}, training: %{{y:.3g}}<extra></extra>",
        }
    ]
    if not alone:
        lines.append(
            {
                **base,
                "x": curve.held_out[0].astype(np.float32),
                "y": curve.held_out[1].astype(np.float32),
                "mode": "lines+markers",
                "line": {**ink, "width": 3.5},
                "marker": {"color": role, "size": 10, "symbol": mark},
                "hovertemplate": f"{name}, held-out: %{{y:.3g}}<extra></extra>",
            }
        )
    if curve.test:
        lines.append(
            {
                **base,
                "x": [curve.test[0]],
                "y": [curve.test[1]],
                "mode": "markers",
                "marker": {
                    "color": role,
                    "size": 17,
                    "symbol": "star",
                    "line": {"color": color("paper"), "width": 1.5},
                },
                "hovertemplate": f"{name}, test: %{{y:.3g}}<extra></extra>",
            }
        )
    return lines


def _end(curve: Curve) -> tuple[float, float]:
    """Where the name of a run stands: at its latest point."""
    if curve.test:
        return curve.test
    line = curve.held_out if curve.held_out.size else curve.training
    return float(line[0, -1]), float(line[1, -1])


def _names(
    curves: Sequence[Curve], heights: tuple[float, float], longest: float, logarithmic: bool
) -> list[dict[str, Any]]:
    """The names at the ends of the lines, apart from each other where the ends lie together."""
    low, high = heights
    names: list[dict[str, Any]] = []
    gap = NEAR * (high - low)
    ends = [(curve, *_end(curve)) for curve in curves]
    placed: list[tuple[float, float]] = []
    for curve, x, value in sorted(ends, key=lambda end: -end[2]):
        y = log10(max(value, 1e-9)) if logarithmic else value
        y = min(max(y, low), high)
        for other_x, other_y in placed:
            if abs(other_x - x) < 0.3 * longest and other_y - y < gap:
                y = other_y - gap
        placed.append((x, y))
        name = plain(curve.run.name, LONGEST_NAME)
        left = len(name) <= SHORT_NAME or x < 0.5 * longest
        names.append(
            {
                "text": f"<b>{name}</b>",
                "x": x,
                "y": y,
                "xanchor": "left" if left else "right",
                "xshift": 12 if left else 0,
                "yanchor": "middle",
                "yshift": 0 if left else -18 if y > high - 3 * gap else 18,
                "showarrow": False,
                "bgcolor": color("paper"),
                "font": {"color": color(curve.run.spec.architecture)},
                "opacity": 0.9,
            }
        )
    return names


def _room(curves: Sequence[Curve], longest: float) -> float:
    """The end of the axis: behind the longest run its name has room, if it is short."""
    names = [len(curve.run.name) for curve in curves if _end(curve)[0] > 0.75 * longest]
    return longest * (1.07 + 0.019 * max([size for size in names if size <= SHORT_NAME], default=0))


def _heights(curves: Sequence[Curve], quantity: str) -> tuple[float, float]:
    """The lower and the upper end of the scale; of logarithms for gradients."""
    values = [value for curve in curves for value in (*curve.training[1], *curve.held_out[1:].ravel())]
    values += [curve.test[1] for curve in curves if curve.test]
    if quantity == "accuracy":
        return min([0.45, *(value - 0.02 for value in values)]), 1.02
    if quantity == "loss":
        top = min(1.1 * max([*values, log(2)]), 5.0)
        return -0.03 * top, top
    positive = [max(value, 1e-9) for value in values]
    return floor(log10(min([*positive, 0.1]))), ceil(log10(max([*positive, 10.0])))


def _ticks(quantity: str, low: float, high: float) -> dict[str, Any]:
    if quantity == "accuracy":
        return {"tickformat": ".0%", "dtick": 0.1}
    if quantity == "gradient":
        step = max(1, ceil((high - low) / 6))
        exponents = list(range(int(low), int(high) + 1, step))
        ticks = [10.0**exponent for exponent in exponents]
        return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    return {}


def _level_values(curves: Sequence[Curve], quantity: str) -> dict[str, float]:
    """Levels worth a line: guessing, the goal, and where gradients are clipped, if all agree."""
    if quantity == "accuracy":
        return {"guessing": COIN, "80 %": GOAL}
    if quantity == "loss":
        return {"guessing": log(2)}
    limits = {curve.run.spec.clip_norm for curve in curves}
    return {"clipped above": min(limits)} if len(limits) == 1 and max(limits) < NEVER else {}


def _levels(curves: Sequence[Curve], quantity: str) -> list[dict[str, Any]]:
    ink = {"color": color("muted"), "dash": "dot", "width": 1.5}
    place = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": ink}
    return [{**place, "y0": value, "y1": value} for value in _level_values(curves, quantity).values()]


def _level_names(curves: Sequence[Curve], quantity: str) -> list[dict[str, Any]]:
    return [
        {
            "text": name,
            "xref": "paper",
            "x": 1,
            "xanchor": "right",
            "y": log10(value) if quantity == "gradient" else value,
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"color": color("muted")},
        }
        for name, value in _level_values(curves, quantity).items()
    ]
