import json
import math
import random
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from rnn_core import phrases, text_pipeline, training
from rnn_core.errors import InputError
from rnn_core.imdb import Dataset, Reviews
from rnn_core.recipes import RECIPES, Spec, make_spec, parse_value
from rnn_core.vocabulary import PADDING, UNKNOWN, build_vocabulary

TINY = Spec(
    architecture="gru",
    embedding_size=8,
    hidden_size=6,
    validation=20,
    epochs=3,
    batch_size=10,
    learning_rate=0.02,
    embedding_dropout=0.1,
    phrases_a_batch=16,
)
FEW = {"crop_weight": 0.0, "phrase_weight": 0.0}


def reviews(count, rng, index):
    """Half of them blame; their words are neutral but for one that says what is meant."""
    neutral, telling = ["the", "film", "plot", "scene", "was", "a"], {0: ["awful", "dull"], 1: ["great", "lovely"]}
    ids, offsets, labels = [], [0], [0] * (count // 2) + [1] * (count // 2)
    for label in labels:
        words = list(rng.choice(neutral, rng.integers(3, 15)))
        words.insert(int(rng.integers(0, len(words))), str(rng.choice(telling[label])))
        ids += index.encode(words).tolist()
        offsets.append(len(ids))
    return Reviews(np.array(ids, np.uint16), np.array(offsets), np.array(labels, np.uint8))


@pytest.fixture(scope="module")
def dataset():
    rng = np.random.default_rng(0)
    grammar = [
        text_pipeline.tokenize(phrase.text, text_pipeline.MODEL_SPEC)
        for phrase in phrases.sample(phrases.TRAIN, 2_000, random.Random(0))
    ]
    index = build_vocabulary([*grammar, ["awful", "scene", "lovely", "dull"]], 5_000)
    return Dataset(reviews(200, rng, index), reviews(100, rng, index), index, text_pipeline.MODEL_SPEC)


def run(spec, dataset, steps=None):
    """Train to the end, or leave after some steps; the model and all records."""
    model, records = training.new_model(spec, len(dataset.vocabulary)), []
    progress = training.train(spec, dataset, model, every=1)
    for record in progress:
        records.append(record)
        if len(records) == steps:
            progress.close()
    return model, records


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


@pytest.mark.parametrize("changes", [{}, {"architecture": "lstm"}, {"architecture": "rnn", "start": "identity"}])
def test_learns_what_is_there_to_learn(dataset, changes):
    spec = replace(TINY, epochs=6, **changes)
    model, records = run(spec, dataset)
    assert records[-1].loss < 0.7 * records[0].loss
    metrics = training.evaluate(spec, model, dataset.test)
    assert metrics.accuracy >= 0.9
    assert metrics.reviews == 100


def test_same_seed_same_network(dataset):
    spec = replace(TINY, epochs=1, word_dropout=0.1)
    first, records = run(spec, dataset)
    second, again = run(spec, dataset)
    assert same(first, second)
    assert [record.loss for record in records] == [record.loss for record in again]
    other, _ = run(replace(spec, seed=1), dataset)
    assert not same(first, other)


def test_leaves_the_generators_of_the_process_alone(dataset):
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    model = training.new_model(TINY, len(dataset.vocabulary))
    progress = training.train(TINY, dataset, model, every=1)
    for _ in range(3):
        next(progress)
        assert torch.equal(before[0], torch.get_rng_state())
    progress.close()
    assert np.array_equal(before[1], np.random.get_state()[1])  # noqa: NPY002
    assert before[2] == random.getstate()


def test_randomness_of_others_changes_nothing(dataset):
    spec = replace(TINY, epochs=1)
    undisturbed, _ = run(spec, dataset)
    model = training.new_model(spec, len(dataset.vocabulary))
    with torch.random.fork_rng():
        for _ in training.train(spec, dataset, model, every=1):
            torch.rand(3)
    assert same(undisturbed, model)


def test_best_validation_loss_is_kept(dataset):
    """Labels by chance: there is nothing to learn but by heart, so the last epoch isn't the best."""
    labels = np.random.default_rng(1).permutation(dataset.train.labels)
    dataset = replace(dataset, train=replace(dataset.train, labels=labels))
    spec = replace(TINY, epochs=8, warm_up=0.0, embedding_dropout=0.0, dropout=0.0, **FEW)
    model, records = run(spec, dataset)
    losses = [record.validation_loss for record in records if record.validation_loss is not None]
    assert len(losses) == 8
    assert min(losses) < losses[-1]
    assert [record.best for record in records if record.validation_loss is not None] == [
        loss < min(losses[:epoch], default=math.inf) for epoch, loss in enumerate(losses)
    ]
    _, held_out = training.split_training(spec, dataset)
    found = training.scores(model, [dataset.train[row] for row in held_out], spec)
    labels = dataset.train.labels[held_out]
    assert training.mean_loss(found, labels) == pytest.approx(min(losses), abs=1e-9)


def test_without_validation_the_last_epoch_is_kept(dataset):
    spec = replace(TINY, validation=0, epochs=2, **FEW)
    learn, held_out = training.split_training(spec, dataset)
    assert (len(learn), len(held_out)) == (200, 0)
    whole, records = run(spec, dataset)
    assert {record.validation_loss for record in records} == {None}
    assert not any(record.best for record in records)
    assert len(records) == 40
    shorter, _ = run(spec, dataset, steps=39)
    assert not same(whole, shorter)  # what the fortieth step did is there


def test_closing_keeps_what_was_reached(dataset):
    spec = replace(TINY, **FEW)
    model, records = run(spec, dataset, steps=5)
    assert len(records) == 5
    assert not model.training
    assert not same(model, training.new_model(spec, len(dataset.vocabulary)))
    # In the second epoch the first one's weights are the best that was measured.
    later, records = run(spec, dataset, steps=records[0].steps // 3 + 5)
    first_epoch, _ = run(spec, dataset, steps=records[0].steps // 3)
    assert same(later, first_epoch)


def test_progress_adds_up(dataset):
    _, records = run(TINY, dataset)
    assert [record.step for record in records] == list(range(1, 55))
    assert {record.steps for record in records} == {54}
    assert [record.epoch for record in records] == [1] * 18 + [2] * 18 + [3] * 18
    assert records[-1].eta == 0
    for earlier, later in pairwise(records):
        assert earlier.seconds < later.seconds
    for record in records:
        assert record.gradient_norm > 0
        assert record.tokens_per_second > 0
        assert 0 <= record.accuracy <= 1
        assert (record.validation_loss is not None) == (record.step % 18 == 0)
    json.dumps([asdict(record) for record in records], allow_nan=False)


def test_gradient_norm_is_of_before_clipping(dataset):
    """With a clip far below it the reported norm stays what it is."""
    free, _ = (run(replace(TINY, clip_norm=clip, **FEW), dataset, steps=1)[1][0].gradient_norm for clip in (1e5, 1e-3))
    assert free > 0.01
    _, (clipped,) = run(replace(TINY, clip_norm=1e-3, **FEW), dataset, steps=1)
    assert clipped.gradient_norm == pytest.approx(free)


def test_phrases_do_not_move_the_words_they_judge(dataset):
    """*dreadful* is in no review here: only phrases could move it. *but* they may move."""
    spec = replace(TINY, epochs=1, crop_weight=0.0, warm_up=0.0)
    start = training.new_model(spec, len(dataset.vocabulary)).embedding.weight
    trained, _ = run(spec, dataset)
    word, glue = (int(dataset.vocabulary.encode([text])[0]) for text in ("dreadful", "but"))
    assert word > PADDING
    assert torch.equal(start[word], trained.embedding.weight[word])
    assert not torch.equal(start[glue], trained.embedding.weight[glue])


def test_held_out_reviews_are_neighbours_of_both_labels(dataset):
    learn, held_out = training.split_training(TINY, dataset)
    assert sorted([*learn, *held_out]) == list(range(200))
    assert dataset.train.labels[held_out].sum() == 10
    runs = np.split(np.sort(held_out), np.flatnonzero(np.diff(np.sort(held_out)) > 1) + 1)
    assert [len(run) for run in runs] == [10, 10]
    assert np.array_equal(held_out, training.split_training(replace(TINY, seed=5), dataset)[1])


def test_batches_hold_every_review_once_and_are_alike_in_length(dataset):
    rng = np.random.default_rng(0)
    lengths = np.diff(dataset.train.offsets)
    batches = training._batches(TINY, dataset.train, np.arange(200), rng)
    assert sorted(np.concatenate(batches)) == list(range(200))
    spread = np.mean([np.ptp(lengths[batch]) for batch in batches])
    assert spread < 0.2 * np.ptp(lengths)


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


def test_report_recipe_runs_and_reads_the_padding(dataset):
    spec = make_spec("report", "gru", hidden_size=6, embedding_size=8, validation=20, epochs=1, max_tokens=30)
    model, records = run(spec, dataset)
    assert records[-1].step == 4  # 180 reviews in batches of 50
    text = dataset.test[0]
    filled = np.concatenate((np.full(30 - len(text), PADDING), text))
    found = training.scores(model, [text], spec)
    assert found == pytest.approx(training.scores(model, [filled], replace(spec, fill_up=False)), abs=1e-6)
    assert found != pytest.approx(training.scores(model, [text], replace(spec, fill_up=False)), abs=1e-6)


def test_scores_read_the_last_tokens(dataset):
    model = training.new_model(TINY, len(dataset.vocabulary))
    long = np.concatenate([dataset.test[row] for row in range(10)])
    few = replace(TINY, max_tokens=7)
    assert training.scores(model, [long], few) == pytest.approx(training.scores(model, [long[-7:]], TINY), abs=1e-6)
    assert training.scores(model, [np.array([UNKNOWN])] * 3, few).shape == (3,)


def test_learning_rate_rises_and_falls():
    assert [training._rate(done, 0.25) for done in (0, 0.125, 0.25, 0.625, 1)] == [0, 0.5, 1, 0.5, 0]
    assert training._rate(0.7, 0.0) == 1


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


def test_too_much_held_out_is_said(dataset):
    with pytest.raises(InputError, match="validation must be at most half of the 200 training reviews, got 101"):
        run(replace(TINY, validation=101), dataset)


def test_divergence_is_said(dataset, monkeypatch):
    model = training.new_model(TINY, len(dataset.vocabulary))
    with torch.no_grad():
        model.readout.weight.fill_(float("inf"))
    with pytest.raises(InputError, match="not finite"):
        list(training.train(TINY, dataset, model))


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


def test_spec_goes_into_json():
    spec = make_spec("report", "lstm")
    values = json.loads(json.dumps(spec.to_dict()))
    pipeline = text_pipeline.Spec.from_dict(values.pop("pipeline"))
    assert Spec(**values, pipeline=pipeline) == spec
