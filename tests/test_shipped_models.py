"""What lies in `assets/models` is what its records say, and what was promised of it."""

import json
import math

import numpy as np
import pytest

from rnn_core import config, phrases, prediction, recipes, text_pipeline
from rnn_core.checkpoints import load_model
from rnn_core.imdb import raw_texts
from rnn_core.metrics import accuracy_by_category, measure

NAMES = ("rnn", "lstm", "gru")
ACCURACY = {"rnn": 0.80, "lstm": 0.885, "gru": 0.89}  # on the 25,000 test reviews, at least
LARGEST = 5_000_000  # bytes


def scores(model, texts):
    encoded = [model.vocabulary.encode(text_pipeline.tokenize(text, model.pipeline)) for text in texts]
    return prediction.scores(model, [text[-model.max_tokens :] for text in encoded])


@pytest.mark.parametrize("name", NAMES)
def test_file_is_small_and_has_its_record(name):
    path = config.MODELS_DIR / f"{name}.safetensors"
    assert path.stat().st_size <= LARGEST
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["name"] == name


def test_one_vocabulary_one_readout_one_size():
    models = [load_model(name) for name in NAMES]
    first = models[0]
    for model, name in zip(models, NAMES, strict=True):
        assert model.architecture == name
        assert (model.embedding_size, model.hidden_size, model.layers, model.directions) == (100, 50, 1, 1)
        assert (model.vocabulary, model.pipeline) == (first.vocabulary, text_pipeline.MODEL_SPEC)
        assert model.max_tokens == config.MAX_TOKENS
        assert len(model.vocabulary) == 20_002


@pytest.mark.parametrize("name", NAMES)
def test_record_tells_how_to_have_the_model_again(name):
    record = load_model(name).record
    command, values = record["command"], dict(record["spec"])
    spec = recipes.Spec(**{**values, "pipeline": text_pipeline.Spec.from_dict(values["pipeline"])})
    assert command == f"python -m rnn_core train --model {name} --recipe fast --validation 0 --seed {spec.seed}"
    assert recipes.make_spec("fast", name, validation=0, seed=spec.seed) == spec
    assert record["reviews"] == {"trained_on": 25_000, "validation": 0}
    assert record["stopped_early"] is False
    assert record["history"][-1]["step"] == record["history"][-1]["steps"]
    assert record["seconds"] > 0
    assert record["parameters"] == sum(value.size for value in load_model(name).weights.values())


@pytest.mark.parametrize("name", NAMES)
def test_recorded_accuracies_are_what_was_promised(name):
    test = load_model(name).record["test"]
    (true_negative, false_positive), (false_negative, true_positive) = test["confusion"]
    assert test["reviews"] == true_negative + false_positive + false_negative + true_positive == 25_000
    assert test["accuracy"] == pytest.approx((true_negative + true_positive) / 25_000, abs=1e-6)
    assert test["f1"] == pytest.approx(
        2 * true_positive / (2 * true_positive + false_positive + false_negative), abs=1e-6
    )
    assert test["accuracy"] >= ACCURACY[name]


@pytest.mark.parametrize("name", NAMES)
def test_phrase_accuracies_are_those_of_the_record(name):
    """In numpy, while the record was written by torch."""
    model = load_model(name)
    for measured in ("development", "held_out", "hand_written"):
        kept = phrases.measuring_set(measured)
        found = accuracy_by_category(kept, scores(model, [phrase.text for phrase in kept]))
        assert found["phrases"] == model.record["phrases"][measured]["phrases"]
        # A score so close to 0 that the order of sums decides may fall on either side.
        assert found["accuracy"] == pytest.approx(model.record["phrases"][measured]["accuracy"], abs=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_accuracy_on_real_reviews(name, shared_data):
    """On 2,000 of the test reviews: within four standard errors of what the record says of all."""
    reviews = list(raw_texts(shared_data / "aclImdb_labelled.tar.gz", "test"))
    assert len(reviews) == 25_000
    chosen = [reviews[row] for row in np.random.default_rng(0).choice(len(reviews), 2_000, replace=False)]
    model = load_model(name)
    metrics = measure(scores(model, [text for text, _ in chosen]), np.array([label for _, label in chosen]))
    recorded = model.record["test"]["accuracy"]
    assert abs(metrics.accuracy - recorded) < 4 * math.sqrt(recorded * (1 - recorded) / 2_000)
