"""The whole network as a bar of what its parameters are for."""

import plotly.graph_objects as go

from rnn_core.parameters import ARCHITECTURES, NAMES, Trace
from rnn_core.parameters.sentences import percent
from rnn_core.parameters.tables import KINDS, kinds_there
from rnn_core.plots.parameters.labels import STRENGTHS
from rnn_core.plots.theme import color, styled_figure

TEXTURES = {"embedding": "/", "projection": "|", "output": "x"}
"""Patterns of the kinds that are no part of a gate."""


def figure_shares(trace: Trace, convention: str) -> go.Figure:
    """Draw the whole of each network as a bar of its kinds of parameters, all three on one axis."""
    wholes = {name: trace.count(convention, name) for name in ARCHITECTURES}
    bars = []
    for kind in kinds_there(trace, convention):
        counts = {name: trace.count(convention, name, (kind,)) for name in ARCHITECTURES}
        shares = {name: counts[name] / wholes[name] for name in ARCHITECTURES}
        inks = [color("ink" if kind == "bias" else name) for name in ARCHITECTURES]
        marker = {
            "color": inks,
            "line": {"color": color("paper"), "width": 1},
            "pattern": {"shape": TEXTURES.get(kind, ""), "solidity": 0.25},
        }
        bars.append(
            {
                "type": "bar",
                "orientation": "h",
                "x": list(counts.values()),
                "y": list(range(len(ARCHITECTURES))),
                "name": KINDS[kind],
                "marker": marker,
                "opacity": STRENGTHS.get(kind, 0.6),
                "text": [f"{count:,} = {percent(shares[name])}" for name, count in counts.items()],
                "textposition": "none",
                "hovertemplate": f"<b>%{{y}}</b><br>{KINDS[kind]}: %{{text}}<extra></extra>",
            }
        )
    longest = max(wholes.values())
    totals = {
        "type": "scatter",
        "mode": "text",
        "x": list(wholes.values()),
        "y": list(range(len(ARCHITECTURES))),
        "text": [f" {whole:,}" for whole in wholes.values()],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    layout = {
        "bargap": 0.25,
        "barmode": "stack",
        "dragmode": False,
        "height": 260,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "itemclick": False,
            "traceorder": "normal",
        },
        "meta": {"narrow_height": 260},
        "xaxis": {"range": [0, 1.25 * longest], "nticks": 4, "exponentformat": "none", "separatethousands": True},
        "yaxis": {
            "autorange": "reversed",
            "tickvals": list(range(len(ARCHITECTURES))),
            "ticktext": [f"<b>{NAMES[name]}</b>" for name in ARCHITECTURES],
        },
    }
    return styled_figure([*bars, totals], layout)
