"""How far a value is from its end, as exact arithmetic and as three kinds of computer numbers have it."""

import numpy as np

from rnn_core.activations import Rounding
from rnn_core.activations.sentences import place, rounded
from rnn_core.plots.activations.drawing import LEGEND, figure_of, line, powers
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import color

_LOOKS = {
    "exact": ("muted", "solid", "x"),
    "float16": ("gru", "dot", "square"),
    "float32": ("accent", "solid", "circle"),
    "float64": ("lstm", "dash", "diamond"),
}
_START = {"sigmoid": 20.0, "softmax": 20.0, "tanh": 10.0}  # where float32 has given up and float64 has not


def deck_rounding(rounding: Rounding) -> Deck:
    """Draw how far a value is from its end, exactly and in three kinds of number; the slider goes far out."""
    deepest = float(np.floor(rounding.gap.min())) - 2
    floor = deepest - 0.1 * abs(deepest)  # a distance of 0, which has no place on a log axis
    courses = {"exact": rounding.gap, **rounding.rounded}
    shown = {name: np.where(np.isfinite(course), course, floor) for name, course in courses.items()}
    lines = [
        line(
            rounding.a,
            shown[name],
            {"color": color(role), "dash": dash, "width": 2 if name == "exact" else 4},
            name=name,
            hovertemplate=f"a = %{{x:.1f}}<extra>{name}</extra>",
        )
        for name, (role, dash, _) in _LOOKS.items()
    ]
    start = int(np.argmin(np.abs(rounding.a - _START[rounding.function])))
    frames = {
        (len(lines), "x"): np.repeat(rounding.a[:, None], len(shown), axis=1),
        (len(lines), "y"): np.stack(list(shown.values()), axis=1),
    }
    marker = {
        "color": [color(role) for role, _, _ in _LOOKS.values()],
        "line": {"color": color("paper"), "width": 1},
        "size": 14,
        "symbol": [symbol for _, _, symbol in _LOOKS.values()],
    }
    x, y = (frames[(len(lines), axis)][start] for axis in "xy")
    lines.append(line(x, y, {}, mode="markers", marker=marker, showlegend=False, hoverinfo="skip"))
    step = 10 if deepest < -30 else 5
    ticks = list(range(0, int(deepest), -step))
    low, high = rounding.bounds
    figure = figure_of(
        lines,
        {
            "dragmode": False,
            "height": 380,
            "legend": LEGEND,
            "margin": {"t": 34},
            "xaxis": {"range": [float(rounding.a[0]), float(rounding.a[-1])], "title": {"text": "a"}},
            "yaxis": {
                "range": [floor - 0.05 * abs(deepest), 2],
                "tickvals": [*ticks, floor],
                "ticktext": [*powers(ticks), "0"],
                "title": {"text": f"distance from {low:g} or {high:g}".replace("-", "−")},
            },
        },
    )
    values = [place(stop) for stop in rounding.a]
    captions = [rounded(rounding, k) for k in range(len(rounding.a))]
    return Deck(figure, "a, far out", values, frames, captions=captions, start=start, along=rounding.a.tolist())
