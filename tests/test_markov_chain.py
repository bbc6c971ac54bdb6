"""Chains against enumeration, exact fractions, closed forms and published numbers; their pictures and their page."""

import itertools
import json
import math
import re
from collections import Counter
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from rnn_core.errors import InputError
from rnn_core.markov_chain import (
    Spec,
    Trace,
    approximations,
    classes_of,
    count_letters,
    examples,
    path_probability,
    powers,
    reading,
    tables,
    trace_markov_chain,
)
from rnn_core.markov_chain import sentences as say
from rnn_core.markov_chain.letters import LONGEST_TEXT, SPACE, read_symbols, to_states
from rnn_core.markov_chain.limits import absorption, distance, stationary_of, steps_until
from rnn_core.markov_chain.spec import MOST_STATES, MOST_STEPS, start_anywhere, start_at, to_rows
from rnn_core.markov_chain.trace import NEAR, run
from rnn_core.markov_chain.writing import decimal, from_log10, significant
from rnn_core.numerals import percent
from rnn_core.plots import markov_chain as plots
from rnn_core.plots.deck import Deck
from rnn_core.plots.markov_chain.course import horizon
from rnn_core.plots.markov_chain.places import positions
from tests import opened_page

PAGES_DIR = Path(__file__).resolve().parent.parent / "pages"
NAMES = "abcdefgh"
OZ = ((0.5, 0.25, 0.25), (0.5, 0.0, 0.5), (0.25, 0.25, 0.5))


def make(P, start=None, names=None, steps=20, seed=1) -> Trace:
    rows = np.asarray(P, dtype=float)
    N = len(rows)
    start = start_at(0, N) if start is None else tuple(start)
    return trace_markov_chain(Spec(tuple(names or NAMES[:N]), to_rows(rows), start, steps, seed))


def preset(name: str) -> Trace:
    values = examples.PRESETS[name]
    states = reading.read_states(values["states"])
    start = start_at(int(values[reading.start_key(states)]), len(states))
    return trace_markov_chain(Spec(states, reading.read_table(values["table"], states), start, int(values["steps"])))


def gambler(n: int, p: float) -> np.ndarray:
    P = np.zeros((n + 1, n + 1))
    P[0, 0] = P[n, n] = 1
    for i in range(1, n):
        P[i, i + 1], P[i, i - 1] = p, 1 - p
    return P


@st.composite
def chains(draw, most=5):
    """Random chains with many zeros, so that classes and periods of all kinds come up."""
    N = draw(st.integers(1, most))
    weights = np.array(draw(st.lists(st.integers(0, 4), min_size=N * N, max_size=N * N)), dtype=float).reshape(N, N)
    weights *= np.array(draw(st.lists(st.booleans(), min_size=N * N, max_size=N * N))).reshape(N, N)
    for i in range(N):
        if not weights[i].any():
            weights[i, draw(st.integers(0, N - 1))] = 1
    return weights / weights.sum(axis=1, keepdims=True)


# The core


@settings(max_examples=30, deadline=None)
@given(P=chains(4), start=st.integers(0, 3))
def test_marginals_are_sums_over_all_paths(P, start):
    N, T = len(P), 5
    trace = make(P, start_at(start % N, N), steps=T)
    wanted = np.zeros((T + 1, N))
    for path in itertools.product(range(N), repeat=T + 1):
        probability = trace.start[path[0]] * math.prod(P[i, j] for i, j in itertools.pairwise(path))
        for t, state in enumerate(path):
            wanted[t, state] += probability
    np.testing.assert_allclose(trace.marginals, wanted, atol=1e-12)
    np.testing.assert_allclose(trace.running[T], wanted.mean(axis=0), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(P=chains())
def test_classes_and_periods_are_those_of_the_definitions(P):
    N = len(P)
    leads = [np.linalg.matrix_power((P > 0).astype(int), t) > 0 for t in range(2 * N * N + 1)]
    ever = np.any(leads, axis=0)
    seen = set()
    for one in classes_of(P):
        for i in one.members:
            assert set(one.members) == {j for j in range(N) if ever[i, j] and ever[j, i]}
            assert one.recurrent == all(ever[j, i] for j in range(N) if ever[i, j])
            assert one.period == math.gcd(*(t for t in range(1, len(leads)) if leads[t][i, i]))
        if one.period:
            for (i, phase), (j, other) in itertools.product(zip(one.members, one.phases, strict=True), repeat=2):
                assert all((other - phase - t) % one.period == 0 for t in range(2 * N) if leads[t][i, j])
        seen |= set(one.members)
    assert seen == set(range(N))
    assert [one.recurrent for one in classes_of(P)] == sorted((one.recurrent for one in classes_of(P)), reverse=True)


@settings(max_examples=60, deadline=None)
@given(P=chains())
def test_the_long_run_is_where_the_average_of_many_steps_goes(P):
    """The lazy chain (P + I) / 2 has the same ends and stationary distributions, and no period."""
    trace = make(P)
    lazy = np.linalg.matrix_power((P + np.eye(len(P))) / 2, 2**14)
    np.testing.assert_allclose(trace.averages, lazy, atol=1e-8)
    np.testing.assert_allclose(trace.stationary @ P, trace.stationary, atol=1e-12)
    np.testing.assert_allclose(trace.stationary.sum(axis=1), 1)
    np.testing.assert_allclose(trace.absorption.sum(axis=1), 1)
    assert len(trace.stationary) == len(trace.recurrent) >= 1


@settings(max_examples=60, deadline=None)
@given(P=chains(), uniform=st.booleans())
def test_there_is_a_limit_where_the_page_says_so(P, uniform):
    N = len(P)
    trace = make(P, start_anywhere(N) if uniform else None)
    late = [trace.start @ np.linalg.matrix_power(P, 2**14 + k) for k in range(12)]
    assert trace.settles == (np.ptp(late, axis=0).max() < 1e-6)
    if trace.settles:
        np.testing.assert_allclose(late[0], trace.average, atol=1e-6)
    rows = np.linalg.matrix_power(P, 2**14)
    assert trace.one_limit == (np.ptp(rows, axis=0).max() < 1e-6 and np.abs(rows @ P - rows).max() < 1e-6)


@settings(max_examples=60, deadline=None)
@given(P=chains())
def test_moduli_are_numpys(P):
    trace = make(P)
    theirs = np.sort(np.abs(np.linalg.eigvals(P)))[::-1]
    # An eigenvalue 0 that stands several times is rounded to a root of the rounding.
    np.testing.assert_allclose(trace.moduli, theirs, atol=2e-3)
    assert (trace.moduli[: sum(trace.periods)] == 1).all()
    assert trace.second == 1 or max(trace.periods) == 1


def test_the_weather_of_oz_is_grinsteads_and_snells():
    """Example 11.1 and its powers, table 11.1, with the states in the order rain, nice, snow."""
    trace = preset("Weather")
    np.testing.assert_allclose(trace.transitions, OZ)
    np.testing.assert_allclose(trace.average, [0.4, 0.2, 0.4], atol=1e-15)
    squared, sixth = powers(trace, (2, 6))
    np.testing.assert_allclose(squared, [[0.438, 0.188, 0.375], [0.375, 0.25, 0.375], [0.375, 0.188, 0.438]], atol=5e-4)
    np.testing.assert_allclose(sixth, [[0.4, 0.2, 0.4]] * 3, atol=5e-4)
    assert trace.second == pytest.approx(0.25)


def test_onegin_is_markovs():
    """Markov (1913): 0.128 after a vowel, 0.663 after a consonant, and 8,638 vowels among 20,000 letters."""
    trace = make([[0.128, 0.872], [0.663, 0.337]])
    assert trace.average[0] == pytest.approx(8638 / 20000, abs=5e-4)
    assert trace.second == pytest.approx(0.535)  # |1 - a - b| with two states


@pytest.mark.parametrize("p", [0.5, 0.4, 0.7])
@pytest.mark.parametrize("n", [2, 4, 7])
def test_ruin_has_the_closed_form(n, p):
    trace = make(gambler(n, p))
    i, r = np.arange(n + 1), (1 - p) / p
    wins = i / n if p == 0.5 else (1 - r**i) / (1 - r**n)
    lasts = i * (n - i) if p == 0.5 else (i - n * wins) / (1 - 2 * p)
    np.testing.assert_allclose(trace.absorption, np.stack((1 - wins, wins), axis=1), atol=1e-12)
    np.testing.assert_allclose(trace.mean_steps, lasts, atol=1e-9)
    # Eigenvalues of the walk between the ends: 2 √(pq) cos(kπ/n).
    wanted = 2 * math.sqrt(p * (1 - p)) * math.cos(math.pi / n)
    assert trace.second == pytest.approx(wanted, abs=1e-7)


def test_no_digit_is_lost_where_a_chain_hardly_moves():
    tiny = 1e-13
    P = np.array([[1 - tiny, tiny, 0], [tiny, 1 - 3 * tiny, 2 * tiny], [0, tiny, 1 - tiny]])
    exact = stationary_by_fractions([[Fraction(float(value)) for value in row] for row in P])
    np.testing.assert_allclose(stationary_of(P), [float(value) for value in exact], rtol=1e-12)


def stationary_by_fractions(P):
    """Gauss and Jordan on π(P - I) = 0, Σπ = 1, with the diagonal as what is left of the row."""
    N = len(P)
    rates = [[P[i][j] if i != j else -sum(P[i][k] for k in range(N) if k != i) for j in range(N)] for i in range(N)]
    rows = [[rates[i][j] for i in range(N)] + [Fraction(0)] for j in range(N - 1)] + [[Fraction(1)] * (N + 1)]
    for k in range(N):
        pivot = next(r for r in range(k, N) if rows[r][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(N):
            if r != k:
                rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def test_ends_keep_all_digits_where_a_state_is_hardly_ever_left():
    """Two states that swap places, and leave each other once in 10¹² steps: 3 times as often to d as to c."""
    tiny = 1e-12
    P = np.array([[0, 1 - tiny, tiny, 0], [1 - 3 * tiny, 0, 0, 3 * tiny], [0, 0, 1, 0], [0, 0, 0, 1]])
    ends, steps = absorption(P, classes_of(P))
    np.testing.assert_allclose(ends[:2], [[0.25, 0.75]] * 2, rtol=1e-9)
    np.testing.assert_allclose(steps[:2], 0.5 / tiny, rtol=1e-9)
    P = np.array([[0.5, 0.5, 0, 0], [0.3, 0.1, 0, 0.6], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert absorption(P, classes_of(P))[0][:2].tolist() == [[0, 1], [0, 1]]


def test_a_line_of_states_has_no_eigenvalue_but_its_end():
    P = np.eye(8, k=1)
    P[7, 7] = 1
    shuffled = np.random.default_rng(1).permutation(8)
    assert make(P[np.ix_(shuffled, shuffled)]).second == 0


@settings(max_examples=40, deadline=None)
@given(P=chains(), near=st.sampled_from((0.2, 0.01, 1e-4)))
def test_the_first_step_that_is_near_is_found_by_halving(P, near):
    trace = make(P, steps=100)
    found = steps_until(P, trace.start, trace.average, near, 100)
    wanted = np.flatnonzero(trace.distances <= near)
    edge = (np.abs(trace.distances - near) < 1e-9).any()
    assert edge or found == (int(wanted[0]) if len(wanted) else None)


@settings(max_examples=40, deadline=None)
@given(P=chains())
def test_distances_never_grow_and_none_is_above_the_farthest(P):
    trace = make(P, steps=50)
    assert (np.diff(trace.distances) < 1e-12).all()
    assert (trace.distances <= trace.farthest + 1e-12).all()
    t = 7
    rows = np.linalg.matrix_power(P, t)
    assert trace.farthest[t] == pytest.approx(max(map(distance, rows, trace.averages)), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(P=chains(), seed=st.integers(0, 9999))
def test_a_run_takes_no_impossible_step_and_counts_its_time(P, seed):
    trace = make(P, steps=60, seed=seed)
    assert trace.path[0] == 0
    assert all(P[i, j] > 0 for i, j in itertools.pairwise(trace.path))
    for t in (0, 13, 60):
        np.testing.assert_allclose(trace.shares[t], np.bincount(trace.path[: t + 1], minlength=len(P)) / (t + 1))
    assert make(P, steps=20, seed=seed).path.tolist() == trace.path[:21].tolist()
    ended = [set(one.members) for one in trace.recurrent]
    assert trace.ended_in is None or trace.path[-1] in ended[trace.ended_in]


def test_many_steps_are_as_frequent_as_they_are_probable():
    path = run(np.array(OZ), np.array([1.0, 0, 0]), 40_000, seed=3)
    counts = np.zeros((3, 3))
    np.add.at(counts, (path[:-1], path[1:]), 1)
    np.testing.assert_allclose(counts / counts.sum(axis=1, keepdims=True), OZ, atol=0.015)
    np.testing.assert_allclose(np.bincount(path) / len(path), [0.4, 0.2, 0.4], atol=0.015)


@settings(max_examples=20, deadline=None)
@given(P=chains(3))
def test_probabilities_of_all_paths_sum_to_one(P):
    N = len(P)
    trace = make(P, start_anywhere(N))
    found = [path_probability(trace, path) for path in itertools.product(range(N), repeat=4)]
    assert sum(one.probability for one in found) == pytest.approx(1)
    ends = np.bincount([one.states[-1] for one in found], [one.probability for one in found], minlength=N)
    np.testing.assert_allclose(ends, trace.marginals[3], atol=1e-12)
    assert all(bool(one.impossible) == (one.probability == 0) for one in found)


def test_a_path_too_long_for_a_float_keeps_its_logarithm():
    trace = preset("Weather")
    found = path_probability(trace, (0,) * 2001)
    assert found.probability == 0.0
    assert found.log_probability == pytest.approx(2000 * math.log(0.5))
    assert not found.impossible
    assert "10⁻⁶⁰³" in say.about_path(found)
    for states in ((), (3,), (-1, 0)):
        with pytest.raises(InputError, match="from 0 to 2"):
            path_probability(trace, states)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"states": ()}, "1 to 34 states, got 0"),
        ({"states": ("a", "a")}, "must differ"),
        ({"steps": 0}, "1 to 200 steps, got 0"),
        ({"steps": MOST_STEPS + 1}, "got 201"),
        ({"start": (1.0,)}, "2 states need 2 rows of 2"),
        ({"transitions": ((1.0, 0.0),)}, "2 rows of 2"),
        ({"transitions": ((0.5, 0.4), (0.0, 1.0))}, "sum to 1"),
        ({"transitions": ((1.5, -0.5), (0.0, 1.0))}, "no negative number"),
        ({"start": (float("nan"), 1.0)}, "sum to 1"),
    ],
)
def test_what_is_no_chain_is_refused(change, sentence):
    whole = {"states": ("a", "b"), "transitions": ((0.5, 0.5), (0.0, 1.0)), "start": (1.0, 0.0)}
    with pytest.raises(InputError, match=sentence):
        Spec(**(whole | change))


# Letters


@pytest.mark.parametrize("text", [*examples.TEXTS.values(), "aab", "Hello, World! It's été.", "mississippi"])
@pytest.mark.parametrize("grouping", examples.GROUPINGS)
def test_letters_are_counted_in_a_ring(text, grouping):
    counted = count_letters(text, grouping)
    names = [counted.states[state] for state in counted.sequence]
    pairs = Counter(zip(names, [*names[1:], names[0]], strict=True))
    for i, j in itertools.product(range(len(counted.states)), repeat=2):
        assert counted.counts[i, j] == pairs[counted.states[i], counted.states[j]]
    trace = make(counted.transitions, names=counted.states)
    assert trace.irreducible
    np.testing.assert_allclose(trace.average, counted.frequencies, atol=1e-12)


def test_letters_are_grouped():
    vowels = count_letters("Да, ночь! Aÿb", "vowels")
    assert vowels.symbols == "даночayb"
    assert [vowels.states[state][0] for state in vowels.sequence] == list("cvcvcvvc")
    frequent = count_letters(examples.PROSE, "frequent")
    assert frequent.states[:2] == (SPACE, "e")
    assert (len(frequent.states), frequent.states[-1]) == (8, "other")
    assert count_letters("so so", "frequent").states == ("s", "o", SPACE)
    whole = count_letters(examples.PROSE, "all")
    assert whole.states == tuple(sorted(whole.states, key=lambda letter: (letter != SPACE, letter)))
    assert read_symbols("It's  É, no?\n") == f"its{SPACE}e{SPACE}no{SPACE}"


def test_texts_that_cannot_be_counted():
    for text, grouping, sentence in (
        ("", "all", "at least one letter"),
        ("12 + 3", "vowels", "at least one letter"),
        ("ъь", "vowels", "neither a vowel nor a consonant"),
        ("a" * (LONGEST_TEXT + 1), "all", "at most 20,000 characters, got 20,001"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + MOST_STATES + 1))), "all", "35 different letters"),
    ):
        with pytest.raises(InputError, match=sentence):
            count_letters(text, grouping)


def test_a_word_follows_a_space():
    counted = count_letters(examples.PROSE, "all")
    assert "".join(counted.states[state] for state in to_states(counted, " The ")) == f"{SPACE}the"
    with pytest.raises(InputError, match="“z” doesn't occur"):
        to_states(counted, "zoo")
    assert len(to_states(count_letters(examples.PROSE, "vowels"), "the end")) == 6


def test_drawn_texts_come_nearer_to_the_counted_one():
    """Of 4,000 letters, how far pairs of them are from the pairs of the text, in total variation."""
    counted = count_letters(examples.PROSE, "all")
    truth = counted.counts / counted.counts.sum()
    gaps = []
    for text in approximations(counted, 4000, seed=1).values():
        assert len(text) == 4000
        drawn = [counted.states.index(letter) for letter in text.replace(" ", SPACE)]
        pairs = np.zeros_like(truth)
        np.add.at(pairs, (drawn[:-1], drawn[1:]), 1 / 3999)
        gaps.append(np.abs(pairs - truth).sum() / 2)
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.15


# What is typed, and what is said


@pytest.mark.parametrize(
    "text", ["rain, nice ,snow", "rain → nice → snow", "rain->nice;snow", "rain nice snow", "rain\nnice\nsnow,"]
)
def test_paths_are_typed_in_many_ways(text):
    assert reading.read_path(text, ("rain", "nice", "snow")) == (0, 1, 2)


def test_paths_of_states_with_arrows_in_their_names():
    assert reading.read_path("a->b, c", ("a->b", "c")) == (0, 1)
    assert reading.read_path(reading.path_default(("a→b", "c")), ("a→b", "c")) == (0, 1)
    assert reading.read_path("a→b", ("a", "b")) == (0, 1)


def test_probabilities_too_small_to_compute_with_are_refused():
    with pytest.raises(InputError, match=r"holds 1\.0·10⁻²¹, and the least"):
        reading.read_table("1,1e-21;0,1", ("a", "b"))
    assert reading.read_table("1,1e-12;0,1", ("a", "b"))[0][1] == pytest.approx(1e-12)
    with pytest.raises(InputError, match=r"^The table must hold numbers"):
        reading.read_table("1,x;0,1", ("a", "b"))


def test_paths_of_states_with_spaces_in_their_names():
    assert reading.read_path("very good, bad", ("very good", "bad")) == (0, 1)
    assert reading.read_path("very good", ("very good", "bad")) == (0,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rain, fog", "“fog” is none"),
        ("", "an empty name is none"),
        ("rain,,snow", "an empty name is none"),
        ("x" * 40, "“x{23}…” is none"),
        ("rain," * 61, "at most 60 states, got 61"),
    ],
)
def test_paths_that_cannot_be_read(text, sentence):
    with pytest.raises(InputError, match=sentence):
        reading.read_path(text, ("rain", "nice", "snow"))


def test_the_product_is_written_with_its_numbers():
    trace = preset("Weather")
    found = path_probability(trace, (0, 1, 2))
    assert say.on_path(found) == "P(rain, nice, snow) = P(rain) × P(nice | rain) × P(snow | nice)"
    assert say.about_path(found) == "1 × 0.25 × 0.5 = 0.125."
    never = say.about_path(path_probability(trace, (0, 1, 1)))
    assert never == "1 × 0.25 × 0 = 0. The path can't happen: there is no step from nice to nice."
    assert "doesn't start in snow" in say.about_path(path_probability(trace, (2, 0)))
    rare = say.about_path(path_probability(trace, (0,) + (1, 0) * 3))
    assert " ≈ 0.00195. " in rare
    third = make([[1 / 3, 2 / 3], [0.5, 0.5]])
    assert say.about_path(path_probability(third, (0, 0))) == "1 × 0.3333 ≈ 0.333."
    assert say.about_path(path_probability(third, (0,))) == "P(a) = 1."
    assert "About once in 510 runs" in rare  # 8 · 8 · 8 = 512


def all_sentences(trace: Trace) -> dict[str, str]:
    functions = (say.headline, say.reading, say.about_shares, say.about_marginals, say.about_speed, say.about_classes)
    return {one.__name__: one(trace) for one in functions}


@settings(max_examples=150, deadline=None)
@given(P=chains(), kind=st.sampled_from(("first", "uniform", "odd")), steps=st.sampled_from((1, 20)))
def test_sentences_are_true_of_any_chain(P, kind, steps):
    N = len(P)
    odd = np.arange(1, N + 1) / np.arange(1, N + 1).sum()
    start = {"first": None, "uniform": start_anywhere(N), "odd": odd}[kind]
    trace = make(P, start, steps=steps)
    said = all_sentences(trace)
    captions = [*say.run_captions(trace), *say.marginal_captions(trace)]
    for sentence in (*said.values(), *captions):
        assert not re.search(r"nan|inf\b|None|-0|(?<![\d.])1 steps|\d{7}", sentence), sentence
        assert sentence.count("{") == sentence.count("}")
    assert len(say.run_captions(trace)) == len(say.marginal_captions(trace)) == steps + 1
    classes = said["about_classes"]
    assert classes.startswith("Irreducible") == trace.irreducible
    assert ("Period" in classes) == (max(trace.periods) > 1)
    assert ("every start comes to it" in classes) == trace.one_limit
    if not trace.one_limit:
        assert "no limit" in classes
    assert ("never settle" in said["about_marginals"]) == (not trace.settles)
    found = re.search(r"of their limit after ([\d,]+) step", said["about_marginals"])
    if found:
        t = int(found[1].replace(",", ""))
        after, before = (trace.start @ np.linalg.matrix_power(P, k) for k in (t, t - 1))
        assert distance(after, trace.average) <= NEAR < distance(before, trace.average)
    for end, share in re.findall(r"(\{[^}]*\}) with (\d+)", said["headline"]):
        r = [say.names_of(trace, one) for one in trace.recurrent].index(end)
        assert abs(100 * (trace.start @ trace.absorption)[r] - int(share)) < 0.51


@settings(max_examples=60, deadline=None)
@given(P=chains())
def test_the_two_starts_of_a_reducible_chain_do_differ(P):
    trace = make(P)
    found = re.search(r"from (\w) it ends in (\{[^}]*\}) with (.+?), from (\w) with (.+?)\.$", say.about_classes(trace))
    assert bool(found) == (len(trace.recurrent) > 1 and max(trace.periods) == 1)
    if found:
        first, end, share, second, other = found.groups()
        r = [say.names_of(trace, one) for one in trace.recurrent].index(end)
        assert share == percent(trace.absorption[NAMES.index(first), r])
        assert other == percent(trace.absorption[NAMES.index(second), r])
        assert share != other


def test_what_the_presets_say():
    said = {name: all_sentences(preset(name)) for name in examples.PRESETS if name != "Letters"}
    weather, ruin, cycle, two = said.values()
    assert (
        "rain 40\N{NO-BREAK SPACE}%, nice 20\N{NO-BREAK SPACE}% and snow 40\N{NO-BREAK SPACE}%" in weather["headline"]
    )
    assert "|λ₂| = 0.25" in weather["about_speed"]
    assert "from 2 it ends in {0} with 69\N{NO-BREAK SPACE}% and {4} with 31\N{NO-BREAK SPACE}%" in ruin["headline"]
    assert "{1, 2, 3} are left for good" in ruin["about_classes"]
    assert "goes round with period 3" in cycle["headline"]
    assert "{green} → {amber} → {red}" in cycle["about_classes"]
    assert "|λ₂| = 1" in cycle["about_speed"]
    assert "{hill, lake} and {town, beach} are never left again; {fork} is left for good" in two["about_classes"]


def test_names_from_right_to_left_do_not_turn_a_sentence_round():
    trace = make([[0, 1], [0.5, 0.5]], names=["rain", "שמש"])
    apart = "\u2068שמש\u2069 67"
    assert apart in say.headline(trace)
    assert all("\u2068" in one for one in say.run_captions(trace)[1:])
    assert "\u2068" in say.on_path(path_probability(trace, (0, 1)))


def test_sentences_of_chains_that_are_easily_got_wrong():
    apart = say.about_speed(make(np.eye(3)))
    assert apart.startswith("Every eigenvalue is 1")
    assert "no share is" not in say.about_shares(make(np.eye(3)))
    assert "In longer runs" not in say.about_shares(make(np.eye(3)))
    streak = [[0.5, 0.5, 0, 0], [0.5, 0, 0.5, 0], [0.5, 0, 0, 0.5], [0.5, 0, 0, 0.5]]
    assert say.about_speed(make(streak)).startswith("|λ₂| is under 0.01")  # all others are 0
    swap = [[0, 1], [1, 0]]
    assert "Only its average over time settles" in say.headline(make(swap))
    fair = make(swap, start=(0.5, 0.5))
    assert "its probabilities settle all the same" in say.headline(fair)
    assert "hardly" not in say.about_speed(make([[1e-10, 1 - 1e-10], [1 - 1e-10, 1e-10]]))
    ring = np.roll(np.eye(6), 1, axis=1)
    assert "each of 6 states 17" in say.headline(make(ring))
    assert "most often a and b, with 25" in say.headline(make(np.tile([0.25, 0.25, 0.2, 0.15, 0.15], (5, 1))))
    captions = say.marginal_captions(make(ring))
    assert captions[1] == "π₁(a) = 0: no step leads there from where it may be at step 0."
    assert captions[6] == "π₆(a) = 1·1 = 1."
    assert "≈" in say.marginal_captions(make([[1 / 3, 2 / 3], [2 / 3, 1 / 3]]))[1]
    assert "hardly ever there" in say.marginal_captions(make([[1 - 1e-6, 1e-6], [0, 1]]))[1]


@pytest.mark.parametrize("second", [0.0, 1e-7, 0.001, 0.3, 0.4999, 0.5, 0.9, 0.999, 1 - 1e-6])
def test_the_half_life_is_that_of_the_eigenvalue(second):
    """Two states that change with probability (1 - λ) / 2 each."""
    move = (1 - second) / 2
    trace = make([[1 - move, move], [move, 1 - move]], steps=200)
    sentence = say.about_speed(trace)
    assert trace.second == pytest.approx(second, abs=1e-12)
    found = re.search(r"about every ([\d.,]+) steps", sentence)
    if found:
        assert float(found[1].replace(",", "")) == pytest.approx(math.log(0.5) / math.log(second), rel=0.06)
    else:
        assert second <= 0.5
        assert ("about halves at every" in sentence) == (second > 0.49)
    np.testing.assert_allclose(trace.distances, 0.5 * second ** np.arange(201.0), atol=1e-12)


def test_numbers_are_written_as_they_are():
    assert [decimal(value) for value in (0, 1, 0.5, 1 / 3, 0.0004, 0.00004)] == [
        "0",
        "1",
        "0.5",
        "0.333",
        "4.0·10⁻⁴",
        "4.0·10⁻⁵",
    ]
    assert [percent(value) for value in (0, 0.001, 0.005, 0.4, 0.995, 0.999, 1)] == [
        "0\u00a0%", "under 1\u00a0%", "under 1\u00a0%", "40\u00a0%", "over 99\u00a0%", "over 99\u00a0%",
        "100\u00a0%",
    ]  # fmt: skip
    assert [significant(value) for value in (0.0012, 1.94, 69314)] == ["0.0012", "1.9", "69314"]
    assert [from_log10(value) for value in (-400.0, -5.00000001)] == ["1·10⁻⁴⁰⁰", "1·10⁻⁵"]


def test_tables_hold_every_number():
    trace = preset("Gambler")
    assert tables.transitions_table(trace)["to 1"] == [0, 0, 0.6, 0, 0]
    assert tables.ends_table(trace)["start"] == ["1", "2", "3"]
    assert tables.ends_table(trace)["ends in {0}"][1] == pytest.approx(0.6923, abs=1e-4)
    assert tables.classes_table(trace)["kind"] == ["recurrent", "recurrent", "transient"]
    assert tables.classes_table(trace)["period"] == ["1", "1", "2"]
    for table in (
        tables.run_table(trace), tables.marginals_table(trace), tables.distances_table(trace),
        tables.powers_table(trace),
        tables.path_table(path_probability(trace, (2, 3, 4))), tables.counts_table(count_letters("abba", "all")),
    ):  # fmt: skip
        assert len({len(column) for column in table.values()}) == 1


# Pictures


def decks(trace: Trace) -> dict[str, Deck]:
    return {
        "chain": plots.deck_chain(trace),
        "run": plots.deck_run(trace),
        "marginals": plots.deck_marginals(trace),
        "powers": plots.deck_powers(trace),
    }


def sizes() -> list[Trace]:
    random = np.random.default_rng(4)
    tables = [random.dirichlet(np.ones(N), size=N) for N in (1, 2, 8)]
    letters = [count_letters(examples.PROSE, grouping) for grouping in examples.GROUPINGS]
    return [
        *(make(P, steps=steps) for P, steps in zip(tables, (1, 60, 200), strict=True)),
        *(make(one.transitions, names=one.states, steps=200) for one in letters),
        preset("Gambler"), preset("Traffic light"), preset("Two classes"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(9))
def test_decks_fit_their_figures_and_stay_light(number):
    trace = sizes()[number]
    total = len(plots.figure_distances(trace).to_json(validate=False))
    for name, deck in decks(trace).items():
        for (k, attribute), frames in deck.frames.items():
            np.testing.assert_array_equal(np.asarray(deck.figure.data[k][attribute]), frames[deck.start])
        if name != "powers":
            assert {attribute for _, attribute in deck.frames} <= {"x", "y"}
            assert not deck.layout
            assert len(deck.values) == (horizon(trace) if name == "marginals" else trace.spec.steps) + 1
        total += len(deck.figure.to_json(validate=False)) + len(json.dumps(deck.payload()))
    assert total < 900_000


def heads(figure):
    return next(one for one in figure.data if one.marker.symbol == "arrow-wide")


def test_the_thicker_an_arrow_the_more_probable():
    P = np.array([[0.1, 0.2, 0.7], [0.45, 0.05, 0.5], [1, 0, 0]])
    trace = make(P)
    figure = plots.deck_chain(trace).figure
    places = positions(3)
    widths = {}
    for one in figure.data:
        if one.mode == "lines" and one.line.color == "var(--rnn)":
            points = np.stack((one.x, one.y), axis=1)
            for part in np.split(points, np.flatnonzero(np.isnan(points[:, 0]))):
                line = part[~np.isnan(part[:, 0])]
                if len(line):
                    i, j = (int(np.argmin(np.hypot(*(places - line[k]).T))) for k in (0, -1))
                    widths[i, j] = one.line.width
    assert set(widths) == {(i, j) for i in range(3) for j in range(3) if P[i, j]}
    by_probability = sorted(widths, key=lambda pair: P[pair])
    assert [widths[pair] for pair in by_probability] == sorted(widths.values())
    assert widths[2, 0] == 12
    assert len([size for size in heads(figure).marker.size if size]) == 7


def test_numbers_stand_at_the_arrows_of_the_graph():
    figure = plots.deck_chain(preset("Weather")).figure
    labels = next(one for one in figure.data if one.mode == "markers+text" and one.text[0] != "rain")
    assert sorted(labels.text) == sorted(["0.5", "0.25", "0.25", "0.5", "0.5", "0.25", "0.25", "0.5"])
    crowded = plots.deck_chain(sizes()[2]).figure
    labels = next(one for one in crowded.data if one.mode == "markers+text" and one.text[0] != "a")
    assert min(map(float, labels.text)) >= 0.2
    assert "under 0.2" in say.reading(sizes()[2])
    assert "under" not in say.reading(preset("Gambler"))


def test_the_run_is_lit_where_it_is():
    trace = preset("Gambler")
    deck = plots.deck_chain(trace)
    accents = [k for k, one in enumerate(deck.figure.data) if "var(--accent)" in (one.marker.color, one.line.color)]
    lit, present = accents
    for t, frame in enumerate(deck.frames[present, "x"]):
        assert np.flatnonzero(~np.isnan(frame)).tolist() == [trace.path[t]]
        assert frame[trace.path[t]] == pytest.approx(positions(5)[trace.path[t], 0], abs=1e-6)
    assert np.isnan(deck.frames[lit, "x"][0]).all()
    np.testing.assert_allclose(deck.frames[lit, "x"][1:, 0], positions(5)[trace.path[:-1], 0], atol=1e-6)


def test_bars_are_shares_and_diamonds_the_class_it_ended_in():
    trace = preset("Two classes")
    deck = plots.deck_run(trace)
    bars = deck.frames[3, "x"][-1].reshape(5, 6)
    np.testing.assert_allclose(bars[:, 1], trace.shares[-1], atol=1e-6)
    np.testing.assert_allclose(deck.figure.data[4].x, trace.stationary[trace.ended_in], atol=1e-6)
    not_yet = make(gambler(4, 0.5), start_at(2, 5), steps=1)
    assert len(plots.deck_run(not_yet).figure.data) == 4
    assert "not yet" in say.about_shares(not_yet)


def test_diamonds_do_not_tell_how_a_run_ends_before_it_has():
    trace = preset("Gambler")
    assert trace.ended_in is not None
    inside = np.isin(trace.path, trace.recurrent[trace.ended_in].members)
    shown = np.asarray(plots.deck_run(trace).frames[4, "x"])
    assert not inside[0]
    assert inside[-1]
    np.testing.assert_array_equal(np.isnan(shown).all(axis=1), ~inside)
    assert (4, "x") not in plots.deck_run(preset("Weather")).frames


def test_marks_of_equal_shares_stand_side_by_side():
    marks = [one for one in plots.deck_marginals(preset("Traffic light")).figure.data if one.showlegend is False]
    assert len({float(one.x[0]) for one in marks if len(one.x) == 1}) == 3


def test_an_arrow_that_is_not_certain_is_not_numbered_one():
    figure = plots.deck_chain(make([[0.004, 0.996], [1, 0]])).figure
    numbers = next(one.text for one in figure.data if one.text is not None and "1" in one.text)
    assert sorted(numbers) == ["1", "<.01", ">.99"]


def test_wide_names_are_cut_sooner():
    trace = make(np.full((8, 8), 1 / 8), names=["MMMMMMMM", "iiiiiiii", *"cdefgh"])
    names = next(one.text for one in plots.deck_chain(trace).figure.data if one.text is not None and "c" in one.text)
    assert len(names[0]) < len(names[1])
    assert names[0].endswith("…")


def test_many_letters_are_a_table():
    trace = sizes()[5]
    deck = plots.deck_chain(trace)
    assert deck.figure.data[0].type == "heatmap"
    np.testing.assert_array_equal(deck.frames[1, "y"][1:, 0], trace.path[:-1])
    np.testing.assert_array_equal(deck.frames[1, "x"][1:, 0], trace.path[1:])
    assert deck.captions[5].endswith(
        "“" + "".join(trace.spec.states[i] for i in trace.path[:6]).replace(SPACE, " ") + "”"
    )


def test_the_marginals_are_drawn_until_nothing_changes():
    assert horizon(preset("Weather")) == 8
    assert horizon(preset("Traffic light")) == 24
    deck = plots.deck_powers(preset("Traffic light"))
    assert "differ by up to 1.00" in deck.captions[-2]
    assert "alike" in deck.captions[-1]
    np.testing.assert_allclose(deck.frames[0, "z"][-1], 1 / 3, atol=1e-6)


def test_names_are_only_names():
    trace = make(OZ, names=("<b>x</b>", "a&b", "$y$"))
    figures = [deck.figure for deck in decks(trace).values()]
    drawn = " ".join(figure.to_json(validate=False) for figure in figures)
    assert "<b>x" not in drawn
    assert "&lt;b" in drawn or "\\u0026lt;b" in drawn


# The page


open_page = partial(opened_page.open_page, "markov_chain")


def seen(app: AppTest) -> str:
    assert not app.exception
    return " ".join(element.value for element in (*app.markdown, *app.caption)).replace("\\", "")


def problems(app: AppTest) -> str:
    """What the components say under their boxes; their data is JSON, quoted once more in the proto."""
    found = []
    for element in app.main:
        proto = getattr(element, "proto", None)
        if proto is not None:
            found += re.findall(r'"problem": ?"((?:[^"\\]|\\.)+)"', str(proto).replace('\\"', '"'))
    text = re.sub(r"\\+u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), " ".join(found))
    return text.replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    return app


def test_the_page_opens_on_the_weather():
    app = open_page()
    assert say.headline(trace_markov_chain(examples.FIRST)) in seen(app)
    assert "1 × 0.25 × 0.5 = 0.125." in seen(app)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Gambler", "from 2 it ends in {0} with 69"),
        ("Traffic light", "goes round with period 3"),
        ("Two classes", "{fork} is left for good"),
        ("Letters", "vowel 40"),
        ("A game that must end", "from 2 it ends in {0}"),
        ("Never at rest", "goes round with period 3"),
        ("A machine that babbles", "Each letter drawn after the one before it: “"),
    ],
)
def test_presets_and_tasks_set_the_whole_chain(label, words):
    app = press(open_page(), label)
    assert words in seen(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "The path can't happen" not in seen(app)
    press(app, "Weather")
    assert say.headline(trace_markov_chain(examples.FIRST)) in seen(app)


def test_a_start_that_a_button_sets_stands_in_the_address():
    """Its control appears with the click: the chain before had fewer states."""
    app = press(open_page(), "Gambler")
    assert app.query_params["markov_chain.start.5"] == "2"
    assert "markov_chain.start.5" not in press(app, "Two classes").query_params


def test_a_text_too_long_for_a_link_says_so():
    text = "ab " * 1500
    app = open_page(source="counted from a text", text=text)
    assert "too long for a link" in seen(app)
    assert "too long for a link" not in seen(open_page(source="counted from a text"))


def test_a_start_that_there_is_not_is_the_first_state():
    app = open_page(states="up, down", table="0.9,0.1;0.2,0.8", **{"start.2": "7"})
    assert "From up" in seen(app)


def test_another_run_is_another_seed():
    app = press(open_page(seed="9999"), "Another run")
    assert app.session_state["markov_chain.seed"] == "0"


def test_the_address_restores_the_chain():
    app = open_page(states="up, down", table="0.9,0.1;0.2,0.8", **{"start.2": "1"})
    assert "up 67" in seen(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "From down" in seen(app)
    typed = open_page(states="up, down", table="0.9,0.1;0.2,0.8", **{"start.2": "typed", "pi.2": "0.6667,0.3333"})
    assert "there is not far to go" in seen(typed)
    text = open_page(source="counted from a text", grouping="all", text="abracadabra", word="cab")
    assert "P(c, a, b) = P(c) × P(a | c) × P(b | a)" in seen(text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"table": "0.5,0.25,0.3;0.5,0,0.5;0.25,0.25,0.5"}, "sums to 1.05"),
        ({"table": "1.5,-0.25,-0.25;0.5,0,0.5;0.25,0.25,0.5"}, "can't be negative"),
        ({"states": "a, a"}, "stands there twice"),
        ({"steps": "0"}, "from 1 to 200, got 0"),
        ({"seed": "x"}, "whole number"),
        ({reading.path_key(("rain", "nice", "snow")): "rain, fog"}, "“fog” is none"),
        ({"source": "counted from a text", "text": "123"}, "at least one letter"),
    ],
)
def test_bad_input_has_its_sentence_and_leaves_the_page(query, sentence):
    app = open_page(**query)
    assert seen(app)
    assert "long run" in seen(app)
    assert sentence in problems(app)


def test_a_table_comes_back_with_its_states():
    """Typing other names over the old ones leaves one name for a moment."""
    app = open_page(states="a, b", table="0.9,0.1;0.2,0.8")
    for names in ("u", "up, down"):
        app.session_state["markov_chain.states"] = names
        app.run()
    assert "up 67" in seen(app).replace("\N{NO-BREAK SPACE}", " ")


def test_rows_are_made_to_sum_to_one_by_a_click():
    app = open_page(table="2,1,1;0.5,0,0.5;0.25,0.25,0.5")
    press(app, "Make the rows sum to 1")
    assert app.session_state["markov_chain.table"] == "0.5,0.25,0.25;0.5,0,0.5;0.25,0.25,0.5"
    assert not problems(app)


def test_one_state_and_one_step_are_a_chain():
    app = open_page(states="here", steps="1")
    assert "nothing can happen but to stay in here" in seen(app)
    assert "One state has one eigenvalue" in seen(app)
    eight = open_page(states="a, b, c, d, e, f, g, h")
    assert "Does the start matter?" in " ".join(one.value for one in eight.subheader)
    assert not eight.exception
