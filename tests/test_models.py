import numpy as np
import pytest
import torch

from rnn_core import models, prediction, text_pipeline
from rnn_core.checkpoints import Checkpoint, expected_shapes
from rnn_core.errors import InputError
from rnn_core.models import SentimentClassifier, from_checkpoint, pad, quick_dropout, start_weights
from rnn_core.vocabulary import PADDING, Vocabulary

VOCABULARY = Vocabulary(tuple(f"word{k}" for k in range(28)))  # 30 indices
SHAPES = [("rnn", 1, False), ("lstm", 1, False), ("gru", 1, False), ("gru", 2, False), ("lstm", 2, True)]


def texts(lengths=(7, 1, 12, 3)):
    rng = np.random.default_rng(0)
    return [rng.integers(2, 30, length) for length in lengths]


def classifier(architecture, layers=1, bidirectional=False):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = SentimentClassifier(architecture, 30, 6, 5, layers, bidirectional)
    return model.eval()


@pytest.mark.parametrize(("architecture", "layers", "bidirectional"), SHAPES)
def test_names_and_shapes_are_those_of_checkpoints(architecture, layers, bidirectional):
    weights = classifier(architecture, layers, bidirectional).numpy_weights()
    wanted = expected_shapes(architecture, 30, 6, 5, layers, 2 if bidirectional else 1)
    assert {name: value.shape for name, value in weights.items()} == wanted
    assert {value.dtype for value in weights.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("architecture", "layers", "bidirectional"), SHAPES)
def test_padding_has_no_influence(architecture, layers, bidirectional):
    model = classifier(architecture, layers, bidirectional)
    ids, lengths = pad(texts())
    other = torch.where(ids == PADDING, 17, ids)
    assert (ids != other).any()
    with torch.no_grad():
        assert torch.equal(model(ids, lengths), model(other, lengths))
        alone = torch.cat([model(*pad([text])) for text in texts()])
        torch.testing.assert_close(model(ids, lengths), alone, atol=1e-6, rtol=0)
        wider = torch.nn.functional.pad(ids, (0, 9), value=PADDING)
        torch.testing.assert_close(model(ids, lengths), model(wider, lengths), atol=1e-6, rtol=0)


@pytest.mark.parametrize(("architecture", "layers", "bidirectional"), SHAPES)
def test_numpy_reads_the_same(architecture, layers, bidirectional):
    """The second implementation as the oracle: what is trained in torch is what the app runs."""
    model = classifier(architecture, layers, bidirectional)
    checkpoint = Checkpoint(architecture, model.numpy_weights(), VOCABULARY, text_pipeline.MODEL_SPEC, 400, {})
    with torch.no_grad():
        found = model(*pad(texts())).numpy()
        again = from_checkpoint(checkpoint)(*pad(texts())).numpy()
    np.testing.assert_allclose(prediction.scores(checkpoint, texts()), found, atol=1e-5)
    np.testing.assert_array_equal(again, found)


def test_last_state_is_read_by_hand():
    """One text, step by step, by the equation of the plain network."""
    model = classifier("rnn")
    weights, text = model.numpy_weights(), texts()[0]
    hidden = np.zeros(5)
    for token in text:
        hidden = np.tanh(
            weights["recurrent.weight_ih_l0"] @ weights["embedding.weight"][token]
            + weights["recurrent.bias_ih_l0"]
            + weights["recurrent.weight_hh_l0"] @ hidden
            + weights["recurrent.bias_hh_l0"]
        )
    score = weights["readout.weight"][0] @ hidden + weights["readout.bias"][0]
    with torch.no_grad():
        assert model(*pad([text])).item() == pytest.approx(score, abs=1e-6)


def test_dropout_only_while_training():
    model = classifier("gru")
    ids, lengths = pad(texts())
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        assert torch.equal(model(ids, lengths), model(ids, lengths))
        model.train()
        assert not torch.equal(model(ids, lengths), model(ids, lengths))


def test_fixed_words_get_no_gradient_and_change_nothing():
    model = classifier("gru")
    text = np.array([3, 4, 5, 4])
    fixed = torch.zeros(30, dtype=torch.bool)
    fixed[4] = True
    score = model(*pad([text]), fixed=fixed)
    assert torch.equal(score, model(*pad([text])))
    score.backward()
    size = model.embedding.weight.grad.norm(dim=1)
    assert size[4] == 0
    assert size[3] > 0
    assert size[5] > 0


def test_fixed_words_grow_and_shrink_while_training():
    model = classifier("gru")
    model.dropout = 0.0
    fixed = torch.zeros(30, dtype=torch.bool)
    fixed[4] = True
    marked, other = pad([np.array([4])] * 500), pad([np.array([5])] * 500)
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        assert model(*marked, fixed=fixed).unique().numel() == 1
        model.train()
        assert model(*other, fixed=fixed).unique().numel() == 1
        assert model(*marked, fixed=fixed).unique().numel() > 400


def test_pad_left_as_the_report():
    ids, lengths = pad([np.array([5, 6]), np.arange(2, 9)], length=4)
    assert ids.tolist() == [[PADDING, PADDING, 5, 6], [5, 6, 7, 8]]
    assert lengths.tolist() == [4, 4]


def test_pad_right_and_an_empty_text():
    ids, lengths = pad([np.array([5, 6]), np.array([], dtype=int)])
    assert ids.tolist() == [[5, 6], [PADDING, PADDING]]
    assert lengths.tolist() == [2, 1]


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("memory", ["orthogonal", "identity"])
def test_start_weights(architecture, memory):
    model = classifier(architecture)
    before = torch.get_rng_state()
    start_weights(model, torch.Generator().manual_seed(3), memory, 2.0, 0.5)
    assert torch.equal(before, torch.get_rng_state())
    for block in model.recurrent.weight_hh_l0.split(5):
        torch.testing.assert_close(block @ block.T, torch.eye(5), atol=1e-5, rtol=0)
        assert torch.equal(block, torch.eye(5)) == (memory == "identity")
    bias = model.recurrent.bias_ih_l0 + model.recurrent.bias_hh_l0
    assert bias.sum() == (10 if architecture == "gru" else 0)
    if architecture != "rnn":
        assert bias[5:10].tolist() == [2.0] * 5  # i, f, g, o and r, z, n: the gate that keeps is second
    if architecture == "lstm":
        assert bias[:5].tolist() == [-2.0] * 5  # the input gate: what is added is small where much is kept
    first = model.recurrent.weight_ih_l0.clone()
    start_weights(model, torch.Generator().manual_seed(3), memory, 2.0, 1.0)
    torch.testing.assert_close(model.recurrent.weight_ih_l0, 2 * first)


def test_unknown_architecture():
    with pytest.raises(InputError, match="rnn, lstm or gru, got 'cnn'"):
        SentimentClassifier("cnn", 30)


def test_every_architecture_of_checkpoints_is_there():
    from rnn_core.checkpoints import GATES

    assert set(models.CELLS) == set(GATES)


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.95])
def test_dropout_by_bytes_is_dropout(rate):
    """The share that is kept is the nearest 256th, the mean stays, and the gradient goes the way of the values."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        values = torch.ones(1001, 999, requires_grad=True)
        dropped = quick_dropout(values, rate)
        torch.manual_seed(0)
        assert torch.equal(dropped, quick_dropout(values, rate))
    kept = round(256 * (1 - rate)) / 256
    assert kept == pytest.approx(1 - rate, abs=1 / 512)
    alive = dropped != 0
    assert dropped[alive].detach().unique().tolist() == pytest.approx([1 / kept])
    spread = (kept * (1 - kept) / values.numel()) ** 0.5
    assert float(alive.float().mean()) == pytest.approx(kept, abs=5 * spread)
    # No pattern of the bytes shows: rows and columns keep as much as chance would have it.
    for axis, count in ((0, 1001), (1, 999)):
        assert alive.float().mean(axis).std() == pytest.approx((kept * (1 - kept) / count) ** 0.5, rel=0.15)
    dropped.sum().backward()
    assert torch.equal(values.grad, dropped.detach())


def test_dropout_of_nothing():
    values = torch.ones(3)
    assert quick_dropout(values, 0.0) is values
    assert quick_dropout(torch.ones(0, 3), 0.5).shape == (0, 3)
