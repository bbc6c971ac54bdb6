"""Remedies, each with what it changes: gates held open, an orthogonal start, clipping."""

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from rnn_core.gradient_flow.clipping import BIASES, THRESHOLDS, WEIGHTS, Clipping
from rnn_core.gradient_flow.remedies import Gate, Starts
from rnn_core.gradient_flow.sentences import START_NAMES, clipping_captions, gate_captions
from rnn_core.plots.deck import Deck
from rnn_core.plots.gradient_flow.axes import (
    DASHES,
    drawable,
    figure_of,
    float32_levels,
    line,
    log_axis,
    span,
    steps_axis,
    threshold_level,
)
from rnn_core.plots.theme import color

_START_LOOKS: Final = {"orthogonal": ("lstm", "solid"), "xavier": ("gru", "dash"), "uniform": ("accent", "dashdot")}


def deck_gate(gate: Gate, threshold: float) -> Deck:
    """Draw a gated cell beside the RNN with the same matrix; the slider sets the bias of the gate that keeps."""
    stop = int(np.argmin(np.abs(gate.biases - gate.own_bias)))
    name = gate.cell.upper()
    lines = [
        line(gate.states, gate.rnn, name="RNN, tanh, same matrix", ink="rnn", dash="dot", width=3),
        line(gate.states, gate.log_norm[stop], name=name, ink=gate.cell, dash=DASHES[gate.cell], width=3.5),
    ]
    frames = {(1, "y"): drawable(gate.log_norm)}
    if gate.log_path is not None:
        frames[(2, "y")] = drawable(gate.log_path)
        look: dict[str, Any] = {"name": "through C alone", "ink": gate.cell, "dash": "dot", "width": 2}
        lines.append(line(gate.states, gate.log_path[stop], **look))
    steps = int(gate.states[-1])
    low, high = span(gate.log_norm, gate.rnn)
    figure = figure_of(
        lines,
        {
            "height": 380,
            "shapes": [threshold_level(threshold)],
            "xaxis": steps_axis(steps),
            "yaxis": log_axis(low, high, "part of a change that arrives"),
        },
    )
    values = [f"{bias:g}".replace("-", "−") for bias in gate.biases]
    return Deck(figure, f"bias of the {gate.gate} gate", values, frames, captions=gate_captions(gate), start=stop)


def figure_starts(starts: Starts, threshold: float) -> go.Figure:
    """Draw the RNN with tanh from three starts, each at the size that it is drawn with; other seeds as thin lines."""
    thin, lines = [], []
    for start, values in starts.log_norm.items():
        ink, dash = _START_LOOKS[start]
        name = f"{START_NAMES[start]}, radius {starts.own_radius[start]:.2f}"
        lines.append(line(starts.states, values, name=name, ink=ink, dash=dash, width=3.5))
        # All other seeds are one line with gaps.
        others = np.pad(starts.others[start], ((0, 0), (0, 1)), constant_values=np.nan).ravel()
        states = np.tile([*starts.states, np.nan], len(starts.others[start]))
        look = line(states, others, name=f"{START_NAMES[start]}, other seeds", ink=ink, dash="solid", width=1)
        thin.append({**look, "opacity": 0.6, "showlegend": False})
    low, high = span(*starts.log_norm.values(), *starts.others.values(), least=-300)
    return figure_of(
        [*thin, *lines],
        {
            "height": 380,
            "shapes": [threshold_level(threshold), *float32_levels(low, high)],
            "xaxis": steps_axis(int(starts.states[-1])),
            "yaxis": log_axis(low, high, "part of a change that arrives"),
        },
    )


def deck_clipping(clipping: Clipping) -> Deck:
    """Draw the loss over (w, b) with its cliff, a step without clipping and the way with it; the slider clips."""
    stop = THRESHOLDS.index(1.0)
    surface = {
        "type": "heatmap",
        "x": clipping.weights,
        "y": clipping.biases,
        "z": clipping.loss.astype(np.float32),
        "coloraxis": "coloraxis",
        "hovertemplate": "w %{x:.2f}, b %{y:.2f}: loss %{z:.3f}<extra></extra>",
    }
    step, side = clipping.plain[:2], len(clipping.weights)
    arrow = {"symbol": "arrow", "angleref": "previous", "size": [0, 16]}
    lines: list[dict[str, Any]] = [
        surface,
        {**_path(step, "not clipped", "negative", "dash"), "marker": {**arrow, "color": color("negative")}},
        {
            **_path(clipping.clipped[stop], "clipped, 25 updates", "ink", "solid"),
            "marker": {"color": color("ink"), "size": [0, 11] + [5] * (len(clipping.plain) - 2)},
        },
        {
            **_path(step[:1], "start", "ink", "solid"),
            "mode": "markers",
            "marker": {"color": color("paper"), "line": {"color": color("ink"), "width": 3}, "size": 15},
        },
    ]
    corners = [
        {
            "text": f"loss {clipping.loss[row, column]:.2f}",
            "x": clipping.weights[column],
            "y": clipping.biases[row],
            "bgcolor": color("paper"),
            "showarrow": False,
        }
        for row, column in ((side // 8, side // 8), (7 * side // 8, 7 * side // 8))
    ]
    bar = {
        "thickness": 12,
        "outlinewidth": 0,
        "x": 1.01,
        "xpad": 2,
        "ticklen": 0,
        "nticks": 5,
        "title": {"text": "loss"},
    }
    figure = figure_of(
        lines,
        {
            "annotations": corners,
            "coloraxis": {"cmin": 0, "cmax": 0.5, "colorbar": bar},
            "dragmode": False,
            "height": 430,
            "meta": {"scales": {"coloraxis": "gate"}},
            "xaxis": {"range": list(WEIGHTS), "showgrid": False, "title": {"text": "weight w"}},
            "yaxis": {"range": list(BIASES), "showgrid": False, "title": {"text": "bias b"}},
        },
    )
    frames = {(2, "x"): clipping.clipped[:, :, 0], (2, "y"): clipping.clipped[:, :, 1]}
    values = [f"{threshold:g}" for threshold in THRESHOLDS]
    return Deck(figure, "clipped to the length", values, frames, captions=clipping_captions(clipping), start=stop)


def _path(points: np.ndarray, name: str, ink: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "lines+markers",
        "line": {"color": color(ink), "dash": dash, "width": 3},
        "name": name,
        "hovertemplate": f"w %{{x:.3f}}, b %{{y:.3f}}<extra>{name}</extra>",
    }
