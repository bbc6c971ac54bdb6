"""A recurrent network beside a feed-forward one while one input is exchanged for another."""

from typing import Any

import numpy as np

from rnn_core.numerals import indexed
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import color, styled_figure
from rnn_core.unfolded_rnn import Comparison
from rnn_core.unfolded_rnn.sentences import remembered, told_class


def deck_memory(comparison: Comparison) -> Deck:
    """Draw the probability of one class after every step in both networks; the slider exchanges one input."""
    T, k = comparison.spec.steps, told_class(comparison)
    steps = np.arange(1, T + 1)
    traces: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}
    panels = (
        ("x", comparison.recurrent, comparison.recurrent_changed),
        ("x2", comparison.feed_forward, comparison.feed_forward_changed),
    )
    for name, before, changed in panels:
        look = {"type": "scatter", "mode": "lines+markers", "x": steps, "xaxis": name, "showlegend": name == "x"}
        traces.append(
            {
                **look,
                "y": before[:, k],
                "name": "as it is",
                "line": {"color": color("muted"), "width": 2, "dash": "dot"},
                "marker": {"symbol": "circle-open", "size": 13, "color": color("muted"), "line": {"width": 2}},
                "hovertemplate": "%{y:.2f}<extra>as it is</extra>",
            }
        )
        frames[len(traces), "y"] = changed[:, :, k]
        traces.append(
            {
                **look,
                "y": changed[0, :, k],
                "name": "with one input exchanged",
                "line": {"color": color("accent"), "width": 3},
                "marker": {"size": 9, "color": color("accent")},
                "hovertemplate": "%{y:.2f}<extra>exchanged</extra>",
            }
        )
        frames[len(traces), "x"] = np.stack((steps, steps), axis=1)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [1, 1],
                "y": [-0.05, 1.05],
                "xaxis": name,
                "line": {"color": color("accent"), "width": 2, "dash": "dash"},
                "name": "the exchanged input",
                "showlegend": name == "x",
                "hoverinfo": "skip",
            }
        )
    title = {"yref": "paper", "y": 1.0, "yanchor": "bottom", "xref": "paper", "xanchor": "left", "showarrow": False}
    axis = {"tickvals": steps, "range": [0.5, T + 0.5], "title": {"text": "step t"}, "showgrid": False}
    figure = styled_figure(
        traces,
        {
            "annotations": [
                {**title, "x": 0, "text": "<b>recurrent</b>"},
                {**title, "x": 0.53, "text": "<b>feed-forward</b>"},
            ],
            "dragmode": False,
            "height": 340,
            "legend": {"y": 1.12},
            "margin": {"t": 60},
            "meta": {"narrow_height": 340},
            "xaxis": {**axis, "domain": [0, 0.47]},
            "xaxis2": {**axis, "domain": [0.53, 1], "anchor": "y"},
            "yaxis": {"title": {"text": f"probability of class {k + 1}"}, "range": [-0.05, 1.05]},
        },
    )
    names = [indexed("x", j) for j in range(1, T + 1)]
    captions = [remembered(comparison, j) for j in range(1, T + 1)]
    return Deck(figure, "another", names, frames, captions=captions)
