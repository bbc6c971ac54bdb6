"""One text, three networks, with words changed: the two runs aligned, what is said of a word, the pictures."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.checkpoints import Checkpoint
from rnn_core.edits import MAX_EDIT, Spec, parse_edits, write_edits
from rnn_core.errors import InputError
from rnn_core.plots.gates import deck_probability, deck_units, figure_gates, figure_reach
from rnn_core.reading import (
    GAP,
    spread,
    trace_reading,
)
from rnn_core.remarks import describe_words, reach
from rnn_core.text_pipeline import MODEL_SPEC, split_words
from rnn_core.vocabulary import Vocabulary

WORDS = ("the", "film", "is", "not", "bad", "good", "do", "and", "!")
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def random_model(architecture: str, units: int = 5, features: int = 4, max_tokens: int = 400) -> Checkpoint:
    rng = np.random.default_rng(GATES[architecture])
    rows = GATES[architecture] * units
    shapes = {
        "embedding.weight": (len(WORDS) + 2, features),
        "recurrent.weight_ih_l0": (rows, features),
        "recurrent.weight_hh_l0": (rows, units),
        "recurrent.bias_ih_l0": (rows,),
        "recurrent.bias_hh_l0": (rows,),
        "readout.weight": (1, units),
        "readout.bias": (1,),
    }
    weights = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    return Checkpoint(
        architecture=architecture,
        weights=weights,
        vocabulary=Vocabulary(WORDS),
        pipeline=MODEL_SPEC,
        max_tokens=max_tokens,
        record={},
    )


@pytest.fixture(scope="module")
def models() -> dict[str, Checkpoint]:
    return {name: random_model(name) for name in ("lstm", "gru", "rnn")}


def test_without_changes_the_columns_are_the_tokens(models):
    reading = trace_reading(models, Spec("The film isn't bad"))
    trace = reading.first["gru"]
    assert reading.second is None
    assert reading.columns.labels == trace.tokens == ("the", "film", "is", "not", "bad")
    np.testing.assert_array_equal(reading.columns.first, np.arange(5))
    np.testing.assert_array_equal(reading.columns.words, [0, 1, 2, 2, 3])


def test_a_replaced_word_shares_its_column_and_a_dropped_one_leaves_a_gap(models):
    reading = trace_reading(models, Spec("The film is bad", ((2, ""), (3, "not good"))))
    assert reading.columns.labels == ("the", "film", "is", "bad → not", "good")
    np.testing.assert_array_equal(reading.columns.first, [0, 1, 2, 3, GAP])
    np.testing.assert_array_equal(reading.columns.second, [0, 1, GAP, 2, 3])
    assert reading.second["lstm"].tokens == ("the", "film", "not", "good")
    # Up to the first change both runs are the same run.
    np.testing.assert_array_equal(reading.first["lstm"].hidden[:3], reading.second["lstm"].hidden[:3])


@settings(deadline=None, max_examples=40)
@given(
    text=st.lists(st.sampled_from([*WORDS, "don't", "🙂", "<br />", "Käse"]), max_size=8).map(" ".join),
    edits=st.dictionaries(st.integers(0, 9), st.sampled_from(["", "good", "not bad", "🙂"]), max_size=3),
)
def test_the_columns_hold_every_token_of_both_runs_once_and_in_order(models, text, edits):
    reading = trace_reading(models, Spec(text, tuple(edits.items())))
    latest = reading.latest["rnn"]
    for tokens, trace in ((reading.columns.first, reading.first["rnn"]), (reading.columns.second, latest)):
        np.testing.assert_array_equal(tokens[tokens != GAP], np.arange(len(trace.tokens)))
        laid = spread(trace.hidden[1:], tokens)
        np.testing.assert_array_equal(laid[tokens != GAP], trace.hidden[1:])
        assert np.isnan(laid[tokens == GAP]).all()
    assert not ((reading.columns.first == GAP) & (reading.columns.second == GAP)).any()
    assert list(reading.columns.words) == sorted(reading.columns.words)


def test_every_word_is_described_by_what_happened_to_it(models):
    reading = trace_reading(models, Spec("the zyzzyva <br /> good film 🙂", ((3, "bad"),)))
    words = describe_words(reading, "gru")
    assert [word.state for word in words] == ["read", "unknown", "dropped", "read", "read", "dropped"]
    assert words[3].text == "bad"
    assert words[3].before == "good"
    trace = reading.second["gru"]
    assert sum(word.share for word in words) + trace.bias == pytest.approx(trace.score[-1], abs=1e-6)
    assert [word.columns for word in words] == [(0,), (1,), (), (2,), (3,), ()]


def test_words_before_the_limit_are_marked_as_cut():
    models = {"lstm": random_model("lstm", max_tokens=3)}
    words = describe_words(trace_reading(models, Spec("the film is not bad")), "lstm")
    assert [word.state for word in words] == ["cut", "cut", "read", "read", "read"]


def test_numbers_stand_at_the_largest_shares_only(models):
    reading = trace_reading(models, Spec(" ".join(WORDS * 3)))
    words = describe_words(reading, "gru")
    shown = [abs(word.share) for word in words if word.number]
    hidden = [abs(word.share) for word in words if not word.number]
    assert 0 < len(shown) <= 6
    assert min(shown) >= max(hidden, default=0)


@given(st.dictionaries(st.integers(0, 500), st.text(max_size=MAX_EDIT), max_size=5))
def test_edits_survive_the_address(edits):
    assert parse_edits(write_edits(edits)) == edits


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[1]",
        "{}x",
        "[[1,2]]",
        '[["a","b"]]',
        '[[-1,"b"]]',
        '[[true,"b"]]',
        "[[[],1]]",
        "[" * 9999,
        '[[0,"\\ud800"]]',
    ],
)
def test_a_broken_link_is_refused_with_a_sentence(text):
    with pytest.raises(InputError, match="can't be read"):
        parse_edits(text)
    with pytest.raises(InputError, match="at most"):
        parse_edits(write_edits({1: "a" * (MAX_EDIT + 1)}))


@pytest.mark.parametrize("text", ["good", "🙂 good 🙂", "the film is not bad and good !", "<b>bold</b> film"])
@pytest.mark.parametrize("edits", [(), ((0, "not good"),), ((0, ""),)])
def test_every_picture_can_be_drawn_of_every_text(models, text, edits):
    reading = trace_reading(models, Spec(text, edits))
    columns = len(reading.columns.labels)
    for name, trace in reading.latest.items():
        order = tuple(range(5))
        for quantity in trace.quantities:
            figure = figure_gates(reading, name, quantity, order)
            assert np.shape(figure.data[0].z) == (5, columns)
        deck = deck_units(reading, name, order, unit=2)
        assert all(np.shape(frames) == (5, columns) for frames in deck.frames.values())
    probability = deck_probability(reading)
    assert len(probability.values) == columns
    assert figure_reach(reading).data
    # What was typed stands in no figure as markup.
    for figure in (probability.figure, figure_reach(reading)):
        assert "<b>bold" not in str(figure.layout.xaxis.labelalias)


def test_the_rows_of_a_heatmap_follow_the_order(models):
    reading = trace_reading(models, Spec("good film"))
    trace = reading.first["gru"]
    figure = figure_gates(reading, "gru", "update_gate", (3, 0, 1, 2, 4))
    np.testing.assert_allclose(np.asarray(figure.data[0].z)[0], trace.quantities["update_gate"][:, 3], rtol=1e-6)
    difference = figure_gates(reading, "gru", "update_gate", range(5), difference=True)
    assert not np.any(difference.data[0].z)


def test_the_words_of_a_text_keep_their_numbers_when_one_changes(models):
    text = "the film is bad"
    reading = trace_reading(models, Spec(text, ((0, ""),)))
    assert len(describe_words(reading, "rnn")) == len(split_words(text))


def test_the_reach_is_counted_from_the_end(models):
    trace = trace_reading(models, Spec("the film is not bad")).first["gru"]
    fading = replace(trace, jacobian_norm=np.array([1e-5, 1e-4, 1e-3, 0.1, 0.5, 1.0]))
    assert "the GRU over 2 of the 5 tokens" in reach({"gru": fading})
    lasting = replace(trace, jacobian_norm=np.array([0.2, 0.3, 0.4, 0.1, 0.5, 1.0]))
    assert "the GRU over all 5 tokens (0.2 times its size from the start)" in reach({"gru": lasting})
    assert reach({"gru": lasting}).startswith("At least 1 % of")
