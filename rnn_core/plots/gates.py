"""Pictures of networks that read a text: running probability, gates, single units, reach."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from rnn_core.gates import Trace
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import NETWORK_DASHES, NETWORK_NAMES, TEMPLATE, color, plain
from rnn_core.reading import Columns, hold, spread

QUANTITY_NAMES = {
    "forget_gate": "forget gate",
    "input_gate": "input gate",
    "output_gate": "output gate",
    "update_gate": "update gate",
    "reset_gate": "reset gate",
    "candidate": "candidate",
    "cell": "cell state",
    "hidden": "hidden state",
}
SIGNED = ("candidate", "cell", "hidden")
"""Quantities that are drawn around 0; the gates lie in (0, 1)."""

_DASHES = ("solid", "dash", "dot")
_ROLES = ("lstm", "gru", "rnn")


def deck_probability(
    traces: Mapping[str, Trace], columns: Columns, changed: Mapping[str, Trace] | None = None, start: int | None = None
) -> Deck:
    """Running probability of every network after every word; the slider walks along the text.

    With a second run, the first is drawn thin.
    """
    labels = columns.labels
    figure = _figure(labels, height=330, narrow_height=300)
    figure.add_hline(y=50, line={"color": color("muted"), "width": 1, "dash": "dot"})
    frames: dict[tuple[int, str], np.ndarray] = {}
    last = len(labels) - 1
    start = last if start is None else min(start, last)
    ends = []
    for name, trace in traces.items():
        runs = [(trace, columns.first, changed is not None)]
        if changed is not None:
            runs.append((changed[name], columns.second, False))
        for run, tokens, faint in runs:
            after = 100 * hold(run.probability[1:], tokens, run.probability[0])
            figure.add_scatter(
                x0=0,
                dx=1,
                y=after.astype(np.float32),
                mode="lines" if len(labels) > 1 else "markers",
                line={"color": color(name), "dash": NETWORK_DASHES[name], "width": 1.2 if faint else 3},
                opacity=0.55 if faint else 1,
                name=NETWORK_NAMES[name] + (" as typed" if faint else ""),
                hovertemplate="%{y:.0f} % positive<extra>" + NETWORK_NAMES[name] + "</extra>",
                showlegend=False,
            )
        frames[(len(figure.data), "x")] = np.arange(len(labels))[:, None]
        frames[(len(figure.data), "y")] = after[:, None]
        figure.add_scatter(
            x=[start],
            y=[float(after[start])],
            mode="markers",
            marker={"color": color(name), "size": 12, "line": {"color": color("paper"), "width": 2}},
            hoverinfo="skip",
            showlegend=False,
        )
        ends.append((name, float(after[-1]), after))
    for (name, end, _), height in zip(ends, _apart([end for _, end, _ in ends], 9), strict=True):
        figure.add_annotation(
            x=1,
            xref="paper",
            y=height,
            text=f"<b>{NETWORK_NAMES[name]}</b> {end:.0f} %",
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"color": color(name)},
        )
    figure.update_yaxes(
        range=[-4, 104],
        tickvals=[0, 50, 100],
        ticktext=["0 %", "50 %", "100 %"],
        title={"text": "positive, so far"},
    )
    figure.update_layout(margin={"r": 96})
    captions = [
        f"After “{label}”: " + ", ".join(f"{NETWORK_NAMES[name]} {after[k]:.0f} %" for name, _, after in ends)
        for k, label in enumerate(labels)
    ]
    return Deck(figure, "word", labels, frames, captions=captions, start=start)


def figure_gates(
    trace: Trace, quantity: str, order: Sequence[int], columns: Columns, run: str = "first", minus: Trace | None = None
) -> go.Figure:
    """Heatmap of a quantity, tokens by units in the given order.

    Args:
        trace: the run to draw.
        quantity: a key of `trace.quantities`.
        order: (m,) the unit of each row, the first on top.
        columns: the places of the tokens.
        run: "first" or "second", which of the runs in `columns` the trace is.
        minus: with it, the difference to this first run is drawn.

    """
    tokens = columns.first if run == "first" else columns.second
    values = spread(trace.quantities[quantity], tokens)
    if minus is not None:
        values = values - spread(minus.quantities[quantity], columns.first)
    signed = minus is not None or quantity in SIGNED
    units = np.asarray(order)
    shown = values[:, units].T
    largest = float(np.nanmax(np.abs(shown), initial=0.0)) if np.isfinite(shown).any() else 1.0
    figure = _figure(columns.labels, height=430, narrow_height=380)
    figure.add_heatmap(
        z=shown.astype(np.float32),
        customdata=np.broadcast_to(units[:, None].astype(np.int16), shown.shape),
        coloraxis="coloraxis",
        hoverongaps=False,
        hovertemplate="unit %{customdata}: %{z:.2f}<extra></extra>",
    )
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        title={"text": "units"},
        labelalias={str(row): str(unit) for row, unit in enumerate(units)},
        dtick=max(1, len(units) // 10),
        tick0=0,
    )
    figure.update_xaxes(showgrid=False)
    bounds = {"cmin": -max(largest, 1e-6), "cmax": max(largest, 1e-6)} if signed else {"cmin": 0, "cmax": 1}
    name = QUANTITY_NAMES[quantity]
    figure.update_layout(
        coloraxis={
            **bounds,
            "colorbar": {"thickness": 12, "len": 1, "outlinewidth": 0, "x": 1.01, "xpad": 2, "ticklen": 0, "nticks": 3},
        },
        meta={**figure.layout.meta, "scales": {"coloraxis": "diverging" if signed else "gate"}},
        title=None,
        annotations=[
            {
                "text": f"<b>{NETWORK_NAMES[trace.architecture]}</b> {name}" + (", difference" if minus else ""),
                "x": 0, "xref": "paper", "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom",
                "showarrow": False,
            }
        ],
        margin={"t": 30},
    )  # fmt: skip
    return figure


def deck_units(
    trace: Trace, order: Sequence[int], columns: Columns, start: int = 0, changed: Trace | None = None
) -> Deck:
    """Gates above, states below, of one unit over the text; the slider walks over the units.

    With a second run, its lines are thick and those of the first thin.
    """
    gates = [name for name in trace.quantities if name not in SIGNED]
    states = [name for name in trace.quantities if name in SIGNED and name != "candidate"]
    units = np.asarray(order)
    panels = [panel for panel in (gates, states) if panel]
    figure = make_subplots(
        rows=len(panels), cols=1, shared_xaxes=True, vertical_spacing=0.08,
        row_heights=[0.5, 0.5] if len(panels) == 2 else [1.0],
    )  # fmt: skip
    _dress(
        figure,
        columns.labels,
        height=430,
        narrow_height=380,
        axes=[f"xaxis{k + 1 if k else ''}" for k in range(len(panels))],
    )
    frames: dict[tuple[int, str], np.ndarray] = {}
    runs = [(trace, columns.first, changed is not None)]
    if changed is not None:
        runs.append((changed, columns.second, False))
    for row, panel in enumerate(panels, start=1):
        for number, name in enumerate(panel):
            for run, tokens, faint in runs:
                values = spread(run.quantities[name], tokens)[:, units].T
                frames[(len(figure.data), "y")] = values
                figure.add_scatter(
                    x0=0, dx=1, y=values[start].astype(np.float32), row=row, col=1,
                    connectgaps=True,
                    mode="lines" if len(columns.labels) > 1 else "markers",
                    line={
                        "color": color(_ROLES[number]), "dash": _DASHES[number], "width": 1.2 if faint else 2.5,
                        "shape": "linear",
                    },
                    opacity=0.55 if faint else 1,
                    name=QUANTITY_NAMES[name],
                    legend="legend" if row == 1 else "legend2",
                    showlegend=not faint,
                    hovertemplate="%{y:.2f}<extra>" + QUANTITY_NAMES[name] + "</extra>",
                )  # fmt: skip
    if gates:
        figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], row=1, col=1)
    figure.update_yaxes(zeroline=True, zerolinecolor=color("muted"), nticks=4, row=len(panels), col=1)
    bottom = {"legend2": {**_LEGEND, "y": 0.46}} if len(panels) == 2 else {}
    figure.update_layout(legend={**_LEGEND, "y": 1.0}, margin={"t": 30}, **bottom)
    weights = trace.readout[units]
    captions = [
        f"Unit {unit} is read with weight {weight:+.2f}: its hidden state pulls "
        f"{'towards positive' if weight * last > 0 else 'towards negative'} at the end ({weight * last:+.2f})."
        for unit, weight, last in zip(units, weights, (changed or trace).hidden[-1][units], strict=True)
    ]
    return Deck(figure, "unit", [str(unit) for unit in units], frames, captions=captions, start=start)


def figure_reach(traces: Mapping[str, Trace]) -> go.Figure:
    """Norm of the Jacobian from the state after each token to the last state, on a log axis."""
    longest = max(traces.values(), key=lambda trace: len(trace.tokens))
    figure = _figure(longest.tokens, height=330, narrow_height=300)
    ends = []
    for name, trace in traces.items():
        norms = np.where(trace.jacobian_norm[1:] > 0, trace.jacobian_norm[1:], np.nan)
        figure.add_scatter(
            x0=0, dx=1, y=np.log10(norms).astype(np.float32),
            mode="lines" if len(norms) > 1 else "markers",
            line={"color": color(name), "dash": NETWORK_DASHES[name], "width": 3},
            name=NETWORK_NAMES[name],
            customdata=norms,
            hovertemplate="%{customdata:.2g}<extra>" + NETWORK_NAMES[name] + "</extra>",
        )  # fmt: skip
        ends.append(float(np.nanmin(np.log10(norms), initial=0.0)))
    lowest = int(np.floor(min(ends, default=-1.0)))
    step = max(1, int(np.ceil(-lowest / 5)))
    powers = list(range(0, lowest - 1, -step))
    figure.update_yaxes(tickvals=powers, ticktext=["1" if not k else f"10<sup>{k}</sup>" for k in powers])
    figure.update_layout(legend={**_LEGEND, "y": 1.0}, margin={"t": 30})
    return figure


def figure_preview(traces: Mapping[str, Trace], columns: Columns) -> go.Figure:
    """Return the running probability as a small picture without a slider."""
    figure = deck_probability(traces, columns).figure
    figure.update_layout(height=260, meta={**figure.layout.meta, "narrow_height": 240})
    return figure


_LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}


def _figure(labels: Sequence[str], height: int, narrow_height: int) -> go.Figure:
    figure = go.Figure()
    _dress(figure, labels, height, narrow_height, axes=["xaxis"])
    return figure


def _dress(figure: go.Figure, labels: Sequence[str], height: int, narrow_height: int, axes: Sequence[str]) -> None:
    """Give a figure the house's look and an axis of words.

    The words are names for whole numbers on a linear axis, so that the same word may stand twice.
    """
    figure.update_layout(template=TEMPLATE, height=height, meta={"narrow_height": narrow_height, "words": list(axes)})
    names = {str(k): plain(label) for k, label in enumerate(labels)}
    figure.update_xaxes(labelalias=names, range=[-0.5, max(len(labels), 1) - 0.5], tick0=0, dtick=1, tickangle=-45)


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Return the heights of labels moved apart, so that none covers another, and none leaves [0, 100]."""
    order = np.argsort(heights, kind="stable")
    placed = np.array(heights, dtype=float)
    floor = 0.0
    for index in order:
        placed[index] = floor = max(placed[index], floor)
        floor += gap
    over = max(0.0, floor - gap - 100)
    return [float(height) for height in placed - over]
