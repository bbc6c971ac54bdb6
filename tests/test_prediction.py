"""Many texts in numpy against torch, one text at a time: padding, order and batches must not matter."""

import itertools
import os
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core
from rnn_core import prediction, text_pipeline
from rnn_core.checkpoints import Checkpoint, expected_shapes
from rnn_core.gates import trace_gates
from rnn_core.prediction import predict, scores
from rnn_core.vocabulary import Vocabulary

WORDS = ("film", "good", "not", "bad", "café", "a", "waste", "of", "time", "!")
TORCH = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def make(architecture="gru", *, seed=0, embedding=6, hidden=5, layers=1, directions=1, max_tokens=30, words=WORDS):
    random = np.random.default_rng(seed)
    shapes = expected_shapes(architecture, len(words) + 2, embedding, hidden, layers, directions)
    return Checkpoint(
        architecture=architecture,
        weights={name: random.normal(scale=0.5, size=shape).astype(np.float32) for name, shape in shapes.items()},
        vocabulary=Vocabulary(words),
        pipeline=text_pipeline.MODEL_SPEC,
        max_tokens=max_tokens,
        record={},
    )


def torch_scores(model: Checkpoint, texts) -> list[float]:
    """Each text on its own, so nothing is padded."""
    weights = {name: torch.tensor(value) for name, value in model.weights.items()}
    recurrent = TORCH[model.architecture](
        model.embedding_size, model.hidden_size, model.layers, bidirectional=model.directions == 2
    )
    start = "recurrent."
    recurrent.load_state_dict({name[len(start) :]: w for name, w in weights.items() if name.startswith(start)})
    found = []
    with torch.no_grad():
        for text in texts:
            state = torch.zeros(model.directions * model.hidden_size)
            if len(text):
                _, last = recurrent(weights["embedding.weight"][torch.tensor(text, dtype=torch.long)])
                last = last[0] if model.architecture == "lstm" else last
                state = torch.cat(tuple(last[-model.directions :]))
            found.append(float(weights["readout.weight"][0] @ state + weights["readout.bias"][0]))
    return found


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@settings(max_examples=25, deadline=None)
@given(
    layers=st.integers(1, 3),
    directions=st.integers(1, 2),
    lengths=st.lists(st.integers(0, 40), min_size=1, max_size=20),
    seed=st.integers(0, 10**6),
)
def test_scores_are_those_of_torch(architecture, layers, directions, lengths, seed):
    model = make(architecture, seed=seed, layers=layers, directions=directions)
    random = np.random.default_rng(seed)
    texts = [random.integers(0, len(WORDS) + 2, size=length).astype(np.int32) for length in lengths]
    np.testing.assert_allclose(scores(model, texts), torch_scores(model, texts), rtol=0, atol=1e-5)


def test_small_batches_change_nothing(monkeypatch):
    model = make("lstm", layers=2, directions=2)
    random = np.random.default_rng(1)
    texts = [random.integers(0, 12, size=length) for length in random.integers(0, 60, size=100)]
    at_once = scores(model, texts)
    monkeypatch.setattr(prediction, "_BATCH_TOKENS", 64)
    np.testing.assert_allclose(scores(model, texts), at_once, rtol=0, atol=1e-6)


def test_every_text_is_in_one_batch_and_batches_are_bounded():
    lengths = np.random.default_rng(2).integers(0, 400, size=3000).tolist()
    batches = list(prediction._batches(lengths))
    assert sorted(itertools.chain(*batches)) == list(range(3000))
    assert max(len(batch) * lengths[batch[0]] for batch in batches) <= 8192
    assert list(prediction._batches([100_000])) == [[0]]


def test_predictions_say_what_was_read():
    model = make(max_tokens=4)
    one, cut, nothing = predict(model, ["Not a BAD film!", "zebra zebra film good zebra ox time", "🎬 <br/>"])
    assert (one.text, one.tokens, one.unknown_words) == ("Not a BAD film!", ("a", "bad", "film", "!"), ())
    assert (cut.tokens, cut.unknown_words) == (("good", "zebra", "ox", "time"), ("zebra", "ox"))
    assert (nothing.tokens, nothing.unknown_words) == ((), ())
    bias = float(model.weights["readout.bias"][0])
    assert nothing.probability == pytest.approx(1 / (1 + np.exp(-bias)))


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
def test_predictions_are_the_ends_of_traces(architecture):
    model = make(architecture)
    texts = ["", "good", "not good !", "<b>café</b> film 🎬", "film " * 100, "unknown words here"]
    for text, found in zip(texts, predict(model, texts), strict=True):
        trace = trace_gates(model, text)
        assert found.tokens == trace.tokens
        assert found.probability == pytest.approx(trace.probability[-1], abs=1e-5)


def test_texts_are_taken_in_chunks_and_answered_in_order(monkeypatch):
    monkeypatch.setattr(prediction, "CHUNK", 3)
    taken = []

    def source():
        for number in range(8):
            taken.append(number)
            yield f"film {'good ' * (number % 5)}{number}"

    found = predict(make(), source())
    assert next(found).text == "film 0"
    assert taken == [0, 1, 2]
    assert [one.text.split()[-1] for one in found] == [str(number) for number in range(1, 8)]
    assert list(predict(make(), [])) == []


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
def test_thousands_of_short_texts_a_second(architecture):
    words = tuple(f"w{number}" for number in range(2_000))
    model = make(architecture, embedding=100, hidden=50, words=words)
    random = np.random.default_rng(3)
    texts = [" ".join(random.choice(words, size=random.integers(3, 20))) for _ in range(1_000)]
    start = time.process_time()  # what else runs on this machine doesn't count
    assert sum(1 for _ in predict(model, texts)) == 1_000
    assert time.process_time() - start < 0.5


def test_the_public_names():
    assert set(rnn_core.__all__) <= set(dir(rnn_core))
    assert rnn_core.trace_gates is trace_gates
    assert rnn_core.predict is predict
    assert rnn_core.InputError.__name__ == "InputError"
    with pytest.raises(AttributeError, match="no attribute 'utils'"):
        rnn_core.utils  # noqa: B018 - looking it up is the test


def test_importing_the_package_loads_nothing_and_predicting_no_torch():
    code = (
        "import sys, rnn_core; assert 'numpy' not in sys.modules; "
        "rnn_core.predict, rnn_core.trace_gates, rnn_core.load_model; "
        "assert not {'torch', 'nltk', 'scipy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_small_matrices_get_one_thread():
    code = (
        "import rnn_core; rnn_core.trace_gates; import threadpoolctl; "
        "assert all(pool['num_threads'] == 1 for pool in threadpoolctl.threadpool_info())"
    )
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
