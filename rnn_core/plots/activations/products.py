"""Products of equal slopes: over the pre-activation, where a window narrows, and over the steps, on a log axis."""

from typing import Any

import numpy as np

from rnn_core.activations import Products
from rnn_core.activations.products import SMALLEST_FLOAT32
from rnn_core.activations.sentences import here, place, window
from rnn_core.plots.activations.drawing import (
    FUNCTION_COLORS,
    FUNCTION_DASHES,
    LEGEND,
    area,
    figure_of,
    hatch,
    line,
    powers,
)
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import color

STEPS = 10
"""How many slopes are multiplied at first."""

_DEEPEST = -62.0  # log10, where the picture ends: below (1/4)^100


def deck_window(products: Products) -> Deck:
    """Draw f′(a)^T over a; the slider multiplies more slopes, and the hump narrows to nothing."""
    start = STEPS - 1
    lines: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}
    for name, label in (("relu", "ReLU"), ("sigmoid", "sigmoid"), ("tanh", "tanh")):
        if name != "relu":  # 0 or 1 to any power is what it was
            frames[(len(lines), "y")] = products.share[name]
        ink = {
            "color": color(FUNCTION_COLORS[name]),
            "dash": FUNCTION_DASHES[name],
            "shape": "vh" if name == "relu" else "linear",
            "width": 3 if name == "relu" else 4,
        }
        hover = f"a = %{{x:.2f}}: %{{y:.2g}} left<extra>{label}</extra>"
        lines.append(line(products.a, products.share[name][start], ink, name=label, hovertemplate=hover))
    for name, height in (("tanh", -0.06), ("sigmoid", -0.1)):
        width = products.window[name]
        frames[(len(lines), "x")] = np.stack((-width, width), axis=1)
        frames[(len(lines), "y")] = np.full((len(width), 2), height)
        ink = {"color": color(FUNCTION_COLORS[name]), "width": 7}
        x, y = (frames[(len(lines), axis)][start] for axis in "xy")
        lines.append(line(x, y, ink, name=f"{name}: 1 % or more", showlegend=name == "tanh", hoverinfo="skip"))
    figure = figure_of(
        lines,
        {
            "height": 360,
            "legend": LEGEND,
            "margin": {"t": 34},
            "xaxis": {"range": [-4, 4], "tickvals": list(range(-4, 5)), "title": {"text": "a, at every step"}},
            "yaxis": {
                "range": [-0.14, 1.05],
                "tickvals": [0, 0.25, 0.5, 1],
                "ticktext": ["0", "1/4", "1/2", "all"],
                "title": {"text": "left of a change"},
            },
        },
    )
    captions = [window(products, t) for t in range(len(products.steps))]
    return Deck(figure, "steps T", [str(T) for T in products.steps], frames, captions=captions, start=start)


def deck_here(products: Products) -> Deck:
    """Draw the same products over T on a log axis: at their best, and at the place that the reader chose."""
    start = STEPS - 1
    end, edge = float(products.steps[-1]), float(np.log10(SMALLEST_FLOAT32))
    lines = [area([(0.0, end)], (_DEEPEST, edge), "y", hatch("/"))]
    steps = np.concatenate(([0], products.steps))
    courses, roles = [], []
    for name, label in (("sigmoid", "sigmoid"), ("tanh", "tanh")):
        for where, course, dash, width in (
            ("at best", products.best[name], "solid", 4),
            (f"at a = {place(products.at)}", products.here[name], "dot", 3),
        ):
            heights = np.where(np.isfinite(course), course, np.nan)
            courses.append(heights)
            roles.append(FUNCTION_COLORS[name])
            ink = {"color": color(roles[-1]), "dash": dash, "width": width}
            exponent = f"{label}, {where}: 10^%{{y:.1f}} after %{{x}} steps<extra></extra>"
            lines.append(
                line(steps, np.concatenate(([0.0], heights)), ink, name=f"{label} {where}", hovertemplate=exponent)
            )
    y = np.stack(courses, axis=1)
    frames = {
        (len(lines), "x"): np.repeat(products.steps[:, None], len(courses), axis=1),
        (len(lines), "y"): np.where(y >= _DEEPEST, y, np.nan),
    }
    marker = {
        "color": [color(role) for role in roles],
        "line": {"color": color("paper"), "width": 2},
        "size": 14,
        "symbol": ["circle", "diamond", "circle", "diamond"],
    }
    x, y = (frames[(len(lines), axis)][start] for axis in "xy")
    lines.append(line(x, y, {}, mode="markers", marker=marker, showlegend=False, hoverinfo="skip"))
    floor = {
        "text": "float32 holds 0 here",
        "x": 0,
        "xanchor": "left",
        "xshift": 6,
        "y": (edge + _DEEPEST) / 2,
        "showarrow": False,
        "bgcolor": color("paper"),
    }
    ticks = list(range(0, -61, -10))
    figure = figure_of(
        lines,
        {
            "annotations": [floor],
            "dragmode": False,
            "height": 360,
            "legend": LEGEND,
            "margin": {"t": 34},
            "xaxis": {"range": [0, end + 2], "title": {"text": "steps T"}},
            "yaxis": {
                "range": [_DEEPEST, 4],
                "tickvals": ticks,
                "ticktext": powers(ticks),
                "title": {"text": "left of a change"},
            },
        },
    )
    captions = [here(products, t) for t in range(len(products.steps))]
    along = products.steps.tolist()
    return Deck(figure, "steps T", [str(T) for T in along], frames, captions=captions, start=start, along=along)
