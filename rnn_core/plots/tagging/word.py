"""One word: what it says of its tag by itself, and what the sentence makes of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_core.plots.deck import Deck
from rnn_core.plots.tagging.trellis import LEAST, LEGEND, tags_axis
from rnn_core.plots.theme import color, styled_figure
from rnn_core.tagging.tags import TAGS
from rnn_core.tagging.trace import Trace


def deck_word(trace: Trace, captions: Sequence[str]) -> Deck:
    """Draw both probabilities of every tag that counts, joined by a line; the slider walks over the words.

    It starts at the word of which least is certain. `captions` (T,) say what is known of each.
    """
    N, T = len(TAGS), len(trace.words)
    start = int(trace.posteriors.max(axis=1).argmin())
    counts = np.maximum(trace.alone, trace.posteriors) >= LEAST
    alone, whole = (np.where(counts, 100 * shares, np.nan) for shares in (trace.alone, trace.posteriors))
    rows = np.arange(N)
    gaps = np.full((T, N), np.nan)
    joints = np.stack([alone, whole, gaps], axis=2).reshape(T, 3 * N)
    hover = "about %{x:.1f} %<extra></extra>"
    traces: list[dict[str, Any]] = [
        {"x": joints[start], "y": np.repeat(rows, 3), "mode": "lines", "line": {"color": color("muted"), "width": 2}},
        {
            "x": alone[start],
            "y": rows,
            "mode": "markers",
            "marker": {"color": color("negative"), "size": 13, "symbol": "diamond-open", "line": {"width": 3}},
            "name": "the word by itself",
            "hovertemplate": hover,
        },
        {
            "x": whole[start],
            "y": rows,
            "mode": "markers",
            "marker": {"color": color("lstm"), "size": 11, "symbol": "circle"},
            "name": "in this sentence",
            "hovertemplate": hover,
        },
    ]
    traces[0] |= {"hoverinfo": "skip", "showlegend": False}
    figure = styled_figure(
        [{"type": "scatter", **trace} for trace in traces],
        {
            "height": 380,
            "legend": LEGEND,
            "margin": {"t": 30},
            "meta": {"narrow_height": 350},
            "xaxis": {
                "range": [-4, 104],
                "tickvals": [0, 50, 100],
                "ticktext": ["0 %", "50 %", "100 %"],
            },
            "yaxis": {**tags_axis(), "showgrid": True},
        },
    )
    names = [f"{number}. {word}" for number, word in enumerate(trace.words, start=1)]
    frames = {(0, "x"): joints, (1, "x"): alone, (2, "x"): whole}
    return Deck(figure, "word", names, frames, captions=list(captions), start=start)
