"""One product from the inside: every pair of states, and its singular values."""

import numpy as np
import plotly.graph_objects as go

from rnn_core.gradient_flow.inside import Inside
from rnn_core.gradient_flow.sentences import power_of_ten
from rnn_core.plots.gradient_flow.axes import (
    ROLES,
    drawable,
    figure_of,
    float32_levels,
    line,
    log_axis,
    span,
    steps_axis,
    ticks_between,
)


def figure_pairs(inside: Inside) -> go.Figure:
    """Draw the norm of ∂h_t/∂h_i for every pair of states as a heatmap."""
    shown = drawable(inside.log_norm)
    reach = float(np.ceil(np.clip(np.nanmax(np.abs(shown), initial=1.0), 1, 40)))
    heatmap = {
        "type": "heatmap",
        "x": inside.states,
        "y": inside.states,
        "z": shown,
        "coloraxis": "coloraxis",
        "hoverongaps": False,
        "hovertemplate": "from state %{x} to state %{y}: 10^%{z:.1f}<extra></extra>",
    }
    ticks = ticks_between(-reach, reach, 4)
    bar = {"thickness": 12, "outlinewidth": 0, "x": 1.01, "xpad": 2, "ticklen": 0, "tickvals": ticks}
    return figure_of(
        [heatmap],
        {
            "coloraxis": {
                "cmin": -reach,
                "cmax": reach,
                "colorbar": {**bar, "ticktext": [power_of_ten(t) for t in ticks]},
            },
            "height": 400,
            "meta": {"scales": {"coloraxis": "diverging"}},
            "xaxis": {"showgrid": False, "title": {"text": "from state i"}},
            "yaxis": {"showgrid": False, "title": {"text": "to state t"}},
        },
    )


def figure_singular(inside: Inside) -> go.Figure:
    """Draw the largest, the middle and the smallest singular value of the product ∂h_T/∂h_t, over t."""
    role = ROLES[inside.cell]
    names = ("largest singular value", "the one in the middle", "smallest")
    lines = [
        line(inside.begins, values, name=name, ink=role, dash=dash, width=width)
        for values, name, dash, width in zip(
            inside.singular, names, ("solid", "dash", "dot"), (3.5, 2.5, 2.5), strict=True
        )
    ]
    low, high = span(inside.singular, least=-1000, most=1000)
    return figure_of(
        lines,
        {
            "height": 400,
            "shapes": float32_levels(low, high),
            "xaxis": steps_axis(inside.spec.steps),
            "yaxis": log_axis(low, high, "singular values of the product"),
        },
    )
