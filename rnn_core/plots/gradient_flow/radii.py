"""What is left of a change at every spectral radius, and where the claim of eight to ten steps holds."""

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from rnn_core.gradient_flow.sentences import CELL_NAMES, CLAIM, captions, percent
from rnn_core.gradient_flow.sweep import Trace, bound, scalar_product, steps_until
from rnn_core.gradient_flow.toy import CELLS
from rnn_core.plots.deck import Deck
from rnn_core.plots.gradient_flow.axes import (
    DASHES,
    ROLES,
    SYMBOLS,
    drawable,
    figure_of,
    float32_levels,
    line,
    log_axis,
    steps_axis,
    threshold_level,
)
from rnn_core.plots.theme import color

BESIDE: Final = {"none": "norms alone", "scalar": "+ scalar product", "bound": "+ bound"}
"""What the first picture may show beside the norms."""


def deck_flow(trace: Trace, threshold: float, beside: str = "none") -> Deck:
    """Draw what is left of a change of the state at t in the last state; the slider sets the spectral radius."""
    stop = start_stop(trace)
    lines: list[dict[str, Any]] = []
    frames: dict[tuple[int, str], np.ndarray] = {}

    def add(values: np.ndarray, look: dict[str, Any]) -> None:
        frames[(len(lines), "y")] = drawable(values)
        lines.append(line(trace.states, values[stop], **look))

    for cell in CELLS:
        add(trace.log_norm[cell], {"name": CELL_NAMES[cell], "ink": ROLES[cell], "dash": DASHES[cell], "width": 3.5})
    add(trace.log_path, {"name": "LSTM by C alone", "ink": "lstm", "dash": "dot", "width": 2})
    for cell in ("rnn", "sigmoid") if beside != "none" else ():
        values = scalar_product(trace, cell) if beside == "scalar" else bound(trace, cell)
        factor = "(w·f′)" if beside == "scalar" else "(γ·σ<sub>max</sub>)"
        name = f"{factor}<sup>T−t</sup>, {CELL_NAMES[cell].split(', ')[1]}"
        add(values, {"name": name, "ink": ROLES[cell], "dash": "longdash", "width": 1.5})
    steps = trace.spec.steps
    low, high = -min(56.0, max(8.0, 0.28 * steps)), min(42.0, max(5.0, 0.16 * steps + 0.05 * max(0, steps - 50)))
    figure = figure_of(
        lines,
        {
            "height": 430,
            "shapes": [threshold_level(threshold), *float32_levels(low, high)],
            "xaxis": steps_axis(steps),
            "yaxis": log_axis(low, high, "part of a change that arrives"),
        },
    )
    return Deck(
        figure,
        "spectral radius",
        [f"{radius:g}" for radius in trace.radii],
        frames,
        captions=captions(trace, threshold),
        start=stop,
    )


def deck_claim(trace: Trace, threshold: float) -> Deck:
    """Draw over the radius after how many steps less than a threshold is left, with the band of the claim."""
    stop, top = start_stop(trace), trace.spec.steps
    lines: list[dict[str, Any]] = []
    for cell in CELLS:
        steps = steps_until(trace, trace.log_norm[cell], threshold)
        never = np.isnan(steps)
        lines.append(
            {
                "type": "scatter",
                "x": trace.radii,
                "y": np.where(never, top, steps),
                "mode": "lines+markers",
                "line": {"color": color(ROLES[cell]), "dash": DASHES[cell], "width": 2.5},
                "marker": {
                    "color": color(ROLES[cell]),
                    "size": np.where(never, 11, 5),
                    "line": {"width": 0},
                    "symbol": ["triangle-up-open" if lost else SYMBOLS[cell] for lost in never],
                },
                "customdata": [
                    f"never in {top} steps" if lost else f"after {k:.0f} steps"
                    for lost, k in zip(never, steps, strict=True)
                ],
                "hovertemplate": f"radius %{{x:g}}: %{{customdata}}<extra>{CELL_NAMES[cell]}</extra>",
                "name": CELL_NAMES[cell],
            }
        )
    marker = np.repeat(trace.radii[:, None], 2, axis=1)
    lines.append(
        {
            "type": "scatter",
            "x": marker[stop],
            "y": [1, top],
            "mode": "lines",
            "line": {"color": color("ink"), "width": 2},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    band = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": CLAIM[0], "y1": CLAIM[1], "layer": "below",
        "fillcolor": color("positive"), "opacity": 0.22, "line": {"width": 0},
        "label": {"text": "8 to 10 steps", "textposition": "middle right", "font": {"color": color("ink")}},
    }  # fmt: skip
    ticks = [k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if k <= top]
    figure = figure_of(
        lines,
        {
            "dragmode": False,
            "height": 400,
            "shapes": [band],
            "xaxis": {"range": [0, 4.1], "title": {"text": "spectral radius"}},
            "yaxis": {
                "range": [-0.05, float(np.log10(max(top, 2))) + 0.06],
                "tickvals": ticks,
                "title": {"text": f"steps until {percent(threshold)} is left"},
                "type": "log",
            },
        },
    )
    radii = [f"{radius:g}" for radius in trace.radii]
    return Deck(
        figure, "spectral radius", radii, {(len(lines) - 1, "x"): marker}, start=stop, along=trace.radii.tolist()
    )


def figure_preview(trace: Trace) -> go.Figure:
    """Draw the first picture small, at radius 1."""
    figure = deck_flow(trace, 0.01).figure
    figure.layout.shapes = ()
    return figure.update_layout(height=260, meta={**figure.layout.meta, "narrow_height": 250})


def start_stop(trace: Trace) -> int:
    """Return the stop of the slider that is shown first: radius 1."""
    return int(np.argmin(np.abs(trace.radii - 1)))
