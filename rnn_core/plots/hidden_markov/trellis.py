"""The trellis: a row a hidden state, a column a step, and a slider that goes from cell to cell.

Only lines and filled shapes move. All numbers stand there from the beginning, and what the slider has not
reached lies under a veil.
"""

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from rnn_core.hidden_markov import Trace
from rnn_core.hidden_markov.sentences import captions
from rnn_core.hidden_markov.stops import Stop, View, cell_name, stops_of
from rnn_core.hidden_markov.trace import Mode, arrow_shares, column_shares
from rnn_core.hidden_markov.writing import in_cell, logarithm
from rnn_core.numerals import percent
from rnn_core.plots.deck import Deck
from rnn_core.plots.shapes import Film, Points, box
from rnn_core.plots.theme import color, plain, plain_names, styled_figure

WIDE: Final = 0.33  # half the width of a cell; a step is 1 wide
HIGH: Final = 0.3  # half its height; a state is 1 high
THICK: Final = 0.2  # an arrow that brings everything
LEAST_SEEN: Final = 0.004  # share below which an arrow is no line any more
MOST_LARGE: Final = 6  # steps in whose cells numbers of the size of other text have room on a phone
MOST_NUMBERS: Final = 12  # steps in whose cells smaller ones have room
FULL: Final = 0.6  # share from which on a cell is so full that its number has the colour of the paper
ROW: Final = 92  # pixels
HIGHEST: Final = 500  # picture with which the slider is still in a window of 900 pixels


def deck_trellis(trace: Trace, mode: Mode, view: View, logarithms: bool = False) -> Deck:
    """Draw a part of the trellis; the slider goes through its cells in the order in which they are computed.

    Args:
        trace: what is drawn.
        mode: whose numbers stand in the cells.
        view: the steps that are drawn.
        logarithms: whether the cells hold logarithms; posteriors stay per cent.

    """
    stops = stops_of(trace, mode, view)
    film = Film()
    shares = arrow_shares(trace, mode)
    if mode == "viterbi":
        film.still(_arrows("ink", 1.6), _pointers(shares, view))
    else:
        bands = {"mode": "lines", "fill": "toself", "fillcolor": color("rnn"), "line": {"width": 0}, "opacity": 0.5}
        film.still(bands, _bands(shares, view))
    film.traces += _cells(trace, mode, view, logarithms)
    veil = {"mode": "lines", "fill": "toself", "fillcolor": color("paper"), "line": {"width": 0}, "opacity": 0.86}
    film.moving(veil, [_veil(stop, trace, mode, view) for stop in stops])
    N = len(trace.spec.model.states)
    outlines = [_cell(t, i) for t in range(view.first, view.last + 1) for i in range(N)]
    film.still({"mode": "lines", "line": {"color": color("muted"), "width": 1}}, outlines)
    ways = [_ways(stop, trace, mode, view, shares) for stop in stops]
    film.moving(_arrows("muted" if mode == "viterbi" else "ink", 2, "dot" if mode == "viterbi" else "solid"), ways)
    if mode == "viterbi":
        kept = [_kept(stop, trace, view) for stop in stops]
        film.moving(_arrows("ink", 4), kept)
    if mode in ("viterbi", "posterior") and trace.possible:
        _paths(film, trace, mode, view, stops)
    frames = [[_cell(stop.t, stop.state, 0.02)] if stop.kind == "cell" else [] for stop in stops]
    film.moving({"mode": "lines", "line": {"color": color("ink"), "width": 4}}, frames)
    figure = styled_figure(_silent(film.traces), _layout(trace, mode, view))
    said = captions(trace, mode, view, logarithms)
    return Deck(figure, "cell", [stop.name for stop in stops], film.frames, captions=said, start=len(stops) - 1)


def figure_overview(trace: Trace, view: View) -> go.Figure:
    """Draw the posteriors of all steps, and a frame round those in the trellis."""
    names, T = trace.spec.model.states, trace.spec.steps
    frame = {
        "type": "rect", "x0": view.first - 0.5, "x1": view.last + 0.5, "y0": -len(names) + 0.5, "y1": 0.5,
        "line": {"color": color("accent"), "width": 3},
    }  # fmt: skip
    strip = {
        "type": "heatmap", "x0": 1, "dx": 1, "y": [-i for i in range(len(names))],
        "z": trace.posteriors.T.astype(np.float32), "coloraxis": "coloraxis",
        "hovertemplate": "step %{x}: %{z:.0%}<extra></extra>",
    }  # fmt: skip
    height = 64 + 22 * len(names)
    return styled_figure(
        [strip],
        {
            "coloraxis": {"cmin": 0, "cmax": 1, "showscale": False},
            "dragmode": False,
            "height": height,
            "meta": {"narrow_height": height, "scales": {"coloraxis": "gate"}},
            "shapes": [frame],
            "xaxis": {"fixedrange": True, "range": [0.5, T + 0.5], "title": {"text": "step"}, "showgrid": False},
            "yaxis": _rows(names),
        },
    )


def figure_preview(trace: Trace) -> go.Figure:
    """Draw the best path through the trellis, small and without its slider."""
    figure = deck_trellis(trace, "viterbi", View(1, trace.spec.steps)).figure
    return figure.update_layout(height=250, meta={**figure.layout.meta, "narrow_height": 250})


def cell_at(trace: Trace, x: float, y: float) -> dict[str, str]:
    """Return what a click at a place of the trellis sets, by the names of the page's controls."""
    N, T = len(trace.spec.model.states), trace.spec.steps
    t, state = min(max(round(x), 1), T), min(max(round(-y), 0), N - 1)
    return {"at": cell_name(trace, t, state)}


def _cell(t: int, state: int, wider: float = 0.0) -> Points:
    return box(t - WIDE - wider, -state - HIGH - wider, t + WIDE + wider, -state + HIGH + wider)


def _cells(trace: Trace, mode: Mode, view: View, logarithms: bool) -> list[dict[str, Any]]:
    """All cells on one grid, whose lines are their edges, and their numbers; between them is nothing."""
    rows, columns = len(trace.spec.model.states), len(view)
    steps = slice(view.first - 1, view.last)
    shares, values = column_shares(trace, mode)[steps].T, trace.values(mode)[steps].T
    z = np.full((2 * rows - 1, 2 * columns - 1), np.nan, dtype=np.float32)
    z[::2, ::2] = shares
    edges_x = np.add.outer(np.arange(view.first, view.last + 1), [-WIDE, WIDE]).ravel()
    edges_y = np.add.outer(-np.arange(rows), [HIGH, -HIGH]).ravel()
    cells: dict[str, Any] = {
        "type": "heatmap", "x": edges_x, "y": edges_y, "z": z, "coloraxis": "coloraxis",
        "hoverongaps": False, "hoverinfo": "none",
    }  # fmt: skip
    texts = np.array([[_number(float(value), mode, logarithms) for value in row] for row in values], dtype=object)
    if columns > MOST_LARGE:
        if columns <= MOST_NUMBERS:
            # Plotly makes these as small as the narrowest cell needs them.
            spread = np.full(z.shape, "", dtype=object)
            spread[::2, ::2] = texts
            cells |= {"text": spread.tolist(), "texttemplate": "%{text}"}
        return [cells]
    numbers = {
        "type": "scatter", "mode": "text", "hoverinfo": "skip",
        "x": np.tile(np.arange(view.first, view.last + 1), rows),
        "y": -np.repeat(np.arange(rows), columns),
        "text": texts.ravel().tolist(),
        "textfont": {"color": [color("paper" if share > FULL else "ink") for share in shares.ravel()]},
    }  # fmt: skip
    return [cells, numbers]


def _number(value: float, mode: Mode, logarithms: bool) -> str:
    if mode == "posterior":
        return percent(float(np.exp(value)))
    return logarithm(value) if logarithms else in_cell(value)


def _bands(shares: np.ndarray, view: View) -> list[Points]:
    """Every arrow between two steps of the view as a band, as thick as its share."""
    found = []
    for t in range(view.first, view.last):
        for i, j in np.argwhere(shares[t - 1] > LEAST_SEEN).tolist():
            half, left, right = THICK * shares[t - 1, i, j] / 2, t + WIDE, t + 1 - WIDE
            found.append(
                [(left, -i - half), (right, -j - half), (right, -j + half), (left, -i + half), (left, -i - half)]
            )
    return found


def _pointers(shares: np.ndarray, view: View) -> list[Points]:
    """The back-pointer of every cell of the view, from the cell to the one before it."""
    found = []
    for t in range(view.first, view.last):
        found += [
            [(t + 1 - WIDE, -float(j)), (t + WIDE, -float(i))] for i, j in np.argwhere(shares[t - 1] > 0).tolist()
        ]
    return found


def _ways(stop: Stop, trace: Trace, mode: Mode, view: View, shares: np.ndarray) -> list[Points]:
    """The arrows into the cell that is computed."""
    moves = np.array(trace.spec.model.transitions)
    if stop.kind != "cell" or mode == "posterior":
        return []
    if mode == "backward":
        onwards = np.flatnonzero(moves[stop.state]) if stop.t < view.last else ()
        return [[(stop.t + 1 - WIDE, -float(j)), (stop.t + WIDE, -stop.state)] for j in onwards]
    before = np.flatnonzero(moves[:, stop.state]) if stop.t > view.first else ()
    return [[(stop.t - 1 + WIDE, -float(i)), (stop.t - WIDE, -stop.state)] for i in before]


def _kept(stop: Stop, trace: Trace, view: View) -> list[Points]:
    """The best way into the cell that is computed, as a back-pointer."""
    if stop.kind != "cell" or stop.t == view.first:
        return []
    before = trace.back_pointers[stop.t - 1, stop.state]
    return [[(stop.t - WIDE, -stop.state), (stop.t - 1 + WIDE, -before)]] if before >= 0 else []


def _veil(stop: Stop, trace: Trace, mode: Mode, view: View) -> list[Points]:
    """What lies over the cells that are not computed yet, and over the arrows into an unfinished column."""
    if stop.kind != "cell":
        return []
    last = len(trace.spec.model.states) - 1
    bottom, top, t = -last - 0.5, 0.5, stop.t
    cells = [box(t - WIDE, bottom, t + WIDE, -stop.state - HIGH)] if stop.state < last else []
    if mode == "backward":
        end = t + 1 - WIDE if stop.state < last and t < view.last else t + WIDE
        gap = [box(t + WIDE, bottom, end, top)] if end > t + WIDE else []
        return [*cells, *gap, box(view.first - 0.5, bottom, t - WIDE, top)]
    begin = t - 1 + WIDE if stop.state < last and t > view.first else t - WIDE
    gap = [box(begin, bottom, t - WIDE, top)] if begin < t - WIDE else []
    return [*cells, *gap, box(t + WIDE, bottom, view.last + 0.5, top)]


def _paths(film: Film, trace: Trace, mode: Mode, view: View, stops: list[Stop]) -> None:
    """The best path, the runner-up at the end, and a star at the most probable state of every step."""
    steps = np.arange(view.first, view.last + 1)
    come_to = [1 if stop.kind == "end" else stop.t if stop.kind == "back" else view.last + 1 for stop in stops]
    best = {"mode": "lines", "line": {"color": color("accent"), "width": 4}, "name": "best path"}
    film.growing(best, _along(trace.path, view, 0.0), _both(steps >= np.array(come_to)[:, None]))
    ended = np.array([[stop.kind == "end"] for stop in stops])
    if mode == "viterbi" and np.isfinite(trace.runner_up_log_probability):
        other = {"mode": "lines", "line": {"color": color("positive"), "width": 3, "dash": "dash"}, "name": "runner-up"}
        film.growing(other, _along(trace.runner_up, view, 0.07), _both(ended & (steps > 0)))
    size = 15 if len(view) <= MOST_NUMBERS else 9
    marker = {"symbol": "star", "size": size, "color": color("negative"), "line": {"color": color("paper"), "width": 1}}
    star = {"mode": "markers", "marker": marker, "name": "most probable state"}
    corners: list[Points] = [[(t + WIDE - 0.02, HIGH - trace.likely[t - 1])] for t in steps.tolist()]
    film.growing(star, corners, ended & (steps > 0))


def _along(path: np.ndarray, view: View, beside: float) -> list[Points]:
    """A path as frames round its cells, one a step, and then the lines between them; without frames in small cells."""
    steps = range(view.first, view.last + 1)
    framed = len(view) <= MOST_NUMBERS
    edge = WIDE + beside if framed else 0
    cells = [_cell(t, path[t - 1], beside) if framed else [] for t in steps]
    lines = [[(t + edge, -path[t - 1] - beside), (t + 1 - edge, -path[t] - beside)] for t in steps[:-1]]
    return cells + lines


def _both(seen: np.ndarray) -> np.ndarray:
    """Which frames and which lines between them are seen, where (F, steps) steps of a path are."""
    return np.concatenate([seen, seen[:, :-1] & seen[:, 1:]], axis=1)


def _arrows(role: str, width: float, dash: str = "solid") -> dict[str, Any]:
    return {
        "mode": "lines+markers",
        "line": {"color": color(role), "width": width, "dash": dash},
        "marker": {"symbol": "arrow", "angleref": "previous", "color": color(role), "size": 7 + 1.5 * width},
    }


def _silent(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only what has a name stands in the legend."""
    return [{"showlegend": "name" in trace, **trace} for trace in traces]


def _layout(trace: Trace, mode: Mode, view: View) -> dict[str, Any]:
    names = trace.spec.model.states
    legend = 34 if trace.possible and mode in ("posterior", "viterbi") else 6
    height = min(HIGHEST, 70 + legend + ROW * len(names))
    return {
        "coloraxis": {"cmin": 0, "cmax": 1, "showscale": False},
        "dragmode": False,
        "height": height,
        "margin": {"l": 4, "r": 4, "t": legend, "b": 4},
        "meta": {"narrow_height": min(460, 80 + legend + 72 * len(names)), "scales": {"coloraxis": "gate"}},
        "xaxis": {
            "fixedrange": True,
            "range": [view.first - 0.5, view.last + 0.5],
            "showgrid": False,
            "tickvals": list(range(view.first, view.last + 1)),
            "ticktext": [_step(trace, view, t) for t in range(view.first, view.last + 1)],
        },
        "yaxis": _rows(names),
    }


def _step(trace: Trace, view: View, t: int) -> str:
    """What is observed at a step, with its number under it; of many steps only some numbers."""
    if len(view) <= MOST_NUMBERS:
        return f"{plain(trace.spec.symbol(t), 10 if len(view) <= 6 else 7)}<br>{t}"
    return f"{plain(trace.spec.symbol(t), 3)}<br>{t if t % 5 == 0 else ''}"


def _rows(names: tuple[str, ...]) -> dict[str, Any]:
    """An axis with a state a row, the first on top."""
    N = len(names)
    return {
        "fixedrange": True,
        "range": [-N + 0.45, 0.55],
        "showgrid": False,
        "tickvals": [-i for i in range(N)],
        "ticktext": plain_names(names, 12),
    }
