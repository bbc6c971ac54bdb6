"""The trellis of a hidden Markov model: against every path, published numbers, and what the page says of it."""

import dataclasses
import json
import math
import re
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.errors import InputError
from rnn_core.hidden_markov import Model, Spec, Trace, reading, sentences, tables, trace_hidden_markov
from rnn_core.hidden_markov.equations import cell_formula, log_joint, path_formula
from rnn_core.hidden_markov.examples import CAT, DICE, FEVER, ICE_CREAM, PRESETS, START, TASKS, read_spec
from rnn_core.hidden_markov.spec import MOST_OBSERVATIONS
from rnn_core.hidden_markov.stops import View, begin_round, cell_name, is_long, stops_of, view_of
from rnn_core.hidden_markov.trace import arrow_shares, column_shares, log
from rnn_core.hidden_markov.writing import (
    counted,
    in_cell,
    listed,
    logarithm,
    percents_apart,
    probability,
    route,
    times,
    typed,
)
from rnn_core.numerals import percent
from rnn_core.plots import hidden_markov as plots
from rnn_core.plots.deck import Deck
from tests import opened_page
from tests.every_path import every_path

PAGES_DIR = Path(__file__).resolve().parent.parent / "pages"
MODES = ("forward", "backward", "posterior", "viterbi")


def model_of(values: dict[str, str]) -> Model:
    return read_spec(values).model


def trace_of(values: dict[str, str], **changed: str) -> Trace:
    return trace_hidden_markov(read_spec(values | changed))


def random_trace(seed: int, N: int = 3, M: int = 3, T: int = 5, zeros: float = 0.0) -> Trace:
    """A random model with some zeros, and a random sequence, which may be impossible."""
    random = np.random.default_rng(seed)

    def rows(*shape):
        table = random.dirichlet(np.ones(shape[-1]), shape[:-1]) * (random.random(shape) >= zeros)
        empty = table.sum(axis=-1, keepdims=True) == 0
        table = np.where(empty, 1 / shape[-1], table)
        return table / table.sum(axis=-1, keepdims=True)

    names, symbols = tuple("ABCDEF"[:N]), tuple("uvwxyz"[:M])
    tables = [tuple(map(tuple, table.tolist())) for table in (rows(1, N), rows(N, N), rows(N, M))]
    model = Model(names, symbols, tables[0][0], tables[1], tables[2])
    return trace_hidden_markov(Spec(model, tuple(random.integers(0, M, T).tolist())))


def paths_of(trace: Trace):
    numbers = trace.spec.model.numbers
    return every_path(numbers.start, numbers.transitions, trace.log_emissions)


GRID = [
    random_trace(seed, N, M, T, zeros)
    for seed, (N, M), T, zeros in product(range(4), ((1, 1), (1, 3), (2, 2), (3, 3), (4, 2)), (1, 2, 6), (0.0, 0.5))
]
"""Traces of every kind: one state, one step, the impossible, the certain."""


# Published numbers


def test_fever_is_that_of_wikipedia():
    """“Viterbi algorithm”: the table of the example, and its path with probability 0.01512."""
    trace = trace_of(FEVER)
    np.testing.assert_allclose(np.exp(trace.scores), [[0.3, 0.04], [0.084, 0.027], [0.00588, 0.01512]])
    assert [trace.spec.model.states[state] for state in trace.path] == ["Healthy", "Healthy", "Fever"]
    assert math.exp(trace.log_probability) == pytest.approx(0.01512)


def test_umbrellas_are_those_of_wikipedia():
    """“Forward–backward algorithm”: filtered, backward and smoothed probabilities of rain, umbrellas U U N U U."""
    umbrella = Model(("Rain", "No rain"), ("U", "N"), (0.5, 0.5), ((0.7, 0.3), (0.3, 0.7)), ((0.9, 0.1), (0.2, 0.8)))
    trace = trace_hidden_markov(Spec(umbrella, (0, 0, 1, 0, 0)))
    filtered = [0.8182, 0.8834, 0.1907, 0.7308, 0.8673]
    np.testing.assert_allclose(column_shares(trace, "forward")[:, 0], filtered, atol=5e-5)
    np.testing.assert_allclose(column_shares(trace, "backward")[:, 0], [0.5923, 0.3763, 0.6533, 0.6273, 0.5], atol=5e-5)
    np.testing.assert_allclose(trace.posteriors[:, 0], [0.8673, 0.8204, 0.3075, 0.8204, 0.8673], atol=5e-5)


def test_ice_cream_is_that_of_jurafsky_and_martin():
    """Appendix A of the third edition draft, the forward and the Viterbi trellis (figures A.5 and A.8)."""
    trace = trace_of(ICE_CREAM)
    np.testing.assert_allclose(np.exp(trace.forward[:2]), [[0.32, 0.02], [0.0404, 0.069]])
    np.testing.assert_allclose(np.exp(trace.scores[:2]), [[0.32, 0.02], [0.0384, 0.064]])


def test_the_die_is_loaded_in_the_middle():
    trace = trace_of(DICE)
    assert route([trace.spec.model.states[state] for state in trace.path]) == "Fair × 9 → Loaded × 11 → Fair × 4"
    model = trace.spec.model
    assert (model.start, model.transitions) == ((0.5, 0.5), ((0.95, 0.05), (0.1, 0.9)))
    np.testing.assert_allclose(model.emissions, [[1 / 6] * 6, [0.5] + [0.1] * 5])


# Against every path


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.sampled_from((0.0, 0.3, 0.6)))
def test_every_number_is_a_sum_or_a_maximum_over_every_path(seed, N, M, T, zeros):
    trace = random_trace(seed, N, M, T, zeros)
    every = paths_of(trace)
    assert trace.log_likelihood == pytest.approx(every.log_likelihood(), abs=1e-9)
    np.testing.assert_allclose(trace.posteriors, every.posteriors(), atol=1e-12)
    assert trace.log_probability == pytest.approx(every.log_probabilities.max(), abs=1e-9)
    assert trace.possible == np.isfinite(every.log_likelihood())
    if not trace.possible:
        assert trace.impossible_step is not None
        assert not len(trace.differing)
        return
    assert log_joint(trace, trace.path.tolist()) == pytest.approx(trace.log_probability, abs=1e-9)
    others = every.log_probabilities[(every.paths != trace.path).any(axis=1)]
    assert trace.runner_up_log_probability == pytest.approx(others.max(initial=-np.inf), abs=1e-9)
    np.testing.assert_allclose(
        [log_joint(trace, path) for path in every.paths.tolist()], every.log_probabilities, atol=1e-9
    )
    for t in trace.differing.tolist():
        gamma = trace.posteriors[t - 1]
        assert gamma[trace.likely[t - 1]] == gamma.max() > gamma[trace.path[t - 1]]
    # Arrows: of α and of β they are parts of a whole, of γ the probabilities of the moves.
    for mode, axis in (("forward", 1), ("backward", 2)):
        sums = arrow_shares(trace, mode).sum(axis=axis)
        cells = trace.forward[1:] if mode == "forward" else trace.backward[:-1]
        np.testing.assert_allclose(sums, np.isfinite(cells).astype(float), atol=1e-9)
    np.testing.assert_allclose(arrow_shares(trace, "posterior").sum(axis=0), every.transitions(), atol=1e-9)
    kept = arrow_shares(trace, "viterbi")
    for t, j in product(range(1, T), range(N)):
        assert kept[t - 1, :, j].sum() == np.isfinite(trace.scores[t, j])


@pytest.mark.parametrize("values", [CAT, FEVER, ICE_CREAM, DICE], ids=lambda values: values["states"])
@pytest.mark.parametrize("mode", MODES)
def test_shares_of_a_column_are_in_proportion_to_its_cells(values, mode):
    trace = trace_of(values)
    cells = np.exp(trace.values(mode) - trace.values(mode).max(axis=1, keepdims=True))
    np.testing.assert_allclose(column_shares(trace, mode), cells / cells.sum(axis=1, keepdims=True))


def test_the_first_impossible_step_is_found():
    model = model_of(FEVER | {"emissions": "0.6,0.4,0;0.4,0.6,0"})
    trace = trace_hidden_markov(Spec(model, (0, 1, 2, 0)))
    assert not trace.possible
    assert trace.impossible_step == 3
    assert trace_hidden_markov(Spec(model, (2,))).impossible_step == 1
    assert trace_of(FEVER).impossible_step is None
    for mode in MODES:
        assert np.isfinite(arrow_shares(trace, mode)).all()
        assert np.isfinite(column_shares(trace, mode)).all()


def test_a_thousand_observations_have_numbers_and_words():
    trace = trace_of(DICE, observations="6 1 2 3 6 6 5 4 1 2 " * 100)
    assert np.isfinite(trace.log_likelihood)
    assert "·10⁻⁷" in sentences.headline(trace, "forward")
    assert cell_formula(trace, "forward", 1000, 0).startswith("α₁₀₀₀(Fair) = (")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"start": (0.5, 0.6)}, "start must be non-negative and sum to 1"),
        ({"transitions": ((1.5, -0.5), (0.4, 0.6))}, "transitions must be non-negative"),
        ({"emissions": ((0.5, 0.5), (0.5, 0.5))}, r"emissions must have shape \(2, 3\)"),
        ({"states": ("A", "B", "C")}, r"start must have shape \(1, 3\)"),
    ],
)
def test_tables_that_do_not_fit_are_refused(change, complaint):
    with pytest.raises(InputError, match=complaint):
        dataclasses.replace(model_of(FEVER), **change)


def test_sequences_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="at least one"):
        Spec(model_of(FEVER), ())
    with pytest.raises(InputError, match="from 0 to 2"):
        Spec(model_of(FEVER), (0, 3))


# What is read


def test_observations_are_read_as_they_are_typed():
    symbols = ("normal", "cold", "dizzy")
    assert reading.read_observations("normal cold\n\n dizzy, Cold;NORMAL\n", symbols) == ((0, 1), (2, 1, 0))
    assert reading.read_observations("very cold, dizzy", ("dizzy", "very cold")) == ((1, 0),)
    assert reading.read_observations("very cold", ("dizzy", "very cold")) == ((1,),)
    assert reading.read_observations("61 626", ("1", "2", "6")) == ((2, 0, 2, 1, 2),)
    assert reading.read_observations("a A", ("a", "A")) == ((0, 1),)


@pytest.mark.parametrize(
    ("read", "complaint"),
    [
        (lambda: reading.read_observations(" \n", ("a", "b")), "at least one observation: a or b"),
        (lambda: reading.read_observations("a hot b", ("a", "b", "cold")), "“hot” is no symbol of this model"),
        (lambda: reading.read_observations("7", ("1", "2")), "which knows 1 and 2"),
        (lambda: reading.read_observations("x" * 40, ("1", "2")), "“xxxxxxxxxxxxxxx…”"),
        (lambda: reading.read_observations("1 " * 10_000, ("1", "2")), "at most 1,000 observations in all, got 10,000"),
        (lambda: reading.read_states("a, b, c, d, e, f, g"), "1 to 6 names"),
        (lambda: reading.read_symbols("a, a"), "“a” stands there twice"),
        (lambda: reading.read_start("0.5,0.6", ("a", "b")), "sums to 1.1"),
        (lambda: reading.read_rows("A", "0.5,0.5;-1,2", ("a", "b"), 2), "“b” of A holds −1"),
        (lambda: reading.read_path("a b", ("a", "b"), 3), "for every step, 3 here, got 2"),
        (lambda: reading.read_path("a c", ("a", "b"), 2), "“c” is no state of this model, which knows a and b"),
        (lambda: reading.read_number("First step in view", "9", 5), "First step in view must be a whole number"),
    ],
)
def test_what_can_not_be_read_has_its_sentence(read, complaint):
    with pytest.raises(InputError, match=re.escape(complaint)):
        read()


def test_a_path_is_read_back_as_it_is_written():
    states = ("Garden", "The hall")
    assert reading.read_path(reading.write_path((0, 1, 1), states), states, 3) == (0, 1, 1)
    assert reading.read_path("garden,\nthe hall", states, 2) == (0, 1)
    assert reading.write_path((-1, -1), states) == "Garden, Garden"  # of an impossible sequence
    keys = {reading.path_key(names, steps) for names in (states, ("Garden", "Hall")) for steps in (2, 3)}
    assert len(keys) == 4


def test_the_path_to_try_differs_from_the_best_one_where_any_does():
    assert reading.path_to_try(trace_of(CAT)) == trace_of(CAT).likely.tolist() != trace_of(CAT).path.tolist()
    assert reading.path_to_try(trace_of(FEVER)) == trace_of(FEVER).runner_up.tolist()


def test_what_stands_in_the_box_first_can_always_be_read():
    for values in (CAT, FEVER, ICE_CREAM, DICE):
        symbols = reading.read_symbols(values["symbols"])
        assert reading.first_readable(values["observations"], symbols) == values["observations"]
        other = reading.first_readable("something else", symbols)
        assert reading.read_observations(other, symbols) == (tuple(range(len(symbols))),)


def test_as_many_observations_as_may_be_are_read():
    assert len(reading.read_observations("1 2 " * (MOST_OBSERVATIONS // 2), ("1", "2"))[0]) == MOST_OBSERVATIONS


# How it is written


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (probability, -math.inf, "0"), (probability, 0.0, "1"), (probability, math.log(0.0342), "0.0342"),
        (probability, math.log(0.3), "0.3"), (probability, math.log(0.00012345), "0.000123"),
        (probability, math.log(0.0000999), "9.99·10⁻⁵"), (probability, math.log(0.99999), "0.99999"),
        (probability, math.log(0.9996), "0.9996"), (probability, -1e-12, "1"),
        (probability, -5000 * math.log(10), "1.00·10⁻⁵⁰⁰⁰"), (probability, math.log(9.996e-7), "1.00·10⁻⁶"),
        (in_cell, math.log(0.0067), "6.7<br>·10⁻³"), (in_cell, math.log(0.017), "0.017"), (in_cell, 0.0, "1"),
        (in_cell, math.log(0.99999), "&lt; 1"), (in_cell, math.log(0.997), "0.997"),
        (logarithm, -1.234, "−1.23"), (logarithm, -math.inf, "−∞"), (logarithm, 0.0, "0.00"),
        (logarithm, -0.001, "0.00"), (typed, 0.99999, "0.99999"),
        (typed, 0.5, "0.5"), (typed, 0.0, "0"), (typed, 1 / 6, "0.1667"), (typed, 1.0, "1"), (typed, 2e-5, "2.0·10⁻⁵"),
        (percent, 0.001, "under 1\N{NO-BREAK SPACE}%"), (percent, 0.999, "over 99\N{NO-BREAK SPACE}%"),
        (percent, 0.995, "over 99\N{NO-BREAK SPACE}%"), (percent, 0.005, "under 1\N{NO-BREAK SPACE}%"),
        (percent, 1 - 1e-10, "over 99\N{NO-BREAK SPACE}%"),
        (percent, 1 - 1e-13, "100\N{NO-BREAK SPACE}%"), (percent, 0.0, "0\N{NO-BREAK SPACE}%"),
        (times, math.log(2.1), "2.1 times"), (times, math.log(40), "40 times"), (times, 30.0, "1.1·10¹³ times"),
        (times, math.log(999.6), "1.0·10³ times"), (times, math.log(999.4), "1000 times"),
        (route, ["A", "B", "B"], "A → B → B"), (route, ["A"] * 5 + ["B"] * 3, "A × 5 → B × 3"),
        (route, ["A", "B"] * 5, "A → B → A → B → A → B → …"),
        (route, ["א", "B"], "\u2068א\u2069 → B"), (listed, ["a", "\u202eb"], "a and \u2068\u202eb\u2069"),
        (listed, ["a"], "a"), (listed, ["a", "b", "c"], "a, b and c"),
    ],
)  # fmt: skip
def test_how_numbers_and_names_are_written(write, value, text):
    assert write(value) == text


def test_shares_are_told_apart():
    assert percents_apart(0.57, 0.43) == ("57\N{NO-BREAK SPACE}%", "43\N{NO-BREAK SPACE}%")
    assert percents_apart(0.4012, 0.3988) == ("40.1\N{NO-BREAK SPACE}%", "39.9\N{NO-BREAK SPACE}%")
    assert percents_apart(0.40002, 0.40001) == ("40.002\N{NO-BREAK SPACE}%", "40.001\N{NO-BREAK SPACE}%")
    assert percents_apart(0.4000001, 0.4) == ("40.000\N{NO-BREAK SPACE}%", "hardly less")


def test_paths_are_counted():
    assert counted(3, 5) == "243"
    assert counted(2, 24) == "about 1.7·10⁷"
    assert counted(3, 14) == "about 4.8·10⁶"
    assert counted(1, 1000) == "1"


def computed(formula: str) -> float:
    """What the right side of a formula makes, done as it is written."""
    terms = re.sub(r"·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: f"e{power[1].translate(HIGH)}", formula)
    return eval(terms.replace("×", "*"), {"max": max})  # numbers, +, *, / and max, written by ourselves


HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("values", [CAT, FEVER, ICE_CREAM, DICE], ids=lambda values: values["states"])
def test_formulas_hold_with_the_numbers_that_stand_in_them(values, mode):
    trace = trace_of(values)
    for t, state in product(range(1, trace.spec.steps + 1), range(len(trace.spec.model.states))):
        formula = cell_formula(trace, mode, t, state)
        name, *middle, result = formula.split(" = ")
        assert name.endswith(f"({trace.spec.model.states[state]})")
        wanted = math.exp(trace.values(mode)[t - 1, state])
        if mode == "backward" and t == trace.spec.steps:
            assert result.startswith("1, for nothing is left")
            continue
        (right,) = middle
        assert computed(right) == pytest.approx(wanted, rel=0.02, abs=1e-300)
        if mode == "posterior":
            assert result == percent(wanted)
        else:
            assert computed(result.split(", from ")[0]) == pytest.approx(wanted, rel=0.006)


def test_formulas_of_the_fever():
    trace = trace_of(FEVER)
    assert cell_formula(trace, "forward", 2, 1) == "α₂(Fever) = (0.3 × 0.3 + 0.04 × 0.6) × 0.3 = 0.0342"
    assert cell_formula(trace, "viterbi", 2, 1) == "δ₂(Fever) = max(0.3 × 0.3, 0.04 × 0.6) × 0.3 = 0.027, from Healthy"
    assert cell_formula(trace, "backward", 1, 0) == "β₁(Healthy) = 0.7 × 0.4 × 0.25 + 0.3 × 0.3 × 0.4 = 0.106"
    assert cell_formula(trace, "forward", 1, 1, True) == "α₁(Fever) = 0.4 × 0.1 = 0.04, and log 0.04 = −3.22"
    assert path_formula(trace, trace.path.tolist()) == "(0.6 × 0.5) × (0.7 × 0.4) × (0.3 × 0.6) = 0.01512"
    assert "… × (0.95 × 0.1667) = " in path_formula(trace_of(DICE), [0] * 24)


# What is said


def everything_said(trace: Trace) -> list[str]:
    view = View(1, trace.spec.steps)
    said = [sentences.on_paths(trace), *sentences.answers(trace).values()]
    for mode in MODES:
        said += [sentences.headline(trace, mode), *sentences.captions(trace, mode, view, logarithms=False)]
    return said


@pytest.mark.parametrize("trace", GRID, ids=range(len(GRID)))
def test_everything_can_be_said_of_every_model(trace):
    for sentence in everything_said(trace):
        assert sentence[0].isupper() or sentence[0] in "αβγδ“"
        assert sentence.endswith(".")
        assert not re.search(r"nan|inf\b|-\d|  |\bNone\b", sentence), sentence


def test_the_headline_holds_for_every_model():
    kinds = dict.fromkeys(("impossible", "only one path", "the only one", "just as much", "times the runner-up"), 0)
    differ = dict.fromkeys(("Yet at step", "Yet at 2 steps", "are no path", ""), 0)
    tied = trace_of(FEVER, transitions="0.5,0.5;0.5,0.5", emissions="0.5,0.5,0;0.5,0.5,0", observations="cold cold",
                    start="0.5,0.5")  # fmt: skip
    for trace in (*GRID, tied, trace_of(CAT), trace_of(FEVER)):
        said = sentences.headline(trace, "viterbi")
        found = [kind for kind in kinds if kind in said]
        for kind in found:
            kinds[kind] += 1
        every = paths_of(trace)
        shares = np.sort(every.shares())[::-1]
        if found == ["impossible"]:
            assert not shares.any()
            continue
        if "only one path" in found:
            assert len(shares) == 1
            continue
        ahead = shares[0] / shares[1] if shares[1] else math.inf
        assert ("the only one" in said) == math.isinf(ahead)
        assert ("just as much" in said) == (ahead == pytest.approx(1, abs=1e-9))
        assert ("hardly more" in said) == (1 + 1e-9 < ahead < 1.06)
        if "times the runner-up" in said:
            assert not re.search(r"(?<![\d.])1 times", said)
            assert times(math.log(ahead)) in said
        if "of all paths" in said:
            assert percent(shares[0]) in said
        best = every.paths[every.log_probabilities.argmax()]
        gamma = every.posteriors()
        behind = gamma.max(axis=1) - gamma[np.arange(len(best)), trace.path]
        assert ("another state is more probable" in said) == bool((behind > 1e-9).any())
        for kind in differ:
            differ[kind] += kind in said
        if "are no path" in said:
            assert log_joint(trace, gamma.argmax(axis=1).tolist()) == -math.inf
            i, j = (trace.spec.model.states.index(name) for name in re.search(r"from (\w+) to (\w+)\.", said).groups())
            assert trace.spec.model.transitions[i][j] == 0
    assert all(kinds.values()), kinds
    assert all(differ.values()), differ


def test_a_path_is_the_only_one_where_no_other_is_possible_however_improbable():
    sure = {
        "start": "1,0",
        "transitions": "0.9999,0.0001;0.0001,0.9999",
        "emissions": "0.9999,0.0001,0;0.0001,0.9999,0",
    }
    trace = trace_of(FEVER, observations="normal normal normal normal", **sure)
    assert trace.posteriors.max(axis=1).min() > 1 - 1e-7
    for mode in MODES:
        assert "nly one" not in sentences.headline(trace, mode)
        assert "100" not in sentences.headline(trace, mode)
    alone = trace_of(FEVER, start="1,0", transitions="1,0;0,1")
    assert "Only one path can have made" in sentences.headline(alone, "posterior")


def test_backward_says_which_states_go_best_with_what_comes():
    assert "Hall goes best" in sentences.headline(trace_of(CAT, observations="meow, purr"), "backward")
    assert "makes no difference" in sentences.headline(trace_of(FEVER, transitions="0.5,0.5;0.5,0.5"), "backward")
    assert "every β is 1" in sentences.headline(trace_of(FEVER, observations="cold"), "backward")


def test_steps_that_are_as_unsure_as_each_other_are_said_to_be():
    even = trace_of(FEVER, start="0.6,0.4", transitions="1,0;0,1", emissions="0.5,0.5,0;0.5,0.5,0",
                    observations="cold cold")  # fmt: skip
    assert "No step is less sure than step 1: Healthy has 60" in sentences.headline(even, "posterior")


def test_the_forward_sum_is_of_the_last_step_even_where_it_is_not_drawn():
    said = [sentences.captions(trace_of(DICE), "forward", View(1, last), logarithms=False)[-1] for last in (24, 12)]
    assert said[0].endswith(": the last column, added up.")
    assert said[1].endswith(": the column of step 24, added up.")


def test_only_arrows_that_can_be_taken_are_counted():
    assert "a sum over 243 paths, and the trellis does it with 28 arrows" in sentences.headline(
        trace_of(CAT), "forward"
    )


def test_the_page_opens_with_states_that_are_no_path():
    said = sentences.headline(trace_of(CAT), "viterbi")
    assert said == (
        "Best path: Garden → Garden → Hall → Sofa → Sofa, with 18\N{NO-BREAK SPACE}% of the probability of all paths, "
        "2.1 times the runner-up. Yet at 2 steps another state is more probable. "
        "The most probable states in a row are no path: nothing leads from Garden to Sofa."
    )
    said = sentences.headline(trace_of(CAT), "posterior")
    assert "at step 3 it is Sofa (57\N{NO-BREAK SPACE}%), not Hall (43\N{NO-BREAK SPACE}%)." in said


def test_certain_states_are_called_certain():
    said = sentences.headline(trace_of(FEVER, emissions="0.5,0.5,0;0,0,1"), "posterior")
    assert said == "Only one path can have made these observations, so every state is certain."
    least = sentences.headline(trace_of(FEVER), "posterior")
    assert least.endswith("Least sure is step 2: Healthy has 62\N{NO-BREAK SPACE}%.")


def test_the_number_of_viterbi_is_told_from_the_probability_of_a_state():
    trace = trace_of(CAT)
    said = sentences.put_right(trace)
    assert f"δ₃(Hall) = {probability(trace.scores[2, 1])} is the probability of the best path into it" in said
    assert f"γ₃(Hall) = {percent(trace.posteriors[2, 1])}" in said
    assert trace.path[2] == 1 != trace.likely[2]


def test_an_impossible_observation_is_named_with_its_step():
    trace = trace_of(FEVER, emissions="0.6,0.4,0;0.4,0.6,0")
    for mode in MODES:
        assert "“dizzy” at step 3 is impossible in this model" in sentences.headline(trace, mode)
        assert sentences.captions(trace, mode, View(1, 3), logarithms=False)[-1].startswith("“dizzy” at step 3")
    assert "nothing to divide" in cell_formula(trace, "posterior", 1, 0)
    assert tables.paths_table(trace, (0, 0, 0))["path"] == ["Yours: Healthy → Healthy → Healthy"]


# Where the slider stands


def test_stops_follow_the_computation():
    trace = trace_of(FEVER)
    names = {mode: [stop.name for stop in stops_of(trace, mode, View(1, 3))] for mode in MODES}
    cells = ["1 Healthy", "1 Fever", "2 Healthy", "2 Fever", "3 Healthy", "3 Fever"]
    assert names["forward"] == names["posterior"] == [*cells, "end"]
    assert names["viterbi"] == [*cells, "back 3", "back 2", "back 1", "end"]
    assert names["backward"] == ["3 Healthy", "3 Fever", "2 Healthy", "2 Fever", "1 Healthy", "1 Fever", "end"]
    captions = sentences.captions(trace, "viterbi", View(1, 3), logarithms=False)
    assert captions[6].startswith("Fever ends the best path, with 0.0151.")
    assert captions[7] == "The pointer of step 3 leads back to Healthy at step 2."
    assert captions[8].endswith("That is the best path.")


def test_a_view_lies_within_the_sequence():
    assert view_of(5, 12, 1) == View(1, 5)
    assert view_of(40, 12, 35) == View(29, 40)
    assert view_of(40, 12, 7) == View(7, 18)
    assert begin_round(20.3, 12, 40) == "14"
    assert begin_round(1, 12, 40) == "1"
    assert is_long(7)
    assert not is_long(6)
    trace = trace_of(DICE)
    assert sentences.outside(trace, View(1, 24)) == ""
    assert sentences.outside(trace, View(3, 14)).startswith("Steps 3 to 14 of 24")
    back = sentences.captions(trace, "viterbi", View(3, 14), logarithms=False)[24]
    assert back == "From the steps on the right, which are not drawn, the pointers lead back to Loaded at step 14."


# Pictures


def decks():
    for trace, mode in product((*GRID[::7], trace_of(CAT)), MODES):
        yield trace, mode, plots.deck_trellis(trace, mode, View(1, trace.spec.steps))
    for mode in MODES:
        yield trace_of(DICE), mode, plots.deck_trellis(trace_of(DICE), mode, View(5, 16))


def of_name(deck: Deck, name: str):
    return next(k for k, trace in enumerate(deck.figure.data) if trace.name == name)


def test_every_deck_only_moves_lines_and_points():
    for trace, mode, deck in decks():
        assert {attribute for _, attribute in deck.frames} <= {"x", "y"}
        assert not deck.layout
        assert deck.values[deck.start] == "end"
        assert len(deck.captions) == len(deck.values)
        for (number, attribute), array in deck.frames.items():
            shown = getattr(deck.figure.data[number], attribute)
            np.testing.assert_array_equal(np.asarray(shown, dtype=np.float32), array[-1], f"{mode} {trace.spec}")
        assert deck.figure.layout.meta["narrow_height"] <= 460
        assert len(json.dumps(deck.payload())) < 200_000


def test_a_veil_lies_over_every_cell_that_is_not_computed_yet():
    trace = trace_of(CAT)
    for mode in MODES:
        deck = plots.deck_trellis(trace, mode, View(1, 5))
        veil = next(
            k for k, part in enumerate(deck.figure.data) if part.type == "scatter" and part.fillcolor == "var(--paper)"
        )
        order = [stop for stop in stops_of(trace, mode, View(1, 5)) if stop.kind == "cell"]
        for stop, x, y in zip(order, deck.frames[veil, "x"], deck.frames[veil, "y"], strict=False):
            boxes = [(x[k : k + 4], y[k : k + 4]) for k in range(0, len(x), 6) if not np.isnan(x[k])]
            now = order.index(stop)
            for place, other in enumerate(order):
                covered = any(
                    min(left) < other.t < max(left) and min(low) < -other.state < max(low) for left, low in boxes
                )
                assert covered == (place > now), (mode, stop.name, other.name)
        assert np.isnan(deck.frames[veil, "x"][-1]).all()


def test_the_best_path_grows_from_its_end():
    trace = trace_of(CAT)
    deck = plots.deck_trellis(trace, "viterbi", View(1, 5))
    number = of_name(deck, "best path")
    x = np.asarray(deck.figure.data[number].x)
    seen = [np.unique(np.round(x[~np.isnan(y)])) for y in deck.frames[number, "y"]]
    assert [list(steps) for steps in seen[15:]] == [
        [5],
        [4, 5],
        [3, 4, 5],
        [2, 3, 4, 5],
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
    ]
    assert not any(len(steps) for steps in seen[:15])
    stars = deck.figure.data[of_name(deck, "most probable state")]
    at = np.round(np.asarray(stars.y)[~np.isnan(stars.y)] - 0.3)
    assert list(-at.astype(int)) == trace.likely.tolist()


def test_the_arrow_into_a_cell_comes_from_the_best_state_before():
    trace = trace_of(CAT)
    deck = plots.deck_trellis(trace, "viterbi", View(1, 5))
    lines = [k for k, part in enumerate(deck.figure.data) if part.type == "scatter" and part.mode == "lines+markers"]
    (number,) = [k for k in lines if deck.figure.data[k].line.width == 4]
    for stop, y in zip(stops_of(trace, "viterbi", View(1, 5)), deck.frames[number, "y"], strict=True):
        before = trace.back_pointers[stop.t - 1, stop.state] if stop.kind == "cell" else -1
        if before >= 0:
            assert y[:2].tolist() == [-stop.state, -before]
        else:
            assert np.isnan(y).all()


def texts_in(deck: Deck) -> tuple[str, ...]:
    (numbers,) = [part for part in deck.figure.data if part.type == "scatter" and part.mode == "text"]
    return numbers.text


def test_numbers_stand_in_the_cells_where_there_is_room():
    trace = trace_of(FEVER)
    numbers = texts_in(plots.deck_trellis(trace, "forward", View(1, 3)))
    assert numbers == ("0.3", "0.09", "7.7<br>·10⁻³", "0.04", "0.034", "0.029")
    assert texts_in(plots.deck_trellis(trace, "viterbi", View(1, 3), logarithms=True))[0] == "−1.20"
    die = trace_of(DICE)
    small = plots.deck_trellis(die, "posterior", View(1, 12)).figure.data[1]
    assert small.text[0][0] == percent(die.posteriors[0, 0])
    assert plots.deck_trellis(die, "posterior", View(1, 24)).figure.data[1].text is None


def test_names_are_shown_letter_by_letter():
    trace = trace_of(FEVER, states="<b>Well</b>, Fever", symbols="<i>, cold, dizzy", observations="<i>, cold, dizzy")
    figure = plots.deck_trellis(trace, "forward", View(1, 3)).figure
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;Well&lt;/b&gt;"
    assert figure.layout.xaxis.ticktext[0] == "&lt;i&gt;<br>1"


def test_a_click_names_a_stop():
    trace = trace_of(CAT)
    assert plots.cell_at(trace, 2.2, -0.9) == {"at": "2 Hall"}
    assert plots.cell_at(trace, 9, 3) == {"at": "5 Garden"}
    assert cell_name(trace, 2, 1) in [stop.name for stop in stops_of(trace, "backward", View(1, 5))]


def test_the_overview_frames_the_view():
    trace = trace_of(DICE)
    figure = plots.figure_overview(trace, View(5, 16))
    np.testing.assert_allclose(figure.data[0].z, trace.posteriors.T, atol=1e-6)
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (4.5, 16.5)
    assert plots.figure_preview(trace_of(CAT)).layout.height <= 260


def test_states_are_told_apart_by_the_names_at_the_rows():
    alike = trace_of(FEVER, states="Wintergarten 1, Wintergarten 2")
    shown = plots.deck_trellis(alike, "viterbi", View(1, 3)).figure.layout.yaxis.ticktext
    assert list(shown) == ["Wintergarten 1", "Wintergarten 2"]
    apart = trace_of(FEVER, states="Wintergarten 1, Sommergarten 2")
    shown = plots.deck_trellis(apart, "viterbi", View(1, 3)).figure.layout.yaxis.ticktext
    assert list(shown) == ["Wintergarte…", "Sommergarte…"]


def test_tables_hold_every_number():
    trace = trace_of(FEVER)
    table = tables.trellis_table(trace)
    assert table["observed"] == ["normal", "cold", "dizzy"]
    assert table["log δ(Fever)"] == trace.scores[:, 1].tolist()
    assert table["γ(Healthy)"] == trace.posteriors[:, 0].tolist()
    assert table["best path"] == ["Healthy", "Healthy", "Fever"]
    rows = tables.paths_table(trace, (1, 1, 1))
    assert [row.split(":")[0] for row in rows["path"]] == ["Best path", "Runner-up", "Most probable states", "Yours"]
    assert rows["joint P"][0] == "0.01512"
    assert rows["path"][3] == "Yours: Fever → Fever → Fever"
    alone = trace_of(FEVER, start="1,0", transitions="1,0;0,1")
    assert set(tables.trellis_table(alone)["runner-up"]) == {"none"}
    assert log(np.array([0.0, 1.0])).tolist() == [-math.inf, 0.0]


# The page


open_page = partial(opened_page.open_page, "hidden_markov")


seen = opened_page.words_of


def test_the_page_opens_with_the_cat():
    said = seen(open_page())
    assert "nothing leads from Garden to Sofa" in said
    assert "P(path, observations) = (0.3 × 0.7) × (0 × 0.3)" in said
    assert "That is not Viterbi's to say." in said


@pytest.mark.parametrize("values", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("mode", MODES)
def test_every_preset_has_its_picture_in_every_mode(values, mode):
    app = open_page(**{name: text for name, text in values.items() if name != "view"}, mode=sentences.MODES[mode])
    assert sentences.headline(trace_of(values), mode) in seen(app)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task[0])
def test_every_task_shows_what_it_speaks_of(task):
    label, _, values = task
    app = open_page()
    next(button for button in app.button if button.label == label).click().run()
    trace = trace_of(values)
    assert sentences.headline(trace, values["mode"]) in seen(app)
    assert values["at"] in [stop.name for stop in stops_of(trace, values["mode"], View(1, trace.spec.steps))]
    assert values != START


def test_the_second_task_asks_for_a_state_that_is_not_the_most_probable():
    trace = trace_of(TASKS[1][2])
    assert trace.path[2] == 1
    assert trace.posteriors[2, 1] < 0.5 < trace.posteriors[2, 2]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"observations": "meow bark"}, "nothing leads from Garden to Sofa"),
        ({"observations": "meow"}, "has "),
        ({"states": "Anywhere", "emissions": "0.4,0.3,0.3"}, "With one state there is only one path"),
        ({"emissions": "1,0,0;1,0,0;1,0,0"}, "“purr” at step 3 is impossible in this model"),
        ({"observations": "meow " * 10_000}, "nothing leads from Garden to Sofa"),
        ({"transitions": "0.6,0.6,0;0.1,0.1,0.8;0,0.4,0.6"}, "nothing leads from Garden to Sofa"),
        ({"start": "-1,1,1"}, "nothing leads from Garden to Sofa"),
        ({"observations": "meow purr " * 300}, "Steps 1 to 12 of 600 are drawn"),
        ({"observations": "meow silence " * 400}, "too long for a link"),
        ({"observations": "meow purr\nsilence silence", "sequence": "2"}, "There are 9 paths"),
        ({"symbols": "miaow, silence, purr"}, "“purr” at step"),
        ({"from": "13", "observations": "meow purr " * 20}, "Steps 13 to 24 of 40 are drawn"),
        ({"mode": "no such mode", "at": "99 Nowhere", "sequence": "7"}, "nothing leads from Garden to Sofa"),
    ],
)
def test_whatever_is_typed_the_page_goes_on(query, sentence):
    if "symbols" in query:
        query = query | {"emissions": "0.5,0.5,0;0.5,0.5,0;0.5,0.5,0"}
    assert sentence in seen(open_page(**query))
