"""One text, three networks, with words changed: the two runs aligned, what is said of a word, the pictures."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import text_pipeline
from rnn_core.checkpoints import Checkpoint, expected_shapes, shipped_models
from rnn_core.edits import MAX_EDIT, Spec, parse_edits, write_edits
from rnn_core.errors import InputError
from rnn_core.gates import headline, observation, order_units
from rnn_core.metrics import Metrics
from rnn_core.plots import gates as gates_pictures
from rnn_core.plots.gates import deck_probability, deck_units, figure_gates, figure_reach
from rnn_core.plots.theme import NETWORK_NAMES
from rnn_core.reading import GAP, spread, trace_reading, unique_names
from rnn_core.recipes import make_spec
from rnn_core.remarks import cut, describe_words, loudest_unit, measured, reach
from rnn_core.runs import Measured, Run
from rnn_core.text_pipeline import MODEL_SPEC, split_words
from rnn_core.vocabulary import Vocabulary

WORDS = ("the", "film", "is", "not", "bad", "good", "do", "and", "!")
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def random_model(architecture: str, units: int = 5, features: int = 4, **changes) -> Checkpoint:
    rng = np.random.default_rng(GATES[architecture])
    shapes = expected_shapes(architecture, len(WORDS) + 2, features, units)
    values = {
        "architecture": architecture,
        "weights": {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()},
        "vocabulary": Vocabulary(WORDS),
        "pipeline": MODEL_SPEC,
        "max_tokens": 400,
        "record": {},
    }
    return Checkpoint(**(values | changes))


@pytest.fixture(scope="module")
def models() -> dict[str, Checkpoint]:
    return {name: random_model(name) for name in ("lstm", "gru", "rnn")}


def test_without_changes_the_columns_are_the_tokens(models):
    reading = trace_reading(models, Spec("The film isn't bad"))
    trace = reading.first["gru"]
    assert reading.second is None
    assert reading.columns.labels == trace.tokens == ("the", "film", "is", "not", "bad")
    for tokens in reading.columns.tokens.values():
        np.testing.assert_array_equal(tokens, [np.arange(5)])
    np.testing.assert_array_equal(reading.columns.words, [0, 1, 2, 2, 3])


def test_a_replaced_word_shares_its_column_and_a_dropped_one_leaves_a_gap(models):
    reading = trace_reading(models, Spec("The film is bad", ((2, ""), (3, "not good"))))
    assert reading.columns.labels == ("the", "film", "is", "bad → not", "good")
    np.testing.assert_array_equal(reading.columns.tokens["gru"], [[0, 1, 2, 3, GAP], [0, 1, GAP, 2, 3]])
    assert reading.second["lstm"].tokens == ("the", "film", "not", "good")
    # Up to the first change both runs are the same run.
    np.testing.assert_array_equal(reading.first["lstm"].hidden[:3], reading.second["lstm"].hidden[:3])


@pytest.fixture(scope="module")
def mixed(models) -> dict[str, Checkpoint]:
    """Networks that cut a text in different ways."""
    return models | {
        "report": random_model("lstm", pipeline=text_pipeline.Spec(keep_negations=True)),
        "short": random_model("gru", max_tokens=3),
        "marks": random_model("rnn", pipeline=replace(MODEL_SPEC, expand_abbreviations=False, lower_case=False)),
    }


@settings(deadline=None, max_examples=60)
@given(
    text=st.lists(st.sampled_from([*WORDS, "Don't", "can't", "🙂", "<br />", "Käse!"]), max_size=8).map(" ".join),
    edits=st.dictionaries(st.integers(0, 9), st.sampled_from(["", "good", "not bad", "🙂"]), max_size=3),
)
def test_the_columns_hold_every_token_of_every_run_once_and_in_order(mixed, text, edits):
    reading = trace_reading(mixed, Spec(text, tuple(edits.items())))
    columns = reading.columns
    taken = np.zeros(len(columns.labels), dtype=bool)
    for name in mixed:
        for trace, tokens in reading.runs(name):
            np.testing.assert_array_equal(tokens[tokens != GAP], np.arange(len(trace.tokens)))
            np.testing.assert_array_equal(columns.words[tokens != GAP], trace.word_of_token)
            laid = spread(trace.hidden[1:], tokens)
            np.testing.assert_array_equal(laid[tokens != GAP], trace.hidden[1:])
            assert np.isnan(laid[tokens == GAP]).all()
            taken |= tokens != GAP
    assert taken.all()
    assert list(columns.words) == sorted(columns.words)


def columns_of(reading, network, run=0):
    """What a network reads in each column."""
    trace, tokens = reading.runs(network)[run]
    return ["" if token == GAP else trace.tokens[token] for token in tokens]


def test_a_network_without_stop_words_leaves_gaps_under_them(models):
    models = models | {"report": random_model("lstm", pipeline=text_pipeline.Spec())}
    reading = trace_reading(models, Spec("This film isn't not bad, I do think"))
    assert reading.columns.labels == ("this", "film", "is", "not", "not", "bad", "i", "do", "think")
    assert columns_of(reading, "lstm") == list(reading.columns.labels)
    assert columns_of(reading, "report") == ["", "film", "", "", "", "bad", "", "", "think"]
    # Its state stays where it reads nothing, and its pictures show it under the words that it reads.
    trace = reading.first["report"]
    line = deck_probability(reading).figure.data[6]
    np.testing.assert_allclose(line.y, 100 * trace.probability[[0, 1, 1, 1, 1, 2, 2, 2, 3]], rtol=1e-5)
    shown = np.asarray(figure_gates(reading, "report", "hidden", range(5)).data[0].z)
    np.testing.assert_allclose(shown[:, [1, 5, 8]], trace.hidden[1:].T, rtol=1e-6)
    assert np.isnan(shown[:, [0, 2, 3, 4, 6, 7]]).all()
    np.testing.assert_allclose(
        np.asarray(figure_reach(reading).data[3].y)[[1, 5, 8]], trace.jacobian_norm[1:], rtol=1e-6
    )
    states = [word.state for word in describe_words(reading, "report")]
    assert states == ["dropped", "read", "dropped", "dropped", "read", "dropped", "dropped", "unknown"]


def test_the_token_left_of_a_word_stands_under_its_own_name(models):
    # "isn't" is "is not" to the three, and of these two the other drops the first.
    spec = text_pipeline.Spec(negation_to_not=True, keep_negations=True)
    reading = trace_reading(models | {"report": random_model("gru", pipeline=spec)}, Spec("isn't bad"))
    assert reading.columns.labels == ("is", "not", "bad")
    assert columns_of(reading, "report") == ["", "not", "bad"]
    # Where only the spelling differs there is one column, and what only one network reads has its own.
    spec = replace(MODEL_SPEC, lower_case=False, keep_marks=False)
    reading = trace_reading({"report": random_model("gru", pipeline=spec), **models}, Spec("GOOD! film"))
    assert reading.columns.labels == ("GOOD", "!", "film")
    assert columns_of(reading, "report") == ["GOOD", "", "film"]
    assert columns_of(reading, "rnn") == ["good", "!", "film"]


def test_a_network_that_reads_fewer_tokens_reads_the_last(models):
    models = models | {"short": random_model("rnn", max_tokens=50)}
    text = " ".join(f"the film{number}" for number in range(40))
    reading = trace_reading(models, Spec(text, ((79, "not bad"),)))
    assert len(reading.columns.labels) == 81
    assert columns_of(reading, "lstm")[:80] == text.split()
    assert columns_of(reading, "short") == [""] * 30 + text.split()[30:] + [""]
    assert columns_of(reading, "short", 1) == [""] * 31 + text.split()[31:79] + ["not", "bad"]
    assert reading.columns.labels[-2:] == ("film39 → not", "bad")
    said = cut(reading.first, {"short": "Mine"})
    assert said == "“Mine” reads the last 50 tokens of a text: the first 30 of these 80 words are left out."
    assert cut(trace_reading({"a": models["short"]}, Spec(text)).first).startswith("The networks read the last 50")
    assert cut({"lstm": reading.first["lstm"]}) == ""
    more = dict.fromkeys("abc", reading.first["short"]) | {"d": reading.first["lstm"]}
    assert cut(more).startswith("A, b and c read the last 50 tokens")


def test_the_end_of_a_word_that_is_cut_stands_where_the_others_have_it(models):
    reading = trace_reading(models | {"short": random_model("rnn", max_tokens=2)}, Spec("isn't bad"))
    assert reading.columns.labels == ("is", "not", "bad")
    assert columns_of(reading, "short") == ["", "not", "bad"]


@pytest.mark.parametrize("edits", [(), ((0, "good"),), ((1, ""),)])
def test_every_picture_and_sentence_of_a_network_that_reads_nothing(models, edits):
    models = models | {"report": random_model("lstm", pipeline=text_pipeline.Spec())}
    reading = trace_reading(models, Spec("this is", edits), names=NETWORK_NAMES | {"report": "Mine"})
    trace = reading.latest["report"]
    for quantity in trace.quantities:
        for difference in (False, True):
            figure_gates(reading, "report", quantity, range(5), difference=difference)
        assert observation(trace, quantity, "Mine")
        assert sorted(order_units(trace, quantity, "similarity")) == [0, 1, 2, 3, 4]
    deck_units(reading, "report", range(5), loudest_unit(trace))
    deck_probability(reading)
    figure_reach(reading)
    assert "“Mine” at" in headline(reading.latest, reading.names)
    said = reach(reading.latest, reading.names)
    assert "nan" not in said
    assert ("“Mine” reads no word" in said) == (not trace.tokens)
    assert len(describe_words(reading, "report")) == 2


def test_names_are_cut_and_numbered():
    names = {"a": "LSTM", "b": "LSTM", "c": "LSTM", "d": "x" * 12, "e": "x" * 12, "f": "x" * 13, "g": "one two three x"}
    expected = ["LSTM", "LSTM 2", "LSTM 3", "x" * 12, "x" * 10 + " 2", "x" * 11 + "…", "one two thr…"]
    assert list(unique_names(names, 12).values()) == expected
    assert unique_names({}) == {}


def test_further_networks_have_names_colours_and_lines_of_their_own(models):
    own = {"aaaa": "LSTM", "bbbb": "A long name, long", "cccc": "<b>%{y} a long name</b>"}
    names = unique_names(NETWORK_NAMES | own)
    reading = trace_reading(models | {id: random_model("gru") for id in own}, Spec("not bad"), names=names)
    lines = figure_reach(reading).data
    assert len({line.line.color for line in lines}) == len({line.line.dash for line in lines}) == 6
    assert [line.name for line in lines] == ["LSTM", "GRU", "RNN", "LSTM 2", "A long na…", "&lt;b&gt;%{y} a…"]
    deck = deck_probability(reading)
    assert all("<b>%{" not in part.hovertemplate for part in deck.figure.data if part.hovertemplate)
    assert "<b>&lt;b&gt;" in deck.figure.layout.annotations[5].text
    assert "LSTM 2" in deck.captions[0]
    assert (
        figure_gates(reading, "cccc", "hidden", range(5))
        .layout.annotations[0]
        .text.startswith("<b>&lt;b&gt;%{y} a long name&lt;/b&gt;</b> hidden")
    )
    said = headline(reading.latest, reading.names)
    assert "the LSTM at" in said
    assert "“LSTM 2” at" in said
    assert "“A long name, long” at" in said
    assert observation(reading.latest["aaaa"], "update_gate", "LSTM 2").startswith("The update gate of “LSTM 2”")
    assert observation(reading.latest["gru"], "update_gate", "GRU").startswith("The GRU's update gate")


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_names_at_the_ends_of_lines_stand_apart(heights):
    placed = gates_pictures._apart(heights, 9)
    assert all(-1e-9 <= height <= 100 for height in placed)
    ordered = [placed[index] for index in np.argsort(heights, kind="stable")]
    assert all(upper - lower >= 9 - 1e-9 for lower, upper in pairwise(ordered))
    if all(upper - lower >= 9 for lower, upper in pairwise(sorted(heights))):
        assert placed == heights


def test_how_good_trained_networks_are(models):
    spec = make_spec("fast", "gru")
    metrics = Metrics(10, 0.4, 0.8, 0.75, 0.8, 0.8, ((4, 1), (1, 4)))
    done = Run("aaaa", "Mine", spec, "finished", parameters=1234, seconds=5.4, measured=Measured(metrics, 1.0, ()))
    table = measured(shipped_models(), {"Mine": done, "Theirs": replace(done, measured=None, from_file=True)})
    assert table["network"] == ["LSTM", "GRU", "RNN", "Mine", "Theirs, as its file says"]
    assert table["parameters"][3:] == ["1,234", "1,234"]
    assert table["training, s"] == ["176", "280", "136", "5.4", "5.4"]
    assert table["test accuracy"][3:] == ["80.0 %", "not measured"]
    assert table["test F1"][3:] == ["75.0 %", "not measured"]
    assert table["phrases of unseen words and patterns"][3:] == ["not measured"] * 2


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
    assert "the GRU over its one token (" in reach(trace_reading({"gru": models["gru"]}, Spec("film")).first)
