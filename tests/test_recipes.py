import json
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import config, recipes, text_pipeline
from rnn_core.checkpoints import GATES
from rnn_core.errors import InputError
from rnn_core.recipes import RANGES, RECIPES, Spec, make_spec, parse_value


def test_report_recipe_has_the_numbers_of_the_report():
    for architecture in ("rnn", "lstm", "gru"):
        spec = make_spec("report", architecture)
        assert (spec.layers, spec.bidirectional, spec.embedding_size, spec.hidden_size) == (1, False, 100, 50)
        assert (spec.dropout, spec.batch_size, spec.learning_rate, spec.clip_norm, spec.epochs) == (0.5, 50, 1e-3, 5, 5)
        assert (spec.max_tokens, spec.fill_up, spec.warm_up, spec.start) == (500, True, 0.0, "pytorch")
        assert (spec.crop_weight, spec.phrase_weight, spec.embedding_dropout, spec.word_dropout) == (0, 0, 0, 0)
        assert spec.recurrent_rate == 1
        assert spec.pipeline == text_pipeline.Spec()
        assert spec.pipeline.remove_stop_words
        assert spec.validation > 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architecture": "cnn"}, "architecture must be rnn, lstm or gru, got 'cnn'"),
        ({"start": "zero"}, "start must be"),
        ({"epochs": 0}, "epochs must be between 1 and 100, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be between"),
        ({"dropout": 1.0}, "dropout must be between 0.0 and 0.95, got 1.0"),
        ({"validation": -1}, "validation must be"),
        ({"seed": -1}, "seed must be"),
        ({"crop_shortest": 9, "crop_longest": 8}, "crop_longest must be at least crop_shortest, 9, got 8"),
    ],
)
def test_what_is_out_of_range_is_said(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Spec(**changes)


def test_unknown_recipe():
    with pytest.raises(InputError, match="the recipes are report, fast, classroom, got 'slow'"):
        make_spec("slow", "gru")
    assert set(RECIPES) == {"report", "fast", "classroom"}


def test_a_value_on_the_command_line():
    assert parse_value("learning_rate=0.002") == ("learning_rate", 0.002)
    assert parse_value("epochs = 3") == ("epochs", 3)
    assert parse_value("fill_up=true") == ("fill_up", True)
    assert parse_value("start=identity") == ("start", "identity")
    for wrong in ("epochs=many", "fill_up=perhaps", "speed=1", "pipeline=none", "epochs"):
        with pytest.raises(InputError):
            parse_value(wrong)


def test_the_classroom_is_fair():
    """On either corpus the three networks differ in nothing but their architecture."""
    for corpus in recipes.CORPORA:
        specs = [make_spec("classroom", architecture, corpus=corpus) for architecture in GATES]
        assert len({replace(spec, architecture="gru") for spec in specs}) == 1


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("architecture", GATES)
def test_every_recipe_fits_the_generated_reviews(recipe, architecture):
    spec = make_spec(recipe, architecture, corpus="grammar", distance=30)
    assert (spec.corpus, spec.distance, spec.recipe) == ("grammar", 30, recipe)
    assert 2 * spec.validation <= spec.reviews
    assert make_spec(recipe, architecture, corpus="grammar", validation=7).validation == 7


# Records


def a_value(name, default):
    if isinstance(default, bool):
        return st.booleans()
    if name in RANGES:
        low, high = RANGES[name]
        return st.integers(low, high) if isinstance(default, int) else st.floats(low, high)
    known = {"start": recipes.STARTS, "corpus": recipes.CORPORA, "architecture": tuple(GATES)}
    return st.sampled_from(known.get(name, ("fast", "mine")))


VALUES = {field.name: a_value(field.name, field.default) for field in fields(Spec) if field.name != "pipeline"}


@settings(deadline=None)
@given(st.fixed_dictionaries(VALUES))
def test_a_spec_comes_back_from_json(values):
    try:
        spec = Spec(**values)
    except InputError:  # two fields that don't go together
        return
    assert Spec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize("name", GATES)
def test_records_older_than_some_fields_can_be_read(name):
    record = json.loads((config.MODELS_DIR / f"{name}.json").read_text(encoding="utf-8"))
    assert "carry_state" not in record["spec"]
    assert Spec.from_dict(record["spec"]) == make_spec("fast", name, validation=0)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([], "a spec must be names with values"),
        ({"speed": 9}, "a spec has no field 'speed'; it has architecture, recipe, "),
        ({3: 9}, "a spec has no field '3'"),
        ({"epochs": 2.0}, "epochs must be of type int, got 2.0"),
        ({"epochs": True}, "epochs must be of type int, got True"),
        ({"epochs": None}, "epochs must be of type int, got None"),
        ({"fill_up": 1}, "fill_up must be of type bool, got 1"),
        ({"start": ["identity"]}, "start must be of type str"),
        ({"dropout": "0.5"}, "dropout must be of type float"),
        ({"dropout": float("nan")}, "dropout must be between"),
        ({"learning_rate": 10**400}, "learning_rate must be between"),
        ({"pipeline": {"lower_case": True}}, "a text pipeline has exactly the fields"),
        ({"pipeline": 5}, "a text pipeline has exactly the fields"),
        ({"corpus": "tweets"}, "the corpus must be imdb or grammar, got 'tweets'"),
    ],
)
def test_a_record_that_is_none_is_refused(values, sentence):
    with pytest.raises(InputError, match=sentence):
        Spec.from_dict(values)


def test_whole_numbers_may_stand_for_others():
    assert Spec.from_dict({"clip_norm": 2}) == Spec(clip_norm=2.0)
