"""The trellis: twelve tags by the words of a sentence, with the paths through it."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.plots.theme import color, plain, styled_figure
from rnn_core.tagging.sentences import percent
from rnn_core.tagging.tags import NAMES, TAGS
from rnn_core.tagging.trace import Reading, Trace, is_short

LEAST = 0.005
"""Probability below which a tag is a dot."""

MOST_NUMBERED = 10
"""Words up to which there is room for numbers beside the tags."""

LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"}

_APART = 4 * "\N{NO-BREAK SPACE}"  # from the middle of a mark to its number

_LARGEST = 22  # pixels, the diameter of certainty in a short sentence; in a long one
_SMALLEST = 9
_ROOM = 300  # pixels for the marks of all words side by side


def figure_trellis(reading: Reading) -> go.Figure:
    """Draw every tag of every word, its area its probability, and the best path and the runner-up through them.

    With words changed, the path of the sentence as typed is drawn too, where its words still stand.
    """
    trace = reading.latest
    traces = [*_dots(trace), *_before(reading), _runner_up(trace), _best_path(trace), _likely(trace), *_numbers(trace)]
    return styled_figure(
        traces,
        {
            "height": 430,
            "hovermode": "closest",
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.0,
                "yanchor": "bottom",
                "traceorder": "reversed",
            },
            "margin": {"t": 30},
            "meta": {"narrow_height": 400, "words": ["xaxis"]},
            "xaxis": _words_axis(trace),
            "yaxis": {**tags_axis(), "showgrid": not is_short(trace)},
        },
    )


def figure_preview(reading: Reading) -> go.Figure:
    """Draw the trellis small, without numbers."""
    trace = reading.latest
    layout = {
        "height": 260,
        "margin": {"t": 4},
        "meta": {"narrow_height": 250, "words": ["xaxis"]},
        "showlegend": False,
        "xaxis": _words_axis(trace),
        "yaxis": tags_axis(11),
    }
    return styled_figure([*_dots(trace), _runner_up(trace), _best_path(trace), _likely(trace)], layout)


def tags_axis(size: int = 0) -> dict[str, Any]:
    """Return the axis of the tags, the first on top; every picture of a sentence has the same."""
    font = {"tickfont": {"size": size}} if size else {}
    return {
        "range": [len(TAGS) - 0.4, -0.6],
        "showgrid": False,
        "tickvals": list(range(len(TAGS))),
        "ticktext": list(NAMES),
        **font,
    }


def _words_axis(trace: Trace) -> dict[str, Any]:
    return {
        "dtick": 1,
        "labelalias": {str(t): plain(word) for t, word in enumerate(trace.words)},
        "range": [-0.5, max(len(trace.words), 1) - 0.5],
        "showgrid": False,
        "tick0": 0,
        "tickangle": -45,
    }


def _diameter(trace: Trace) -> float:
    """How large the mark of a certain tag is."""
    return max(_SMALLEST, min(_LARGEST, _ROOM / len(trace.words)))


def _dots(trace: Trace) -> list[dict[str, Any]]:
    """Every tag of every word as a dot; hundreds of them would take long to draw, so a long sentence has lines."""
    if not is_short(trace):
        return []
    t, tag = np.indices(trace.posteriors.shape)
    marker = {"color": color("muted"), "size": 3}
    return [{"type": "scatter", "x": t.ravel(), "y": tag.ravel(), "mode": "markers", "marker": marker, **_SILENT}]


def _likely(trace: Trace) -> dict[str, Any]:
    """The tags that count, filled on the best path and hollow beside it, their area their probability."""
    t, tag = np.nonzero(trace.posteriors >= LEAST)
    share = trace.posteriors[t, tag]
    chosen = trace.path[t] == tag
    marker = {
        "color": np.where(chosen, color("lstm"), color("paper")).tolist(),
        "line": {"color": color("lstm"), "width": 2},
        "opacity": 1,  # Plotly lets marks of different sizes shine through
        "size": np.maximum(_diameter(trace) * np.sqrt(share), 5).round(1),
    }
    return {
        "type": "scatter",
        "x": t,
        "y": tag,
        "mode": "markers",
        "cliponaxis": False,
        "marker": marker,
        "text": [f"{plain(trace.words[k])}: {NAMES[j]}" for k, j in zip(t, tag, strict=True)],
        "customdata": [percent(value) for value in share],
        "hovertemplate": "%{text} %{customdata}<extra></extra>",
        "showlegend": False,
    }


def _numbers(trace: Trace) -> list[dict[str, Any]]:
    """Probabilities that are neither nought nor one, beside their marks."""
    t, tag = np.nonzero((trace.posteriors >= 0.015) & (trace.posteriors <= 0.985))
    if not len(t) or len(trace.words) > MOST_NUMBERED:
        return []
    texts = [f"{_APART}{100 * trace.posteriors[k, j]:.0f} %" for k, j in zip(t, tag, strict=True)]
    place = {"x": t, "y": tag, "text": texts, "mode": "text", "textposition": "middle right", "cliponaxis": False}
    # The shadow, of the paper's colour, lifts a number from the lines that pass behind it.
    return [{"type": "scatter", **place, "textfont": {"color": color("ink"), "shadow": "auto"}, **_SILENT}]


def _best_path(trace: Trace) -> dict[str, Any]:
    return _line(trace.path, "best path", {"color": color("lstm"), "width": 5 if is_short(trace) else 3})


def _runner_up(trace: Trace) -> dict[str, Any]:
    """The runner-up, from the word before it leaves the best path to the word after."""
    differs = trace.runner_up != trace.path
    near = differs.copy()
    near[1:] |= differs[:-1]
    near[:-1] |= differs[1:]
    return _line(np.where(near, trace.runner_up, np.nan), "runner-up", {"color": color("negative"), "dash": "dash"})


def _before(reading: Reading) -> list[dict[str, Any]]:
    """The path of the sentence as typed, over the words that still stand."""
    if reading.second is None:
        return []
    tags = np.full(len(reading.second.words), np.nan)
    for number, places in enumerate(reading.places):
        tags[list(places)] = reading.first.path[number]
    return [_line(tags, "before the change", {"color": color("ink"), "dash": "dot"})]


def _line(tags: np.ndarray, name: str, line: dict[str, Any]) -> dict[str, Any]:
    # A single word has a point for a path, which no line shows.
    return {
        "type": "scatter",
        "x": list(range(len(tags))),
        "y": np.asarray(tags, dtype=np.float32),
        "mode": "lines",
        "line": {"width": 3, **line},
        "name": name,
        "hoverinfo": "skip",
    }


_SILENT = {"hoverinfo": "skip", "showlegend": False}
