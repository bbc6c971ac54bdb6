"""How far back the trained networks hear, over the words of a text."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.gradient_flow.trained import Trained
from rnn_core.plots.gradient_flow.axes import figure_of, line, log_axis, span, threshold_level
from rnn_core.plots.theme import NETWORK_DASHES, NETWORK_NAMES, plain


def figure_trained(trained: Trained, threshold: float) -> go.Figure:
    """Draw what is left of a change after each word in the last state, in the trained networks and in a toy RNN."""
    lines = []
    for name, values in trained.log_norm.items():
        look: dict[str, Any] = {"name": NETWORK_NAMES[name], "ink": name, "dash": NETWORK_DASHES[name], "width": 3.5}
        lines.append(line(np.arange(len(trained.tokens)), values[1:], **look))
    begun = trained.toy_states > 0
    name = f"toy RNN, radius {trained.radius['rnn'][0]:.2f}"
    look = {"name": name, "ink": "rnn", "dash": "longdash", "width": 1.5}
    lines.append(line(trained.toy_states[begun] - 1, trained.toy_log_norm[begun], **look))
    low, high = span(*trained.log_norm.values(), trained.toy_log_norm, np.log10([threshold]), least=-300)
    words = {
        "labelalias": {str(k): plain(token) for k, token in enumerate(trained.tokens)},
        "range": [-0.5, max(len(trained.tokens), 1) - 0.5],
        "tick0": 0,
        "dtick": 1,
        "tickangle": -45,
    }
    return figure_of(
        lines,
        {
            "height": 400,
            "meta": {"words": ["xaxis"]},
            "shapes": [threshold_level(threshold)],
            "xaxis": words,
            "yaxis": log_axis(low, high, "part that reaches the end"),
        },
    )
