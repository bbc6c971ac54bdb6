"""The deck of figures, the theme, and what the component is sent."""

import base64

import numpy as np
import plotly.graph_objects as go
import pytest

from rnn_core.plots.deck import Deck, encode
from rnn_core.plots.theme import COLORS, SCALES, plain


def decode(part: dict) -> np.ndarray:
    raw = base64.b64decode(part["data"])
    return np.frombuffer(raw, dtype="<u1" if part["dtype"] == "u1" else "<f4").reshape(part["shape"])


@pytest.mark.parametrize("shape", [(3,), (3, 5), (2, 4, 3), (1, 0)])
def test_frames_survive_the_way_to_the_browser(shape):
    array = np.random.default_rng(0).standard_normal(shape)
    np.testing.assert_array_equal(decode(encode(array)), array.astype(np.float32))


def test_small_integers_travel_as_bytes_and_text_as_text():
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert encode(array)["dtype"] == "u1"
    np.testing.assert_array_equal(decode(encode(array)), array)
    assert encode(np.array([["a", "b"], ["c", "d"]])) == {"list": [["a", "b"], ["c", "d"]]}


def test_a_slice_that_is_not_contiguous_keeps_its_order():
    array = np.arange(12, dtype=np.float32).reshape(3, 4).T
    np.testing.assert_array_equal(decode(encode(array)), array)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"frames": {(0, "y"): np.zeros((2, 5))}}, "3 stops"),
        ({"frames": {}, "captions": ("one",)}, "3 stops"),
        ({"frames": {}, "layout": {"title.text": ["a"]}}, "3 stops"),
        ({"frames": {}, "along": np.zeros(2)}, "3 stops"),
        ({"frames": {}, "start": 3}, "start 3"),
    ],
)
def test_a_deck_refuses_parts_that_do_not_fit(parts, says):
    with pytest.raises(ValueError, match=says):
        Deck(go.Figure(), "unit", ["0", "1", "2"], **parts)


def luminance(color: str) -> float:
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", COLORS)
@pytest.mark.parametrize("role", sorted(set(COLORS["light"]) - {"grid", "paper"}))
def test_lines_and_text_stand_out_from_the_paper(mode, role):
    """WCAG 2.1, success criterion 1.4.3: at least 4.5 to 1."""
    pair = sorted([luminance(COLORS[mode][role]), luminance(COLORS[mode]["paper"])])
    assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


@pytest.mark.parametrize("mode", SCALES)
def test_scales_start_at_the_paper_and_run_one_way(mode):
    gate = [luminance(color) for _, color in SCALES[mode]["gate"]]
    assert gate == sorted(gate, reverse=mode == "light")
    diverging = SCALES[mode]["diverging"]
    assert diverging[len(diverging) // 2] == (0.5, COLORS[mode]["paper"])


def test_what_a_reader_typed_is_not_markup_for_plotly():
    assert plain("<b>&") == "&lt;b&gt;&amp;"
    assert plain("a" * 40) == "a" * 15 + "…"
    assert plain("<" * 40).count("&lt;") == 15
