"""Learning on the page: several starts, against one alone and against hmmlearn; what is said of them; the page."""

from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hmmlearn.hmm import CategoricalHMM

from rnn_core.baum_welch import baum_welch, random_model
from rnn_core.emissions import Categorical
from rnn_core.errors import InputError
from rnn_core.hidden_markov import examples, learning, learning_words
from rnn_core.hidden_markov.learning import ROUNDS, STARTS, Spec, trace_learning
from rnn_core.plots.hidden_markov.learning import deck_likelihood, deck_model
from tests import opened_page

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "hidden_markov.py")
MODEL = examples.FIRST.model
DRAWN = learning.draw(MODEL, 8, 12, 1)


def test_every_start_is_what_hmmlearn_makes_of_it():
    symbols, lengths = np.concatenate(DRAWN), [len(sequence) for sequence in DRAWN]
    trace = trace_learning(Spec(DRAWN, 3, 2, seed=5))
    begin = random_model(Categorical, 2, symbols, 5, symbols=3, starts=STARTS)
    for start, stop in product((0, STARTS - 1), (1, 4, 8)):
        there = CategoricalHMM(2, n_iter=ROUNDS[stop], tol=-np.inf, init_params="", n_features=3)
        there.startprob_, there.transmat_ = begin.start[start], begin.transitions[start]
        there.emissionprob_ = begin.emissions.probabilities[start]
        there.fit(symbols[:, None], lengths)
        np.testing.assert_allclose(trace.start[stop, start], there.startprob_, atol=1e-6)
        np.testing.assert_allclose(trace.transitions[stop, start], there.transmat_, atol=1e-6)
        np.testing.assert_allclose(trace.emissions[stop, start], there.emissionprob_, atol=1e-6)
        np.testing.assert_allclose(trace.log_likelihoods[stop, start], there.score(symbols[:, None], lengths))
        np.testing.assert_allclose(
            trace.posteriors[stop, start], there.predict_proba(np.array(DRAWN[0])[:, None]), atol=1e-6
        )


def test_likelihood_never_falls_and_starts_end_apart():
    sequences = learning.draw(MODEL, 5, 8, 1)
    trace = trace_learning(Spec(sequences, 3, 3, seed=1))
    assert (np.diff(trace.log_likelihoods, axis=0) >= 0).all()
    assert 1 < trace.heights <= STARTS
    assert (trace.last_gain <= learning.CLIMBING).all()
    assert trace.log_likelihoods[-1, trace.best] == trace.log_likelihoods[-1].max()
    assert trace.log_likelihoods[-1, trace.worst] == trace.log_likelihoods[-1].min()
    # They stand at optima of their own: ten times as many rounds add nothing to be seen.
    symbols = np.concatenate([np.array(sequence) for sequence in sequences])
    begin = random_model(Categorical, 3, symbols, 1, symbols=3, starts=STARTS)
    further = baum_welch(begin, symbols, np.full(5, 8), rounds=10 * learning.ROUNDS[-1], tolerance=1e-8)
    np.testing.assert_allclose(trace.log_likelihoods[-1], further.log_likelihoods[-1], atol=0.01)


def test_drawn_sequences():
    one, same, other = (learning.draw(MODEL, 3, 5, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert [len(sequence) for sequence in one] == [5, 5, 5]
    assert len(set(one)) > 1
    with pytest.raises(InputError, match="50 sequences of 30 steps are 1,500 observations"):
        learning.draw(MODEL, 50, 30, 1)


@pytest.mark.parametrize(
    ("sequences", "states", "complaint"),
    [
        (((0,),), 7, "number of states"),
        (((0,),), 0, "number of states"),
        ((), 2, "at least one"),
        (((),), 2, "at least"),
    ],
)
def test_spec_refuses(sequences, states, complaint):
    with pytest.raises(InputError, match=complaint):
        Spec(sequences, 3, states, 1)


def test_symbols_that_are_emitted_alike_are_named_together():
    even = trace_learning(Spec(((0, 1), (1, 0)), 3, 1, seed=1))
    said = learning_words.about(even, 0, ("One",), ("a", "b", "c"))
    assert "One emits a and b alike (50\N{NO-BREAK SPACE}% each)" in said
    sure = trace_learning(Spec(((0, 1, 1),), 3, 1, seed=1))
    assert "One emits b most (67" in learning_words.about(sure, 0, ("One",), ("a", "b", "c"))


@pytest.mark.parametrize("states", [1, 2, 6])
@pytest.mark.parametrize("sequences", [((0,),), ((0, 1, 2, 2),), DRAWN])
def test_what_is_said_holds(states, sequences):
    trace = trace_learning(Spec(sequences, 3, states, 3))
    said = learning_words.headline(trace, MODEL, sequences)
    assert (f"{trace.heights} heights 0.1 or more apart" in said) == (trace.heights > 1)
    ends = {learning_words.logarithm(float(end)) for end in trace.log_likelihoods[-1]}
    assert ("at one height" in said) == (len(ends) == 1)
    own = learning.log_likelihood_of(MODEL, sequences)
    assert ("no start has got further" in said) == (own >= trace.log_likelihoods[-1].max() - 0.005)
    assert ("still climb" in said) == (trace.last_gain > learning.CLIMBING).any()
    assert "nan" not in said
    assert len(learning_words.captions(trace, 0)) == len(ROUNDS)
    names = tuple(learning_words.names_at_first(states).split(", "))
    about = learning_words.about(trace, 2, names, MODEL.symbols)
    for name, row in zip(names, trace.emissions[-1, 2], strict=True):
        assert f"{name} emits {MODEL.symbols[row.argmax()]} most" in about


def test_impossible_under_the_readers_model():
    model = examples.read_spec(examples.CAT).model
    garden_only = type(model)(model.states, model.symbols, (1.0, 0.0, 0.0), model.transitions, model.emissions)
    trace = trace_learning(Spec(((2, 0),), 3, 2, 1))
    assert "impossible" in learning_words.headline(trace, garden_only, ((2, 0),))
    deck = deck_likelihood(trace, 0, learning.log_likelihood_of(garden_only, ((2, 0),)))
    assert not deck.figure.layout.shapes


def test_figures():
    trace = trace_learning(Spec(DRAWN, 3, 2, 1))
    deck = deck_likelihood(trace, 3, -90.0)
    widths = [line.line.width for line in deck.figure.data[:STARTS]]
    assert widths.index(max(widths)) == 3
    np.testing.assert_allclose(deck.frames[STARTS, "y"][:, 0], trace.log_likelihoods[:, 3])
    tables = deck_model(trace, 3, ("one", "<b>"), MODEL.symbols).frames[0, "z"]
    np.testing.assert_allclose(tables[:, :, 0], trace.start[:, 3], atol=1e-6)
    np.testing.assert_allclose(tables[:, :, 2:4], trace.transitions[:, 3], atol=1e-6)
    np.testing.assert_allclose(tables[:, :, 5:], trace.emissions[:, 3], atol=1e-6)
    assert "<b>" not in deck_model(trace, 3, ("one", "<b>"), MODEL.symbols).figure.to_json()


def test_choices_are_read():
    assert learning.number_of_start(trace := trace_learning(Spec(DRAWN, 3, 2, 1)), "best") == trace.best
    assert learning.number_of_start(trace, "3") == 2
    assert learning_words.start_of_line(2, "best") == "3"
    assert learning_words.start_of_line(STARTS, "5") == "5"
    assert [learning_words.stop_of(text) for text in ("7", "8", "", "x")] == [5, 12, 12, 12]


open_page = partial(opened_page.open_page, "hidden_markov")


written = opened_page.words_of


def test_page_learns():
    at = open_page()
    assert not at.exception
    assert "8 starts stand at" in written(at)
    at.segmented_control(key="hidden_markov.learn_start.control").set_value("3").run()
    assert not at.exception
    assert "Start 3 in the end" in written(at)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"learn_states.3": "1"}, "State 1 emits"),
        ({"learn_count": "50", "learn_steps": "500"}, "this page takes at most 1,000"),
        ({"learn_states.3": "2", "learn_names.2": "Near, Far"}, "Near emits"),
        ({"learn_count": "1", "learn_steps": "1"}, "8 starts stand at"),
    ],
)
def test_page_from_an_address(values, expected):
    at = open_page(**values)
    assert not at.exception
    assert expected in written(at)
