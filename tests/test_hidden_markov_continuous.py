"""Learning from numbers: what is read and drawn, against hmmlearn and closed forms; what is said; the page."""

import re
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hmmlearn.hmm import GMMHMM
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.errors import InputError
from rnn_core.hidden_markov import continuous_words
from rnn_core.hidden_markov.continuous import FLOOR, ROUNDS, Spec, densities, ellipses, trace_continuous
from rnn_core.hidden_markov.series import MOST_ROWS, Series, clouds, read_series, regimes, with_stroke, write_series
from rnn_core.numerals import percent
from rnn_core.plots.hidden_markov.continuous import deck_continuous
from tests import opened_page

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "hidden_markov.py")
SAMPLES = {1: regimes().rows, 2: clouds().rows}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\n2\n3", [[1], [2], [3]]),
        ("1, 2, 3.5", [[1], [2], [3.5]]),
        ("x;y\n1,5;2\n−3;4e1", [[1.5, 2], [-3, 40]]),
        ("time\tvalue\n1\t2", [[1, 2]]),
        ("1 2\r\n3 4\r\n\r\n", [[1, 2], [3, 4]]),
        ("return\n.5\n+.25,", [[0.5], [0.25]]),
        ("1,2", [[1, 2]]),
    ],
)
def test_series_is_read(text, rows):
    assert np.array(read_series(text).rows).tolist() == rows


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "at least one row"),
        ("price", "at least one row"),
        ("1\nnan", "Row 2 holds “nan”"),
        ("1\ninf", "Row 2 holds “inf”"),
        ("1\n1e999", "Row 2 holds “1e999”"),
        ("1\n2e9", "between"),
        ("1\ntwo", "Row 2 holds “two”"),
        ("1 2\n3", "row 2 holds 1 number"),
        ("1 2 3\n4 5 6", "one or two numbers, got 3"),
    ],
)
def test_what_is_no_series(text, complaint):
    with pytest.raises(InputError, match=complaint):
        read_series(text)


@given(st.text(alphabet="0123456789.,;-e \n\tx", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        series = read_series(text)
    except InputError:
        return
    assert series.dimensions in (1, 2)
    assert np.isfinite(series.rows).all()
    assert read_series(write_series(series.rows)).dimensions == series.dimensions or len(series.rows) == 1


def test_long_series_is_cut():
    series = read_series("\n".join(map(str, range(10_000))))
    assert (len(series.rows), series.given) == (MOST_ROWS, 10_000)
    assert "You gave 10,000 rows" in continuous_words.cut_short(series)
    assert continuous_words.cut_short(regimes()) == ""


def test_line_over_a_series_changes_the_steps_it_passes():
    series = Series(tuple((0.0,) for _ in range(10)), 10)
    drawn = read_series(with_stroke(series, (6.0, 3.0), (8.0, 2.0), anew=False))
    assert [row[0] for row in drawn.rows] == [0, 0, 2, 4, 6, 8, 0, 0, 0, 0]


def test_line_anew_is_the_series():
    drawn = read_series(with_stroke(regimes(), (10.0, 20.0, 30.0), (1.0, 5.0, 1.0), anew=True))
    values = np.array(drawn.rows)[:, 0]
    assert (values[0], values[-1]) == (1, 1)
    assert values.max() == pytest.approx(5, abs=0.05)
    dot = read_series(with_stroke(regimes(), (10.0,), (1.0,), anew=True))
    assert {row[0] for row in dot.rows} == {1.0}


def test_line_through_the_plane_adds_points():
    series = Series(((0.0, 0.0), (1.0, 1.0)), 2)
    drawn = read_series(with_stroke(series, (5.0, 6.0), (7.0, 8.0), anew=False))
    assert drawn.rows == ((0, 0), (1, 1), (5, 7), (6, 8))
    many = tuple(np.linspace(0, 1, 5000))
    assert len(read_series(with_stroke(series, many, many, anew=True)).rows) == 120


@pytest.mark.parametrize(("dimensions", "states", "components"), [(1, 2, 1), (1, 3, 2), (2, 3, 1), (2, 2, 3)])
def test_path_and_likelihood_against_hmmlearn(dimensions, states, components):
    """The learned parameters, in the reader's units, give the same likelihood and path there."""
    trace = trace_continuous(Spec(SAMPLES[dimensions], states, components, 1))
    assert (np.diff(trace.log_likelihoods) >= 0).all()
    there = GMMHMM(states, n_mix=components, covariance_type="full")
    there.transmat_, there.weights_ = trace.transitions[-1], trace.weights[-1]
    there.means_, there.covars_ = trace.means[-1], trace.covariances[-1]
    # Only the start isn't in the trace: the first state of the path is sure enough.
    there.startprob_ = np.eye(states)[trace.paths[-1, 0]]
    _, path = there.decode(trace.observations)
    np.testing.assert_array_equal(trace.paths[-1], path)
    assert there.score(trace.observations) == pytest.approx(trace.log_likelihoods[-1], abs=0.7)


def test_finds_the_samples_states():
    two = trace_continuous(Spec(SAMPLES[1], 2, 1, 1))
    np.testing.assert_allclose(sorted(two.state_deviations[-1, :, 0]), [0.5, 2.0], atol=0.1)
    three = trace_continuous(Spec(SAMPLES[2], 3, 1, 1))
    np.testing.assert_allclose(three.means[-1, :, 0], [[0, 0], [4, 3], [6, -2]], atol=0.6)


@pytest.mark.parametrize("components", [1, 3])
def test_densities(components):
    trace = trace_continuous(Spec(SAMPLES[1], 2, components, 1))
    places, parts = densities(trace)
    np.testing.assert_allclose(np.trapezoid(parts.sum(axis=2)[-1], places), 1, atol=0.05)
    state = trace.means[-1, 0, :, 0], np.sqrt(trace.covariances[-1, 0, :, 0, 0])
    expected = [
        np.exp(-((places - mean) ** 2) / 2 / deviation**2) / deviation / np.sqrt(2 * np.pi)
        for mean, deviation in zip(*state, strict=True)
    ]
    np.testing.assert_allclose(parts[-1, 0], trace.weights[-1, 0, :, None] * expected, rtol=1e-9)


def test_a_narrow_density_is_seen():
    """Hundreds of equal numbers and one far off: the narrow peak lies between two of the evenly spaced places."""
    trace = trace_continuous(Spec((*((1.0,), (1.5,)) * 200, (500.0,)), 2, 1, 1))
    places, parts = densities(trace)
    peaks = trace.weights[-1] / np.sqrt(2 * np.pi * trace.covariances[-1, ..., 0, 0])
    np.testing.assert_allclose(parts[-1].max(axis=-1), peaks, rtol=0.02)
    assert (np.diff(places) > 0).all()


@pytest.mark.parametrize(
    ("means", "deviations", "text"),
    [
        ([-0.2142], [0.5041], "−0.21 ± 0.50"), ([1234.56], [78.9], "1235 ± 79"), ([3.0], [12345.6], "3 ± 12346"),
        ([-0.001], [2.0], "0.0 ± 2.0"), ([2e-7], [3e-8], "2·10⁻⁷ ± 3·10⁻⁸"),
        ([1.0, -2.0], [0.12, 3.4], "(1.00, −2.0) ± (0.12, 3.4)"),
    ],
)  # fmt: skip
def test_how_means_are_written(means, deviations, text):
    assert continuous_words._measured(np.array(means), np.array(deviations)) == text


def test_ellipses_lie_two_deviations_off():
    trace = trace_continuous(Spec(SAMPLES[2], 3, 2, 1))
    apart = ellipses(trace)[-1] - trace.means[-1, :, :, None]
    squares = np.einsum("nked,nkdc,nkec->nke", apart, np.linalg.inv(trace.covariances[-1]), apart)
    np.testing.assert_allclose(squares, 4, rtol=1e-6)


def test_variances_keep_to_the_floor():
    """A state that would sit on one number stops at a thousandth of the data's variance, in any units."""
    values = [*np.random.default_rng(0).normal(size=60), 40.0]
    for unit in (1e-6, 1.0, 1e6):
        rows = tuple((unit * value,) for value in values)
        trace = trace_continuous(Spec(rows, 3, 2, 2))
        assert trace.covariances.min() == pytest.approx(FLOOR * np.var(rows), rel=1e-6)
        assert np.isfinite(trace.log_likelihoods).all()


@pytest.mark.parametrize(
    ("rows", "states", "components", "complaint"),
    [
        (((1.0,),) * 20, 2, 1, "All 20 rows are the same"),
        (((1.0,),), 1, 1, "There is only one row: there is nothing to tell states apart"),
        (((1.0,), (2.0,), (3.0,)), 4, 1, "3 different rows are too few for 4 densities"),
        (((1.0,), (2.0,)), 7, 1, "1 to 6 states"),
        (((1.0,), (2.0,)), 1, 5, "1 to 4 components"),
    ],
)
def test_spec_refuses(rows, states, components, complaint):
    with pytest.raises(InputError, match=complaint):
        Spec(rows, states, components, 1)


def test_degenerate_directions_are_no_trouble():
    line = tuple((float(value), 2.0 * value) for value in range(30))
    flat = tuple((float(value % 7), 3.0) for value in range(30))
    for rows, states, components in product((line, flat), (1, 3), (1, 2)):
        trace = trace_continuous(Spec(rows, states, components, 1))
        assert np.isfinite(trace.log_likelihoods).all()
        assert np.isfinite(ellipses(trace)).all()
        assert "nan" not in continuous_words.headline(trace)


@pytest.mark.parametrize(("dimensions", "states"), [*product((1, 2), (1, 2, 6))])
def test_what_is_said_holds(dimensions, states):
    trace = trace_continuous(Spec(SAMPLES[dimensions], states, 2, 3))
    said = continuous_words.headline(trace)
    named = [int(number) - 1 for number in re.findall(r"state (\d) around", said)]
    assert len(named) == min(states, 3)
    assert trace.shares[-1, named].min() >= np.delete(trace.shares[-1], named).max(initial=0)
    assert ("3 of 6 states with most steps" in said) == (states == 6)
    for state in named:
        assert f"{percent(trace.shares[-1, state])} of the steps" in said
    np.testing.assert_allclose(trace.shares.sum(axis=1), 1)
    captions = continuous_words.captions(trace)
    assert len(captions) == len(ROUNDS)
    for stop in range(1, len(ROUNDS)):
        moved = (trace.paths[stop] != trace.paths[stop - 1]).sum()
        assert ("no step has" in captions[stop]) == (moved == 0)
    table = continuous_words.components_table(trace, len(ROUNDS) - 1)
    assert {len(column) for column in table.values()} == {states * 2}


@pytest.mark.parametrize("dimensions", [1, 2])
def test_figure_shows_every_number_in_its_state(dimensions):
    trace = trace_continuous(Spec(SAMPLES[dimensions], 3, 2, 1))
    deck = deck_continuous(trace)
    shown = np.stack([deck.frames[1 + state, "y"] for state in range(3)])
    np.testing.assert_array_equal(np.isfinite(shown).sum(axis=0), 1)
    np.testing.assert_array_equal(np.isfinite(shown).argmax(axis=0), trace.paths)
    np.testing.assert_allclose(np.nanmax(shown, axis=0)[-1], trace.observations[:, dimensions - 1], rtol=1e-5)
    np.testing.assert_array_equal(deck.frames[len(deck.figure.data) - 1, "y"], trace.paths + 1)


open_page = partial(opened_page.open_page, "hidden_markov")


written = opened_page.words_of


def own_numbers(text, **values):
    at = open_page(series_numbers=text, **values)
    return at.segmented_control(key="hidden_markov.series.control").set_value("own").run()


@pytest.mark.parametrize("source", continuous_words.SOURCES)
def test_page_learns_from_numbers(source):
    at = open_page()
    at.segmented_control(key="hidden_markov.series.control").set_value(source).run()
    assert not at.exception
    assert "state 2 around" in written(at)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("5\n5\n5", {}, "All 3 rows are the same"),
        ("1\n2\n3", {"series_states": "6", "series_components": "4"}, "too few for 24 densities"),
        ("1;2\n3;4\n5;7\n6;1", {"series_states": "2"}, "state 2 around"),
    ],
)
def test_page_with_numbers_of_ones_own(text, values, expected):
    at = own_numbers(text, **values)
    assert not at.exception
    assert expected in written(at)


def test_page_with_ten_thousand_numbers():
    at = open_page()
    at.session_state["hidden_markov.series_numbers"] = "\n".join(str(value % 97) for value in range(10_000))
    at.segmented_control(key="hidden_markov.series.control").set_value("own").run()
    assert not at.exception
    assert "You gave 10,000 rows" in written(at)
    assert "too long for a link" in written(at)
