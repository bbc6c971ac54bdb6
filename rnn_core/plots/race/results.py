"""Results of runs: quality against time, with the bag of words as a line, and confusion matrices."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from rnn_core.plots.race.curves import LONGEST_NAME, symbols
from rnn_core.plots.theme import color, plain, styled_figure
from rnn_core.race.curves import COIN
from rnn_core.race.sentences import duration
from rnn_core.race.tables import baselines
from rnn_core.runs import Run

IN_A_ROW = 3
"""Confusion matrices beside each other: as many as have room on a phone."""

A_LINE = 13
"""Characters of a name that have room over a matrix."""


def figure_quality(runs: Sequence[Run]) -> go.Figure:
    """Draw the test accuracy of runs that were measured against their seconds of training."""
    marks = symbols(runs)
    measured = [run for run in runs if run.measured]
    lines: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    accuracies = [COIN]
    longest = max((run.seconds for run in measured), default=1.0)
    for number, run in enumerate(sorted(measured, key=lambda run: run.seconds)):
        assert run.measured is not None
        accuracy = run.measured.test.accuracy
        accuracies.append(accuracy)
        name = plain(run.name, LONGEST_NAME)
        lines.append(
            {
                "type": "scatter",
                "x": [run.seconds],
                "y": [accuracy],
                "mode": "markers",
                "marker": {"color": color(run.spec.architecture), "size": 16, "symbol": marks[run.id]},
                "hovertemplate": f"{name}: %{{y:.1%}} after %{{x:.1f}} s<extra></extra>",
                "cliponaxis": False,
            }
        )
        # Names of neighbours stand above and below in turn, on paper: the line of a baseline does not strike them out.
        up, left = number % 2 == 0, run.seconds > 0.5 * longest
        names.append(
            {
                "text": f"<b>{name}</b>",
                "x": run.seconds,
                "xanchor": "right" if left else "left",
                "xshift": -6 if left else 6,
                "y": accuracy,
                "yanchor": "bottom" if up else "top",
                "yshift": 10 if up else -10,
                "showarrow": False,
                "bgcolor": color("paper"),
                "borderpad": 0,
                "opacity": 0.9,
                "font": {"color": color(run.spec.architecture), "size": 16},
            }
        )
    for name, baseline in baselines(measured).items():
        accuracies.append(baseline.test.accuracy)
        ink = {"color": color("accent"), "dash": "dashdot", "width": 2.5}
        lines.append(
            {
                "type": "scatter",
                "x": [0, 1.05 * longest],
                "y": [baseline.test.accuracy] * 2,
                "mode": "lines",
                "line": ink,
                "hovertemplate": f"{name}: %{{y:.1%}} after {duration(baseline.seconds)}<extra></extra>",
            }
        )
        notes.append(
            {
                "text": f"{plain(name)}, {duration(baseline.seconds)}",
                "x": 0,
                "xanchor": "left",
                "y": baseline.test.accuracy,
                "yanchor": "top",  # the name of the quickest run stands above
                "showarrow": False,
                "font": {"color": color("accent")},
            }
        )
    return styled_figure(
        lines,
        {
            "annotations": [*notes, *names],
            "height": 340,
            "meta": {"narrow_height": 320},
            "showlegend": False,
            "xaxis": {"range": [0, 1.05 * longest], "title": {"text": "seconds of training"}},
            "yaxis": {
                "range": [min(accuracies) - 0.03, max(accuracies) + 0.04],
                "tickformat": ".0%",
                "title": {"text": "test accuracy"},
            },
        },
    )


def figure_confusion(runs: Sequence[Run]) -> go.Figure:
    """Draw the confusion matrix of every run that was measured: how many reviews of each kind got which verdict."""
    measured = [run for run in runs if run.measured]
    rows = -(-len(measured) // IN_A_ROW)
    lines: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    for number, run in enumerate(measured):
        assert run.measured is not None
        row, column = divmod(number, IN_A_ROW)
        suffix = str(number + 1) if number else ""
        counts = run.measured.test.confusion
        shares = [[count / max(sum(kind), 1) for count in kind] for kind in counts]
        lines.append(
            {
                "type": "heatmap",
                "x": ["says −", "says +"],
                "y": ["is −", "is +"],
                "z": shares,
                "coloraxis": "coloraxis",
                "text": [[f"{count:,}" for count in kind] for kind in counts],
                "texttemplate": "%{text}",
                "xgap": 3,
                "ygap": 3,
                "xaxis": f"x{suffix}",
                "yaxis": f"y{suffix}",
                "hovertemplate": "%{y}, %{x}: %{text} reviews<extra></extra>",
            }
        )
        left, right = (column + 0.0) / IN_A_ROW, (column + 0.88) / IN_A_ROW
        top, bottom = 1 - row / rows - 0.2 / rows, 1 - (row + 0.86) / rows
        layout[f"xaxis{suffix}"] = {"anchor": f"y{suffix}", "domain": [left, right], "fixedrange": True}
        layout[f"yaxis{suffix}"] = {
            "anchor": f"x{suffix}",
            "domain": [bottom, top],
            "fixedrange": True,
            "autorange": "reversed",
            "automargin": column == 0,
            "showticklabels": column == 0,
        }
        notes.append(
            {
                "text": f"<b>{_in_two_lines(run.name)}</b>",
                "align": "left",
                "xref": "paper",
                "yref": "paper",
                "x": left,
                "xanchor": "left",
                "y": top,
                "yanchor": "bottom",
                "showarrow": False,
            }
        )
    height = 40 + 230 * max(rows, 1)
    return styled_figure(
        lines,
        {
            "annotations": notes,
            "height": height,
            "coloraxis": {"cmin": 0, "cmax": 1, "showscale": False},
            "meta": {"narrow_height": height, "scales": {"coloraxis": "gate"}},
            **layout,
        },
    )


def _in_two_lines(name: str) -> str:
    """A name over a matrix, which is narrow: two short lines at most."""
    return "<br>".join(plain(line) for line in wrap(name, A_LINE, max_lines=2, placeholder="…"))
