"""Learning: the likelihood of every start over the rounds, and the tables and posteriors of one of them."""

from typing import Any, Final

import numpy as np

from rnn_core.hidden_markov.learning import ROUNDS, STARTS, Trace, stops
from rnn_core.hidden_markov.learning_words import captions
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import color, plain_names, styled_figure

HEIGHT: Final = 330
ROW: Final = 34  # pixels


def deck_likelihood(trace: Trace, start: int, own: float) -> Deck:
    """Draw log P over the rounds, a line a start, the one shown thick; a mark goes along it."""
    places = np.arange(len(ROUNDS))
    values = trace.log_likelihoods
    lines: list[dict[str, Any]] = []
    for number in range(STARTS):
        shown = number == start
        lines.append(
            {
                "type": "scatter", "mode": "lines", "x": places, "y": values[:, number].astype(np.float32),
                "line": {"color": color("lstm" if shown else "rnn"), "width": 4 if shown else 1.5,
                         "dash": "solid" if shown else "dot"},
                "hovertemplate": f"start {number + 1}: %{{y:.2f}}<extra></extra>", "showlegend": False,
            }
        )  # fmt: skip
    here = {
        "type": "scatter", "mode": "markers", "x": [0], "y": [float(values[0, start])], "hoverinfo": "skip",
        "marker": {"color": color("lstm"), "size": 15, "line": {"color": color("paper"), "width": 2}},
        "showlegend": False,
    }  # fmt: skip
    # The first gains are so large that beside them no other could be seen: the lines come up from below the picture.
    bottom, top = float(values[2:].min()), max(float(values.max()), own if np.isfinite(own) else -np.inf)
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    if np.isfinite(own):
        bottom = max(min(bottom, own), top - 3 * (top - bottom) - 1)
        shapes.append(
            {"type": "line", "x0": 0, "x1": places[-1], "y0": own, "y1": own,
             "line": {"color": color("accent"), "width": 2, "dash": "dash"}}
        )  # fmt: skip
        notes.append(
            {"x": places[-1], "y": own, "text": "the model above", "xanchor": "right", "yanchor": "top",
             "showarrow": False, "font": {"color": color("accent"), "size": 14}}
        )  # fmt: skip
    edge = 0.1 * max(top - bottom, 1.0)
    figure = styled_figure(
        [*lines, here],
        {
            "annotations": notes,
            "dragmode": False,
            "height": HEIGHT,
            "meta": {"narrow_height": 280},
            "shapes": shapes,
            "xaxis": {"fixedrange": True, "tickvals": places, "ticktext": list(stops()), "title": {"text": "round"},
                      "range": [-0.4, len(ROUNDS) - 0.6]},
            "yaxis": {"fixedrange": True, "title": {"text": "log P"}, "range": [bottom - edge, top + edge]},
        },
    )  # fmt: skip
    frames = {(STARTS, "x"): places[:, None], (STARTS, "y"): values[:, start, None]}
    return Deck(
        figure, "round", stops(), frames, captions=captions(trace, start), start=len(ROUNDS) - 1, along=places.tolist()
    )


def deck_model(trace: Trace, start: int, names: tuple[str, ...], symbols: tuple[str, ...]) -> Deck:
    """Draw π, A and B of one start as squares with numbers, and under them the posteriors of the first sequence."""
    N, M = len(names), len(symbols)
    tables = _side_by_side(trace.start[:, start], trace.transitions[:, start], trace.emissions[:, start])
    posteriors = np.swapaxes(trace.posteriors[:, start], -1, -2).astype(np.float32)  # (F, N, T)
    states, marks = plain_names(names, 10), plain_names(symbols, 8)
    steps = posteriors.shape[-1]
    observed = trace.spec.sequences[0][:steps]
    rows = list(range(N))
    squares = {
        "type": "heatmap", "z": tables[-1], "x": np.arange(tables.shape[-1]), "y": rows, "coloraxis": "coloraxis",
        "texttemplate": "%{z:.2f}", "hoverongaps": False, "hoverinfo": "none", "xgap": 2, "ygap": 2,
    }  # fmt: skip
    strip = {
        "type": "heatmap", "z": posteriors[-1], "x": np.arange(1, steps + 1), "y": rows, "coloraxis": "coloraxis",
        "xaxis": "x2", "yaxis": "y2", "hovertemplate": "step %{x}: %{z:.0%}<extra></extra>",
    }  # fmt: skip
    height = 150 + 2 * ROW * N
    few = steps <= 14
    row_axis = {"tickvals": rows, "ticktext": states, "autorange": "reversed", "fixedrange": True, "showgrid": False}
    titles = [(0, "at first"), (1.5 + N / 2, "next"), (2.5 + N + M / 2, "emits")]
    figure = styled_figure(
        [squares, strip],
        {
            "annotations": [
                {"x": x, "y": 0.56, "yref": "paper", "yanchor": "top", "yshift": -4, "text": text,
                 "showarrow": False, "font": {"size": 14, "color": color("muted")}}
                for x, text in titles
            ],
            "coloraxis": {"cmin": 0, "cmax": 1, "showscale": False},
            "dragmode": False,
            "height": height,
            "meta": {"narrow_height": height, "scales": {"coloraxis": "gate"}},
            "xaxis": {"side": "top", "tickvals": [0, *range(2, 2 + N), *range(3 + N, 3 + N + M)],
                      "ticktext": ["π", *states, *marks], "fixedrange": True, "showgrid": False},
            "yaxis": {**row_axis, "domain": [0.56, 1]},
            "xaxis2": {"anchor": "y2", "fixedrange": True, "showgrid": False,
                       "title": {"text": "P(state | all observations), first sequence"},
                       **({"tickvals": list(range(1, steps + 1)), "ticktext": [marks[k] for k in observed]}
                          if few else {})},
            "yaxis2": {**row_axis, "domain": [0, 0.4]},
        },
    )  # fmt: skip
    frames = {(0, "z"): tables, (1, "z"): posteriors}
    return Deck(figure, "round", stops(), frames, start=len(ROUNDS) - 1)


def _side_by_side(start: np.ndarray, transitions: np.ndarray, emissions: np.ndarray) -> np.ndarray:
    """Return the tables of all stops in one, (F, N, 3 + N + M), with empty columns between them."""
    gap = np.full((*start.shape, 1), np.nan)
    return np.concatenate([start[..., None], gap, transitions, gap, emissions], axis=-1).astype(np.float32)
