"""Pictures of the gradients: the terms of the sum over the steps, Jacobians, truncation, learning rates."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.numerals import indexed
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import color, styled_figure
from rnn_core.unfolded_rnn import Trace, Updates, pair_terms, state_jacobians
from rnn_core.unfolded_rnn.learning import (
    MILESTONES,
    on_jacobians,
    on_truncation,
    on_updates,
    shares_of,
    truncation_of,
)
from rnn_core.unfolded_rnn.writing import decimal, significant


def figure_terms(trace: Trace, name: str) -> go.Figure:
    """Draw what every step adds to one gradient: how much, and how much of it along the whole gradient.

    With a loss at every step, a second panel shows from which loss and through which step each term comes.
    """
    shares, T = shares_of(trace, name), trace.spec.steps
    steps = np.arange(1, T + 1)
    angles = np.degrees(np.arccos(shares.cosines))
    size = {
        "type": "bar",
        "x": steps,
        "y": shares.norms,
        "width": 0.72,
        "name": "size of the term, angle to the whole",
        "text": [f"{angle:.0f}°" if norm else "" for angle, norm in zip(angles, shares.norms, strict=True)],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": "rgba(0,0,0,0)", "line": {"color": color("ink"), "width": 1.5}},
        "hovertemplate": "%{y:.3g}<extra>size</extra>",
    }
    along, against = (
        {
            "type": "bar",
            "x": steps,
            "y": part,
            "width": 0.46,
            "name": name,
            "showlegend": bool(part.any()),
            "marker": {"color": color(role), "pattern": {"shape": shape, "solidity": 0.4}},
            "hovertemplate": "%{y:.3g}<extra></extra>",
        }
        for name, part, role, shape in (
            ("part along the whole", np.maximum(shares.along, 0), "positive", ""),
            ("part against it", np.minimum(shares.along, 0), "negative", "/"),
        )
    )
    bottom, top = min(0.0, float(shares.along.min())), float(shares.norms.max()) or 1.0
    layout: dict[str, Any] = {
        "barmode": "overlay",
        "height": 340,
        "legend": {"traceorder": "normal"},
        "margin": {"t": 34},
        "xaxis": {"title": {"text": "step i"}, "tickvals": steps, "range": [0.4, T + 0.6], "showgrid": False},
        "yaxis": {
            "title": {"text": f"part of ∇{name}"},
            "range": [1.2 * bottom, 1.2 * top],
            "exponentformat": "power",
            "zeroline": True,
            "zerolinecolor": color("muted"),
        },
    }
    if trace.spec.loss == "last" or T == 1:
        return _figure([size, along, against], layout)
    pairs = _pairs(trace, name)
    layout["height"] = 560
    layout["meta"] = {"scales": {"coloraxis": "gate"}}
    layout["coloraxis"] = {"cmin": 0, "cmax": max(float(np.nanmax(pairs["z"])), 1e-12), "showscale": False}
    layout["xaxis"]["anchor"] = "y2"
    layout["yaxis"]["domain"] = [0.5, 1]
    losses = {"title": {"text": "loss t"}, "tickvals": steps, "showgrid": False}
    layout["yaxis2"] = {**losses, "autorange": "reversed", "domain": [0, 0.42]}
    return _figure([size, along, against, pairs], layout)


def _pairs(trace: Trace, name: str) -> dict[str, Any]:
    """The size of every single term: which loss t it comes from, through which step i."""
    T = trace.spec.steps
    norms = np.linalg.norm(pair_terms(trace, name).reshape(T, T, -1), axis=2)
    inside = np.tri(T, dtype=bool)
    return {
        "type": "heatmap",
        "x": np.arange(1, T + 1),
        "y": np.arange(1, T + 1),
        "yaxis": "y2",
        "z": np.where(inside, norms, np.nan).astype(np.float32),
        "text": [[significant(float(norms[t, i])) if inside[t, i] else "" for i in range(T)] for t in range(T)],
        "texttemplate": "%{text}",
        "coloraxis": "coloraxis",
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": "loss %{y} through step %{x}: %{text}<extra></extra>",
    }


def deck_jacobians(trace: Trace, t: int) -> Deck:
    """Draw ∂h_t/∂h_i as a matrix; the slider goes back from i = t to 0."""
    products = state_jacobians(trace, t)[::-1]
    m = products.shape[1]
    units = np.arange(1, m + 1)
    texts = np.array([[[decimal(value) for value in row] for row in product] for product in products], dtype=object)
    largest = max(1.0, float(np.abs(products).max()))
    start = min(2, t)
    heatmap = {
        "type": "heatmap",
        "x": units,
        "y": units,
        "z": products[start].astype(np.float32),
        "text": texts[start].tolist(),
        "texttemplate": "%{text}",
        "coloraxis": "coloraxis",
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{text}<extra></extra>",
    }
    h = indexed("h", t)
    figure = _figure(
        [heatmap],
        {
            "coloraxis": {"cmin": -largest, "cmax": largest, "showscale": False},
            "height": 300,
            "meta": {"scales": {"coloraxis": "diverging"}},
            "xaxis": {"title": {"text": "unit of the earlier state"}, "tickvals": units, "showgrid": False},
            "yaxis": {"title": {"text": f"unit of {h}"}, "tickvals": units, "autorange": "reversed", "showgrid": False},
        },
    )
    names = [f"∂{h}/∂{indexed('h', i)}" for i in range(t, -1, -1)]
    frames = {(0, "z"): products, (0, "text"): texts}
    return Deck(figure, "back to", names, frames, captions=on_jacobians(trace, t), start=start)


def deck_truncation(trace: Trace, name: str) -> Deck:
    """Draw the truncated gradient as an arrow beside the whole one; the slider sets how many steps it goes back."""
    measured, T = truncation_of(trace, name), trace.spec.steps
    tips = np.stack((measured.along, measured.across), axis=1)
    start = min(1, T - 1)
    arrow = {"type": "scatter", "mode": "lines+markers", "hoverinfo": "skip"}
    head = {"symbol": "arrow", "angleref": "previous", "size": [0, 14]}
    whole = {"x": [0, 1], "y": [0, 0], "line": {"color": color("muted"), "width": 4, "dash": "dot"}}
    frames = {
        (3, "x"): np.stack((np.zeros(T), tips[:, 0]), axis=1),
        (3, "y"): np.stack((np.zeros(T), tips[:, 1]), axis=1),
        (2, "x"): np.stack((tips[:, 0], np.ones(T)), axis=1),
        (2, "y"): np.stack((tips[:, 1], np.zeros(T)), axis=1),
    }
    dots = {
        "type": "scatter",
        "x": tips[:, 0],
        "y": tips[:, 1],
        "mode": "markers+text",
        "marker": {"color": color("muted"), "size": 8, "symbol": "circle-open"},
        "text": [f"N={N}" if N == 0 or np.hypot(*(tips[N] - tips[N - 1])) > 0.06 else "" for N in range(T)],
        "textposition": "top center",
        "textfont": {"color": color("muted")},
        "name": "tips for other N",
        "hovertemplate": "N = %{pointNumber}<extra></extra>",
    }
    left, right = min(-0.1, float(tips[:, 0].min()) - 0.1), max(1.15, float(tips[:, 0].max()) + 0.15)
    figure = _figure(
        [
            {**arrow, **whole, "marker": {**head, "color": color("muted")}, "name": "whole gradient"},
            dots,
            {
                "type": "scatter", "mode": "lines", "hoverinfo": "skip", "name": "what is lost",
                "x": frames[2, "x"][start], "y": frames[2, "y"][start],
                "line": {"color": color("negative"), "width": 3, "dash": "dash"},
            },
            {
                **arrow, "x": frames[3, "x"][start], "y": frames[3, "y"][start], "name": "truncated",
                "line": {"color": color("accent"), "width": 5}, "marker": {**head, "color": color("accent")},
            },
        ],
        {
            "height": 340,
            "margin": {"t": 34},
            "xaxis": {
                "title": {"text": "along the whole gradient, in its lengths"},
                "range": [left, right], "constrain": "domain",
            },
            "yaxis": {
                "title": {"text": "across"}, "range": [-0.12, max(0.45, 1.25 * float(tips[:, 1].max()))],
                "scaleanchor": "x", "constrain": "domain", "zeroline": True, "zerolinecolor": color("grid"),
            },
        },
    )  # fmt: skip
    return Deck(
        figure, "steps back N", [str(N) for N in range(T)], frames, captions=on_truncation(trace, name), start=start
    )


def deck_updates(updates: Updates) -> Deck:
    """Draw the loss over the updates; the slider sets the learning rate."""
    count = updates.losses.shape[1]
    start = int(np.argmin(np.abs(updates.rates - 0.5)))
    # One update, ten and a hundred are all to be seen: the axis is that of log(1 + k).
    places = np.log10(1 + np.arange(count))
    marked = [k for k in (0, *MILESTONES) if k < count]
    before = updates.losses[0, 0]
    ticks = [k for k in (0, 1, 2, 5, 10, 20, 50, 100) if k < count]
    dots = {"color": color("accent"), "size": 11, "line": {"color": color("paper"), "width": 2}}
    shown = np.minimum(updates.losses, 50 * before + 1)  # far above the picture; Plotly need not draw farther
    figure = _figure(
        [
            {
                "type": "scatter", "mode": "lines", "x": places, "y": shown[start].astype(np.float32),
                "line": {"color": color("accent"), "width": 3}, "hoverinfo": "skip",
            },
            {
                "type": "scatter", "mode": "markers", "x": places[marked], "y": shown[start, marked],
                "marker": dots, "hovertemplate": "%{y:.3g}<extra></extra>",
            },
        ],
        {
            "height": 330,
            "showlegend": False,
            "shapes": [
                {
                    "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": before, "y1": before,
                    "line": {"color": color("muted"), "width": 1.5, "dash": "dot"},
                }
            ],
            "xaxis": {
                "title": {"text": "updates"}, "range": [-0.05, places[-1] + 0.05],
                "tickvals": places[ticks], "ticktext": [str(k) for k in ticks],
            },
            "yaxis": {"title": {"text": "loss"}, "range": [-0.06 * before, 2.5 * before + 1e-9]},
        },
    )  # fmt: skip
    frames = {(0, "y"): shown, (1, "y"): shown[:, marked]}
    names = [f"{rate:g}" for rate in updates.rates]
    return Deck(figure, "learning rate", names, frames, captions=on_updates(updates), start=start)


def _figure(traces: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    height = layout["height"]
    meta = {"narrow_height": round(0.95 * height), **layout.get("meta", {})}
    return styled_figure(traces, {**layout, "dragmode": False, "meta": meta})
