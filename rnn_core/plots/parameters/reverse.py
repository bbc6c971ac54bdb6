"""What a budget of parameters buys: hidden sizes against parameters."""

from typing import Any

import numpy as np

from rnn_core.parameters import ARCHITECTURES, FIRST_BUDGET, NAMES, Reverse, bought
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import NETWORK_DASHES, color, styled_figure

_SYMBOLS = {"rnn": "circle", "gru": "square", "lstm": "diamond"}


def deck_reverse(reverse: Reverse) -> Deck:
    """Draw the largest hidden size against the budget, and above it the sizes compared; the slider is the budget.

    Both axes below are logarithmic; budgets stand on theirs as powers of ten.
    """
    places = np.log10(reverse.budgets)
    start = reverse.budgets.index(FIRST_BUDGET)
    sizes = {name: np.array([np.nan if m is None else m for m in reverse.hidden_sizes[name]]) for name in ARCHITECTURES}
    found = np.concatenate(list(sizes.values()))
    found = found[np.isfinite(found)] if np.isfinite(found).any() else np.array([1.0, 10.0])
    low, high = float(np.log10(found.min())) - 0.15, float(np.log10(found.max())) + 0.15
    ratios = {name: sizes[name] / sizes["rnn"] for name in ARCHITECTURES}
    longest = max([1.0, *(ratio for of in ratios.values() for ratio in of[np.isfinite(of)].tolist())])
    lines: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}

    def moving(x: np.ndarray, y: np.ndarray, **look: Any) -> None:
        """Add a trace that has other places at every stop; a single one stands for all."""
        for axis, values in (("x", x), ("y", y)):
            if len(values) > 1:
                frames[len(lines), axis] = values
        at = {axis: values[start if len(values) > 1 else 0].tolist() for axis, values in (("x", x), ("y", y))}
        lines.append({"type": "scatter", **at, "showlegend": False, "hoverinfo": "skip", **look})

    for name in ARCHITECTURES:
        hover = f"m = %{{y:,}} for %{{text}} parameters<extra>{NAMES[name]}</extra>"
        line = {"color": color(name), "dash": NETWORK_DASHES[name], "width": 3}
        text = [f"{budget:,}" for budget in reverse.budgets]
        look = {"line": line, "mode": "lines", "name": NAMES[name], "text": text, "hovertemplate": hover}
        lines.append({"type": "scatter", "x": places.tolist(), "y": sizes[name].tolist(), **look})
    grey = {"color": color("muted"), "dash": "dot", "width": 1.5}
    moving(np.repeat(places[:, None], 2, 1), np.array([[10**low, 10**high]]), mode="lines", line=grey)
    for row, name in enumerate(ARCHITECTURES):
        pair = np.stack([np.where(np.isfinite(ratios[name]), 0.0, np.nan), ratios[name]], axis=1)
        bar = {"color": color(name), "width": 16}
        moving(pair, np.array([[row, row]]), mode="lines", line=bar, xaxis="x2", yaxis="y2")
    # One trace for the three marks: each trace that moves costs time at every step of the slider.
    marker = {
        "color": [color(name) for name in ARCHITECTURES],
        "symbol": [_SYMBOLS[name] for name in ARCHITECTURES],
        "size": 13,
        "line": {"color": color("paper"), "width": 2},
    }
    moving(np.repeat(places[:, None], 3, 1), np.stack(list(sizes.values()), axis=1), mode="markers", marker=marker)
    ticks = dict(enumerate(("10 k", "100 k", "1 M", "10 M", "100 M"), start=4))
    layout = {
        "dragmode": False,
        "height": 460,
        "legend": {"orientation": "v", "x": 1, "xanchor": "right", "y": 0, "yanchor": "bottom", "itemclick": False},
        "meta": {"narrow_height": 420},
        "xaxis": {
            "range": [places[0] - 0.08, places[-1] + 0.08],
            "tickvals": list(ticks),
            "ticktext": list(ticks.values()),
            "title": {"text": "parameters to spend"},
        },
        "xaxis2": {
            "anchor": "y2",
            "domain": [0, 1],
            "range": [0, 1.02 * longest],
            **({"tickvals": [0, 0.5, 1], "ticktext": ["0", "½", "1"]} if longest < 1.5 else {"nticks": 4}),
            "title": {"text": "units for the same budget, RNN = 1", "standoff": 2},
        },
        "yaxis": {
            "domain": [0, 0.66],
            "range": [low, high],
            "type": "log",
            "dtick": 1,
            "title": {"text": "hidden size m"},
        },
        "yaxis2": {
            "anchor": "x2",
            "domain": [0.8, 1],
            "range": [2.6, -0.6],
            "tickvals": [0, 1, 2],
            "ticktext": [NAMES[name] for name in ARCHITECTURES],
            "showgrid": False,
        },
    }
    figure = styled_figure(lines, layout)
    captions = [bought(reverse, stop) for stop in range(len(reverse.budgets))]
    values = [f"{budget:,}" for budget in reverse.budgets]
    return Deck(figure, "Budget", values, frames, captions=captions, start=start, along=places.tolist())
