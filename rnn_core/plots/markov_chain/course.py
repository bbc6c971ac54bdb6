"""What happens over time: the run and its shares of time, the marginals, and their distance from the long run."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from rnn_core.markov_chain import Trace, powers
from rnn_core.markov_chain.sentences import marginal_captions
from rnn_core.markov_chain.spec import MOST_TYPED
from rnn_core.markov_chain.writing import counted
from rnn_core.plots.deck import Deck
from rnn_core.plots.markov_chain.graph import HEIGHT, NARROW_HEIGHT
from rnn_core.plots.theme import STATE_DASHES, STATE_ROLES, STATE_SYMBOLS, color, plain, styled_figure

SHORTEST, LONGEST = 8, 40
"""Steps of the pictures of marginals and distances, where the chain doesn't ask for more or fewer."""

LEAST = 1e-12  # distance below which there is nothing but rounding
EXPONENTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 30, 50, 100)
AVERAGE = "average"


def deck_run(trace: Trace) -> Deck:
    """Draw the path of the run over time, and beside it each state's share of the time so far."""
    states, path, T = trace.spec.states, trace.path, trace.spec.steps
    N = len(states)
    times = np.arange(T + 1)
    covers = np.stack([_box(t + 0.5, T + 1, N - 0.4, -0.6) for t in times])
    bars = np.stack([_bars(shares) for shares in trace.shares])
    here = np.stack((times, path), axis=1)[:, None]
    line = {"color": color("rnn"), "width": 2, "shape": "hv"}
    filled = {"mode": "lines", "fill": "toself", "hoverinfo": "skip", "line": {"width": 0}}
    traces: list[dict[str, Any]] = [
        {
            # Between many states the lines would cover each other.
            "mode": "lines+markers" if N <= MOST_TYPED else "markers",
            "x": times,
            "y": path,
            "line": line,
            "marker": {"size": 5, "color": color("rnn")},
            "hovertext": [f"step {t}: {plain(states[i])}" for t, i in enumerate(path)],
            "hoverinfo": "text",
        },
        {**_points(covers), **filled, "fillcolor": color("paper"), "opacity": 1},
        {
            **_points(here),
            "mode": "markers",
            "hoverinfo": "skip",
            "marker": {"size": 14, "color": color("accent")},
            "cliponaxis": False,
        },
        {**_points(bars), **filled, "fillcolor": color("rnn"), "xaxis": "x2"},
    ]
    largest = float(trace.shares[T // 2 :].max())
    if trace.ended_in is not None:
        stationary = trace.stationary[trace.ended_in]
        largest = max(largest, float(stationary.max()))
        # They show only when the run has come to their class: before, they would tell how it ends.
        arrived = np.isin(path, trace.recurrent[trace.ended_in].members)
        places = np.stack((stationary, np.arange(N)), axis=1)
        diamonds = np.where(arrived[:, None, None], places, np.nan)
        traces.append(
            {
                "mode": "markers",
                **_points(diamonds),
                "xaxis": "x2",
                "marker": {
                    "symbol": "diamond",
                    "size": 12 if N <= MOST_TYPED else 8,
                    "color": color("negative"),
                    "line": {"color": color("paper"), "width": 1},
                },
                "hovertemplate": "%{x:.3f} in the long run<extra></extra>",
            }
        )
    moves = {1: covers, 2: here, 3: bars}
    if trace.ended_in is not None and not arrived[0]:
        moves[4] = diamonds
    frames = {(k, "xy"[n]): points[..., n].astype(np.float32) for k, points in moves.items() for n in range(2)}
    whole = {"fixedrange": True, "showgrid": False}
    figure = styled_figure(
        [{"type": "scatter", **trace} for trace in traces],
        {
            "dragmode": False,
            "height": HEIGHT,
            "meta": {"narrow_height": NARROW_HEIGHT - 60},
            "showlegend": False,
            "xaxis": {
                **whole,
                "domain": [0, 0.6],
                "range": [-0.5, T + 0.5],
                "title": {"text": "the run: step"},
                **({"dtick": 1} if T < 5 else {}),
            },
            "xaxis2": {
                **whole,
                "domain": [0.66, 1],
                "range": [-0.05 * largest, 1.12 * largest],
                "tickformat": ".0%",
                "nticks": 3,
                "tickangle": 0,
                "title": {"text": "share of time"},
            },
            "yaxis": {
                "fixedrange": True,
                "range": [N - 0.4, -0.6],
                "tickvals": list(range(N)),
                "ticktext": [plain(name, 10) for name in states],
                **({} if N <= MOST_TYPED else {"tickfont": {"size": 11}}),
            },
        },
    )
    along = [float(t) for t in times]
    return Deck(figure, "step", [str(t) for t in times], frames, start=T, along=along)


def deck_marginals(trace: Trace) -> Deck:
    """Draw the probability of every state over time, and at the right where its average goes."""
    states, end = trace.spec.states, horizon(trace)
    times = np.arange(end + 1)
    last = end + max(1.0, 0.06 * end)
    here = np.stack([np.array([(t, -0.05), (t, 1.05)]) for t in times])
    cursor = {**_points(here), "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    traces: list[dict[str, Any]] = [{**cursor, "line": {"color": color("accent"), "width": 2, "dash": "dot"}}]
    shown = _longest_stays(trace)
    for i, beside in zip(shown, _side_by_side(trace.average[shown]), strict=True):
        look = _look(i)
        name = plain(states[i])
        traces.append(
            {
                "mode": "lines+markers",
                "name": name,
                "legendgroup": name,
                "x": times,
                "y": trace.marginals[: end + 1, i].astype(np.float32),
                "line": {"color": look["color"], "dash": look["dash"], "width": 2.5},
                "marker": {"symbol": look["symbol"], "size": 8 if end <= 40 else 4, "color": look["color"]},
                "hovertemplate": f"π<sub>%{{x}}</sub>({name}) = %{{y:.3f}}<extra></extra>",
            }
        )
        traces.append(
            {
                "mode": "markers",
                "legendgroup": name,
                "showlegend": False,
                "x": [last + 0.05 * (end + 1) * beside],
                "y": trace.average[[i]].astype(np.float32),
                "marker": {
                    "symbol": look["symbol"] + "-open",
                    "size": 13,
                    "color": look["color"],
                    "line": {"width": 3},
                },
                "hovertemplate": f"{name}: %{{y:.3f}} in the long run<extra></extra>",
            }
        )
    top = max(float(trace.marginals[: end + 1].max()), float(trace.average.max()))
    figure = styled_figure(
        [{"type": "scatter", **trace} for trace in traces],
        {
            **_still(),
            "xaxis": {
                "fixedrange": True,
                "range": [-0.4, last + 0.05 * end + 0.3 + 0.05 * (end + 1) * (len(shown) - 1)],
                "tickvals": list(range(0, end + 1, next(step for step in (1, 2, 5, 10, 20) if end <= 7 * step))),
                "title": {"text": "step t; at the right, the long run"},
            },
            "yaxis": {"fixedrange": True, "range": [-0.03, 1.05 * top], "title": {"text": "probability"}},
        },
    )
    frames = {(0, axis): here[..., n].astype(np.float32) for n, axis in enumerate("xy")}
    captions, along = marginal_captions(trace)[: end + 1], [float(t) for t in times]
    figure.data[0].update(x=here[1, :, 0].astype(np.float32))
    return Deck(figure, "step t", [str(t) for t in times], frames, captions=captions, start=1, along=along)


def figure_distances(trace: Trace) -> go.Figure:
    """Draw the distance from the long run over time on a log scale, beside |λ₂|^t."""
    end = horizon(trace)
    times = np.arange(end + 1)
    curves = [
        ("from this start", trace.distances, "lstm", "solid", "circle"),
        ("from the farthest start", trace.farthest, "negative", "dash", "square"),
        ("|λ₂|ᵗ", trace.second ** times.astype(float), "gru", "dot", "diamond"),
    ]
    if not trace.settles or max(trace.periods) > 1:
        curves.append(("running average", trace.running_distances, "accent", "dashdot", "triangle-up"))
    traces, lowest = [], 1.0
    for name, values, role, dash, symbol in curves:
        shown = np.where(values[: end + 1] > LEAST, values[: end + 1], np.nan)
        lowest = min(lowest, float(np.nanmin(np.append(shown, 1.0))))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": times,
                "y": shown,
                "connectgaps": True,
                "line": {"color": color(role), "dash": dash, "width": 2.5},
                "marker": {"symbol": symbol, "size": 7 if end <= 40 else 4, "color": color(role)},
                "hovertemplate": "%{y:.2g}<extra></extra>",
            }
        )
    low = np.floor(np.log10(max(lowest, 1e-6)))
    return styled_figure(
        traces,
        {
            **_still(),
            "xaxis": {"fixedrange": True, "range": [-0.4, end + 0.4], "title": {"text": "step t"}},
            "yaxis": {
                "type": "log",
                "fixedrange": True,
                "dtick": 1,
                "exponentformat": "power",
                "range": [min(low, -1) - 0.1, 0.15],
                "title": {"text": "distance from the long run"},
            },
        },
    )


def deck_powers(trace: Trace) -> Deck:
    """Draw P^t: a row is where the chain is t steps after that state, and the last stop the average over all t."""
    states, N = trace.spec.states, len(trace.spec.states)
    tables = np.concatenate((powers(trace, EXPONENTS), trace.averages[None])).astype(np.float32)
    names = [plain(name, 10) for name in states]
    small = N <= MOST_TYPED
    ticks = {"tickvals": list(range(N)), "ticktext": names, "fixedrange": True, "showgrid": False}
    font = {"tickfont": {"size": 13 if small else 11}}
    heat = {"type": "heatmap", "z": tables[1], "coloraxis": "coloraxis", "xgap": 2, "ygap": 2, "hoverinfo": "z"}
    figure = styled_figure(
        [heat | ({"texttemplate": "%{z:.2f}", "textfont": {"size": 15}} if small else {})],
        {
            "coloraxis": {"cmin": 0, "cmax": 1 if small else 0.6, "showscale": False},
            "dragmode": False,
            "height": min(HEIGHT, 140 + 62 * N),
            "meta": {"narrow_height": min(NARROW_HEIGHT, 120 + 50 * N), "scales": {"coloraxis": "gate"}},
            "xaxis": {**ticks, **font, "range": [-0.5, N - 0.5], "side": "top", "title": {"text": "then in"}},
            "yaxis": {**ticks, **font, "range": [N - 0.5, -0.5], "title": {"text": "start in"}},
        },
    )
    values = [*map(str, EXPONENTS), AVERAGE]
    captions = ["Before any step: every start is itself."]
    for t, table in zip(EXPONENTS[1:], tables[1:], strict=False):
        captions.append(f"After {counted(t, 'step')}. {_alike(table)}")
    captions.append(f"Averaged over all steps, without end. {_alike(tables[-1])}")
    return Deck(figure, "power t", values, {(0, "z"): tables}, captions=captions, start=1)


def horizon(trace: Trace) -> int:
    """Return how many steps of the marginals are worth drawing: until every start is near, at most T."""
    near = np.flatnonzero(trace.farthest < 1e-3)
    wanted = int(near[0]) + 1 if len(near) else LONGEST
    return min(trace.spec.steps, max(SHORTEST, wanted))


def _alike(table: np.ndarray) -> str:
    spread = float(np.ptp(table, axis=0).max())
    if spread < 0.005:
        return "The rows are alike: the start is forgotten."
    return f"Rows still differ by up to {spread:.2f}: the start can be told."


def _longest_stays(trace: Trace) -> list[int]:
    """The states that are drawn as lines: all, or of very many the six that are visited most."""
    if len(trace.spec.states) <= MOST_TYPED:
        return list(range(len(trace.spec.states)))
    return sorted(np.argsort(-trace.average, kind="stable")[: len(STATE_ROLES)].tolist())


def _look(i: int) -> dict[str, str]:
    """Colour, dash and mark of a state: two of eight may share a colour, but then not the dash."""
    k, again = i % len(STATE_ROLES), i // len(STATE_ROLES)
    return {
        "color": color(STATE_ROLES[k]),
        "dash": STATE_DASHES[(k + 2 * again) % len(STATE_DASHES)],
        "symbol": STATE_SYMBOLS[(k + 3 * again) % len(STATE_SYMBOLS)],
    }


def _side_by_side(values: np.ndarray) -> list[int]:
    """How many of the values before each are so near to it that its mark must stand beside theirs."""
    return [int((np.abs(values[:k] - value) < 0.08 * values.max()).sum()) for k, value in enumerate(values)]


def _still() -> dict[str, Any]:
    return {
        "dragmode": False,
        "height": 340,
        "meta": {"narrow_height": 320},
        "hovermode": "closest",
    }


def _points(stops: np.ndarray) -> dict[str, np.ndarray]:
    """The last of the stops (F, K, 2), shown first."""
    return {"x": stops[-1, :, 0].astype(np.float32), "y": stops[-1, :, 1].astype(np.float32)}


def _box(left: float, right: float, bottom: float, top: float) -> np.ndarray:
    return np.array([(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)])


def _bars(shares: np.ndarray) -> np.ndarray:
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for i, share in enumerate(shares) for part in (_box(0, share, i + 0.3, i - 0.3), gap)])
