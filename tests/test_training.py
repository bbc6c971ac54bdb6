import json
import math
import random
from dataclasses import asdict, replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from rnn_core import corpora, phrases, text_pipeline, training
from rnn_core.errors import InputError
from rnn_core.imdb import Dataset, Reviews, packed
from rnn_core.mistakes import most_certain
from rnn_core.recipes import PHASES, Spec, make_spec
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


def test_too_much_held_out_is_said(dataset):
    with pytest.raises(InputError, match="validation must be at most half of the 200 training reviews, got 101"):
        run(replace(TINY, validation=101), dataset)


def test_divergence_is_said(dataset, monkeypatch):
    model = training.new_model(TINY, len(dataset.vocabulary))
    with torch.no_grad():
        model.readout.weight.fill_(float("inf"))
    with pytest.raises(InputError, match="not finite"):
        list(training.train(TINY, dataset, model))


# Beside a plain loop


def plain_losses(spec, dataset, carry):
    """What everybody writes: losses of every step, and the network afterwards; batches as ours are drawn."""
    model = training.new_model(spec, len(dataset.vocabulary))
    optimiser = torch.optim.Adam(model.parameters(), lr=spec.learning_rate)
    rng, learn = np.random.default_rng([spec.seed, 1]), np.arange(len(dataset.train))
    hidden, cell = torch.zeros(1, spec.batch_size, spec.hidden_size), torch.zeros(1, spec.batch_size, spec.hidden_size)
    losses = []
    for _ in range(spec.epochs):
        for batch in training._batches(spec, dataset.train, learn, rng):
            texts = [torch.tensor(dataset.train[row][-spec.max_tokens :].astype(np.int64)) for row in batch]
            ids = torch.full((len(batch), spec.max_tokens), PADDING)
            for row, text in zip(ids, texts, strict=True):
                row[spec.max_tokens - len(text) :] = text
            start = hidden[:, : len(batch)], cell[:, : len(batch)]
            start = start if spec.architecture == "lstm" else start[0]
            embedded = model.embedding(ids).transpose(0, 1)
            states, end = model.recurrent(embedded, start) if carry else model.recurrent(embedded)
            scores = model.readout(states[-1])[:, 0]
            labels = torch.tensor(dataset.train.labels[batch], dtype=torch.float32)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), spec.clip_norm)
            optimiser.step()
            losses.append(float(loss.detach()))
            end = end if spec.architecture == "lstm" else (end, cell[:, : len(batch)])
            hidden, cell = (
                torch.cat((new.detach(), old[:, len(batch) :]), dim=1)
                for new, old in zip(end, (hidden, cell), strict=True)
            )
    return losses, model


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("carry", [False, True])
def test_the_loop_computes_what_a_plain_loop_does(dataset, architecture, carry):
    """With batches of 30 the last of an epoch is smaller: it takes, and leaves, the first rows of the state."""
    spec = make_spec(
        *("report", architecture),
        **{"hidden_size": 6, "embedding_size": 8, "validation": 0, "epochs": 2, "max_tokens": 20, "batch_size": 30},
        **{"dropout": 0.0, "learning_rate": 0.02, "clip_norm": 0.3, "carry_state": carry},
    )
    model, records = run(spec, dataset)
    expected, plain = plain_losses(spec, dataset, carry)
    sizes = np.tile([30] * 6 + [20], 2)
    means = [record.loss * (record.reviews - 200 * (record.epoch - 1)) for record in records]
    found = np.diff(means, prepend=0.0)
    found[7] = means[7]  # a new epoch begins
    assert found / sizes == pytest.approx(expected, abs=1e-5)
    for (name, value), other in zip(model.named_parameters(), plain.parameters(), strict=True):
        assert torch.allclose(value, other, atol=1e-5), name


def test_a_carried_state_leaks(dataset):
    spec = replace(TINY, epochs=2, architecture="lstm", **FEW)
    (_, zeros), (_, carried) = run(spec, dataset), run(replace(spec, carry_state=True), dataset)
    assert zeros[0].loss == carried[0].loss
    assert zeros[1].loss != carried[1].loss
    for changes in ({"architecture": "gru", "layers": 2}, {"bidirectional": True}):
        _, records = run(replace(spec, epochs=1, carry_state=True, **changes), dataset)
        assert np.isfinite(records[-1].loss)


# The clock


@pytest.fixture
def ticking(monkeypatch):
    """A clock that goes on by 1 whenever it is read."""
    now = iter(range(10**9))
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: float(next(now))))
    return now


def test_the_clock_stops_while_others_work_and_while_it_measures(dataset, ticking):
    spec = replace(TINY, epochs=1, validations=3)
    records = []
    for record in training.train(spec, dataset, training.new_model(spec, len(dataset.vocabulary)), every=1):
        records.append(record)
        for _ in range(1_000):
            next(ticking)
    for record in records:
        spent = dict(zip(PHASES, record.phases, strict=True))
        assert record.seconds == sum(spent.values()) - spent["validate"]
        assert {spent[name] for name in PHASES[1:-1]} == {float(record.step)}
        assert record.seconds < 10 * record.step
        assert record.eta == pytest.approx(record.seconds / record.step * (18 - record.step))
    assert [dict(zip(PHASES, record.phases, strict=True))["validate"] for record in records[5::6]] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("validations", "steps"), [(1, [18]), (2, [9, 18]), (4, [5, 9, 14, 18]), (100, list(range(1, 19)))]
)
def test_the_held_out_are_measured_several_times_an_epoch(dataset, validations, steps):
    spec = replace(TINY, epochs=1, validations=validations, **FEW)
    model = training.new_model(spec, len(dataset.vocabulary))
    records = list(training.train(spec, dataset, model, every=10**6))
    assert [record.step for record in records] == steps
    assert all(record.validation_loss is not None for record in records)
    assert [record.reviews for record in records] == [10 * step for step in steps]
    best = min(record.validation_loss for record in records)
    _, held_out = training.split_training(spec, dataset)
    found = training.scores(model, [dataset.train[row] for row in held_out], spec)
    assert training.mean_loss(found, dataset.train.labels[held_out]) == pytest.approx(best, abs=1e-9)


# Measuring


def test_measuring_can_be_left_after_every_batch(dataset):
    model = training.new_model(TINY, len(dataset.vocabulary)).train()
    calls = []
    training.evaluate(TINY, model, dataset.train, lambda: calls.append(1))
    assert len(calls) == 2  # 128 reviews at a time

    def leave():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        training.evaluate(TINY, model, dataset.train, leave)
    assert model.training


def test_training_can_be_left_while_it_measures(dataset):
    """The second time it does; what the first one found best is kept."""
    model, calls = training.new_model(TINY, len(dataset.vocabulary)), []

    def leave_at_second():
        calls.append(model.training)
        if calls.count(False) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        list(training.train(TINY, dataset, model, tick=leave_at_second))
    after_first, _ = run(TINY, dataset, steps=18)
    assert same(model, after_first)
    assert not model.training


@pytest.mark.parametrize("call", range(1, 9))
def test_training_can_be_left_anywhere_in_a_step(dataset, call):
    before, calls = torch.get_rng_state(), []

    def leave():
        calls.append(1)
        if len(calls) == call:
            raise InterruptedError

    model = training.new_model(TINY, len(dataset.vocabulary))
    records = training.train(TINY, dataset, model, every=1, tick=leave)
    with pytest.raises(InterruptedError):
        list(records)
    assert len(calls) == call
    assert not model.training
    assert torch.equal(before, torch.get_rng_state())


def test_mistakes_are_the_most_certain_ones_of_both_kinds(dataset):
    texts = [f"Review {row}" for row in range(100)]
    reviews = replace(dataset.test, texts=packed(texts))
    labels = dataset.test.labels
    scores = np.random.default_rng(3).normal(size=100)
    wrong = [row for row in range(100) if (scores[row] > 0) != labels[row]]
    wrong.sort(key=lambda row: -abs(scores[row]))
    expected = [row for label in (0, 1) for row in [row for row in wrong if labels[row] == label][:5]]
    found = most_certain(reviews, scores, 10)
    assert {int(mistake.text.split()[1]) for mistake in found} == set(expected)
    for mistake in found:
        row = int(mistake.text.split()[1])
        assert mistake.positive == bool(labels[row])
        assert mistake.probability == pytest.approx(1 / (1 + math.exp(-scores[row])))
        assert mistake.positive != (mistake.probability > 0.5)
    certainties = [abs(mistake.probability - 0.5) for mistake in found]
    assert certainties == sorted(certainties, reverse=True)
    # Of one kind alone there may be more; where nothing is wrong there is none.
    assert len(most_certain(reviews, np.where(labels, scores, -1.0), 10)) == 10
    assert most_certain(reviews, labels - 0.5, 10) == ()


def test_a_long_mistake_shows_its_end(dataset):
    texts = ["x" * 7_000 + "end"] + ["short"] * 99
    scores = np.where(np.arange(100) == 0, 9.0, dataset.test.labels - 0.5)
    (mistake,) = most_certain(replace(dataset.test, texts=packed(texts)), scores)
    assert len(mistake.text) == 6_000
    assert mistake.text.startswith("…x")
    assert mistake.text.endswith("end")


def test_measured_in_one_go(dataset):
    model, _ = run(replace(TINY, epochs=1, **FEW), dataset)
    reviews = replace(dataset.test, texts=packed(f"Review {row}" for row in range(100)))
    found = training.measured(TINY, model, reviews)
    assert found.test == training.evaluate(TINY, model, reviews)
    assert len(found.mistakes) == min(20, round(100 * (1 - found.test.accuracy)))
    assert found.seconds > 0


# The two corpora, really


def test_who_remembers_the_deciding_word():
    """Fifty words from the end the LSTM still finds it, the RNN doesn't; at five it does."""
    found = {}
    for architecture, distance in (("lstm", 50), ("rnn", 50), ("rnn", 5)):
        spec = make_spec("classroom", architecture, corpus="grammar", distance=distance, epochs=2)
        dataset = corpora.load(spec)
        model = training.new_model(spec, len(dataset.vocabulary))
        for _ in training.train(spec, dataset, model, every=10**6):
            pass
        found[architecture, distance] = training.evaluate(spec, model, dataset.test).accuracy
    assert found["lstm", 50] > 0.9
    assert 0.4 < found["rnn", 50] < 0.6
    assert found["rnn", 5] > 0.95


def test_the_classroom_learns_from_real_reviews(shared_data, monkeypatch):
    archive = shared_data / "aclImdb_labelled.tar.gz"
    if not archive.is_file():
        pytest.skip(f"needs {archive}")
    spec = make_spec("classroom", "lstm", epochs=1)
    dataset = corpora.load(spec, source=archive)
    model = training.new_model(spec, len(dataset.vocabulary))
    records = list(training.train(spec, dataset, model, every=10**6))
    rows = np.arange(0, 25_000, 10)
    assert training.evaluate(spec, model, dataset.test.taken(rows)).accuracy > 0.75
    assert len([record for record in records if record.validation_accuracy is not None]) == spec.validations
