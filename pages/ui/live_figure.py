"""`live_figure`, through which every picture that moves is drawn.

It takes a Plotly figure, or a deck of them, and keeps the DOM node and the zoom from update to
update; a deck is redrawn in the reader's browser while its slider is dragged.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import streamlit as st

from pages.ui import address
from pages.ui.component import component
from pages.ui.numbers import Table
from pages.ui.numbers import numbers as offer_numbers
from rnn_core.plots.deck import Deck
from rnn_core.plots.theme import COLORS, SCALES

_THEMES = {mode: {"colors": COLORS[mode], "scales": SCALES[mode]} for mode in COLORS}
_HTML = """
<figure class="live-figure">
  <span class="probe"></span>
  <button type="button" class="png" aria-label="Save this picture as PNG">PNG</button>
  <div class="frame">
    <div class="plot" role="img"></div>
    <svg class="stroke" aria-hidden="true"><polyline fill="none"/></svg>
    <span class="cursor x" hidden></span>
    <span class="cursor y" hidden></span>
  </div>
  <div class="deck" hidden>
    <button type="button" class="play" aria-label="Play" aria-pressed="false">▶</button>
    <span class="name"></span>
    <input type="range" min="0" step="1">
    <output aria-live="off"></output>
  </div>
  <p class="caption" aria-live="polite" hidden></p>
  <p class="problem" role="alert"></p>
</figure>
"""
_PLOTLY_VERSION = version("plotly")
_component = component("live_figure", _HTML, {"THEMES": _THEMES})


@dataclass(frozen=True)
class Click:
    """A click on a point of a figure.

    Attributes:
        trace: number of the trace.
        point: number of the point; (row, column) in a heatmap.
        x, y: its coordinates.

    """

    trace: int
    point: tuple[int, ...]
    x: Any
    y: Any


@dataclass(frozen=True)
class Stroke:
    """A line drawn with the pointer, or a dot.

    Attributes:
        x, y: coordinates of its points, in the order in which they were drawn.

    """

    x: tuple[float, ...]
    y: tuple[float, ...]


def plotly_address() -> str:
    """Return where the server serves plotly.js, with the version that is installed."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{'/' + base if base else ''}/unfold/plotly.min.js?v={_PLOTLY_VERSION}"


def live_figure(
    picture: Any,
    *,
    key: str,
    description: str,
    links: Mapping[str, str] | None = None,
    group: str | None = None,
    position: str | None = None,
    slider: bool = True,
    on_click: Callable[[Click], None] | None = None,
    on_draw: Callable[[Stroke], None] | None = None,
    numbers: Callable[[], Table] | None = None,
    name: str | None = None,
) -> None:
    """Draw a figure or a `Deck`.

    Args:
        picture: a `plotly.graph_objects.Figure` or a `Deck`.
        key: unique name on the page.
        description: the text alternative: what the picture shows, in a sentence.
        links: for axis "x" or "y" the name of a group whose positions are 0, 1, 2 … on that axis.
            Pointing at the figure moves the cursor of the group on "x" in every picture of the page,
            a click those of all groups.
        group: the group that the deck's slider moves, and follows.
        position: the name under which the deck's stop, one of its `values`, stands in the address and
            can be read by `address.recall`; the page runs again when the slider rests. Without it
            nothing is sent.
        slider: whether the deck shows its slider; one that only follows its group may go without.
        on_click: called with a click on a point, before the page runs again.
        on_draw: called with what the reader drew on the plot, before the page runs again; the figure's
            `dragmode` is then False.
        numbers: makes the table that is offered under the picture; only a preview goes without.
        name: what a saved PNG or CSV is called, the key by default.

    """
    if position == key:
        raise ValueError(f"the stop and the component can't both be called {key}: Streamlit keeps one value a name")
    deck = picture if isinstance(picture, Deck) else None
    drawn = deck.figure if deck else picture
    figure = drawn.to_json(validate=False)
    frames = json.dumps(deck.payload(), separators=(",", ":")) if deck else None
    start = deck.start if deck else 0
    if deck and position:
        stop = address.recall(position, deck.values[start])
        start = deck.values.index(stop) if stop in deck.values else start

    def moved() -> None:
        stop = st.session_state[key].get("move")
        if deck and position and stop:
            address.remember(position, deck.values[int(stop["position"])])

    def clicked() -> None:
        click = st.session_state[key].get("click")
        if on_click and click:
            on_click(Click(click["trace"], tuple(click["point"]), click["x"], click["y"]))

    def drawn_on() -> None:
        stroke = st.session_state[key].get("stroke")
        if on_draw and stroke:
            on_draw(Stroke(tuple(stroke["x"]), tuple(stroke["y"])))

    _component(
        key=key,
        data=[
            {
                "key": key,
                "name": name or key,
                "figure": figure,
                "heights": [drawn.layout.height, drawn.layout.meta["narrow_height"]],
                "deck": frames,
                "start": start,
                "description": description,
                "links": dict(links or {}),
                "group": group,
                "slider": slider,
                "reports": position is not None,
                "clicks": on_click is not None,
                "draws": on_draw is not None,
                "plotly": plotly_address(),
                "version": hashlib.blake2s((figure + (frames or "")).encode(), digest_size=8).hexdigest(),
            }
        ],
        on_move_change=moved,
        on_click_change=clicked,
        on_stroke_change=drawn_on,
    )
    if numbers is not None:
        offer_numbers(f"{key}.numbers", name or key, numbers)
