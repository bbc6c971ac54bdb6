"""The look of every picture: one Plotly template, and colours that follow light and dark.

A figure names its colours by role, as CSS variables (`var(--lstm)`); the component that draws it
puts in the value for the reader's theme. Roles were chosen to differ in lightness as well as in
hue (after Okabe and Ito 2008), and no picture tells things apart by colour alone.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

COLORS: Final[dict[str, dict[str, str]]] = {
    "light": {
        "ink": "#1d1b20",
        "muted": "#6b6673",
        "grid": "#e4dfd6",
        "paper": "#fdfcfa",
        "rnn": "#6f6b76",
        "lstm": "#5b3fb8",
        "gru": "#0c8377",
        "positive": "#1f5fa8",
        "negative": "#b8500a",
        "accent": "#a3195b",
    },
    "dark": {
        "ink": "#f1eef6",
        "muted": "#a9a3b6",
        "grid": "#35313f",
        "paper": "#15141a",
        "rnn": "#c4bfcd",
        "lstm": "#b49cff",
        "gru": "#45cbbb",
        "positive": "#74b3f5",
        "negative": "#f5a15c",
        "accent": "#ff8ac0",
    },
}
"""Colour of every role in each theme. Contrast with the paper is at least 4.5 to 1."""

SCALES: Final[dict[str, dict[str, list[tuple[float, str]]]]] = {
    "light": {
        "gate": [(0, "#fdfcfa"), (0.25, "#d6cdf0"), (0.5, "#a28fdc"), (0.75, "#6547bd"), (1, "#2a1266")],
        "diverging": [(0, "#8a3a04"), (0.25, "#e39a5b"), (0.5, "#fdfcfa"), (0.75, "#6ea5de"), (1, "#123f78")],
    },
    "dark": {
        "gate": [(0, "#15141a"), (0.25, "#3b2a78"), (0.5, "#6a4fc4"), (0.75, "#a892f2"), (1, "#f3eeff")],
        "diverging": [(0, "#ffb779"), (0.25, "#b0601c"), (0.5, "#15141a"), (0.75, "#2c6fb5"), (1, "#8fc7ff")],
    },
}
"""Colour scales: `gate` for values in (0, 1), `diverging` for signed values around 0."""

NETWORK_NAMES: Final[dict[str, str]] = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
NETWORK_DASHES: Final[dict[str, str]] = {"rnn": "dot", "lstm": "solid", "gru": "dash"}
"""How a network's line is drawn everywhere, so that it is known without its colour."""

OTHER_LOOKS: Final = (("positive", "dashdot"), ("negative", "longdash"), ("accent", "longdashdot"))
"""Colour and line of further networks beside those three, in their order."""

STATE_ROLES: Final[tuple[str, ...]] = ("lstm", "negative", "gru", "accent", "positive", "rnn")
STATE_SYMBOLS: Final[tuple[str, ...]] = ("circle", "square", "diamond", "triangle-up", "pentagon", "star")
STATE_DASHES: Final[tuple[str, ...]] = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Colour, mark and line of the states of a model, in their order: no two are told apart by colour alone."""

_AXIS: Final[dict[str, Any]] = {
    "automargin": True,
    "gridcolor": "var(--grid)",
    "linecolor": "var(--muted)",
    "showline": False,
    # Otherwise plotly.js measures every label once more, to hide those that leave the picture.
    "ticklabeloverflow": "allow",
    "ticks": "",
    "title": {"standoff": 8},
    "zeroline": False,
}

TEMPLATE: Final = go.layout.Template(
    layout={
        "colorway": [f"var(--{role})" for role in ("lstm", "gru", "rnn", "positive", "negative")],
        "dragmode": "zoom",
        "font": {"color": "var(--ink)", "size": 15},
        "hoverlabel": {"bgcolor": "var(--paper)", "bordercolor": "var(--muted)", "font": {"color": "var(--ink)"}},
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
)


def styled_figure(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> go.Figure:
    """Return a figure in the house's look.

    Plotly's check of every attribute would take three to seven times as long as all the rest, at every change on
    a page. Its switch for that is not documented; our own tests draw every picture with the check.
    """
    return go.Figure(list(traces), {**layout, "template": TEMPLATE}, _validate=False)


def color(role: str) -> str:
    """Return the name under which a figure asks for the colour of a role."""
    return f"var(--{role})"


def plain_names(names: Sequence[str], at_most: int) -> list[str]:
    """Return names as `plain` does, whole where two of them would be cut to the same."""
    cut = [plain(name, at_most) for name in names]
    return cut if len(set(cut)) == len(cut) else [plain(name) for name in names]


def plain(text: str, longest: int = 16) -> str:
    """Return what a reader typed, cut to `longest` characters, for Plotly to show letter by letter.

    Plotly reads a subset of HTML in every text it draws; escaped, a word is only ever a word.
    """
    return escape(text if len(text) <= longest else text[: longest - 1] + "…", quote=False)
