"""Models on disk: what is written comes back, and what is broken is refused with a sentence."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from rnn_core import checkpoints, text_pipeline
from rnn_core.checkpoints import Checkpoint, expected_shapes, load_checkpoint, load_model, save_checkpoint
from rnn_core.config import MODELS_DIR
from rnn_core.errors import DataMissingError, InputError
from rnn_core.vocabulary import Vocabulary

WORDS = ("film", "good", "not", "bad", "café", "映画", "!")
TORCH = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def make(architecture: str = "gru", *, seed: int = 0, layers: int = 1, directions: int = 1, **changes) -> Checkpoint:
    random = np.random.default_rng(seed)
    shapes = expected_shapes(architecture, len(WORDS) + 2, 5, 4, layers, directions)
    fields: dict = {
        "architecture": architecture,
        "weights": {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()},
        "vocabulary": Vocabulary(WORDS),
        "pipeline": text_pipeline.MODEL_SPEC,
        "max_tokens": 30,
        "record": {"seed": seed, "accuracy": 0.5, "history": [{"epoch": 1, "loss": 0.7}]},
    }
    return Checkpoint(**(fields | changes))


@settings(max_examples=20, deadline=None)
@given(
    architecture=st.sampled_from(("rnn", "lstm", "gru")),
    vocabulary=st.integers(2, 9),
    embedding=st.integers(1, 6),
    hidden=st.integers(1, 6),
    layers=st.integers(1, 3),
    directions=st.integers(1, 2),
)
def test_expected_shapes_are_those_of_torch(architecture, vocabulary, embedding, hidden, layers, directions):
    recurrent = TORCH[architecture](embedding, hidden, layers, bidirectional=directions == 2)
    ours = expected_shapes(architecture, vocabulary, embedding, hidden, layers, directions)
    theirs = {f"recurrent.{name}": tuple(value.shape) for name, value in recurrent.state_dict().items()}
    theirs["embedding.weight"] = (vocabulary, embedding)
    theirs["readout.weight"] = tuple(torch.nn.Linear(directions * hidden, 1).weight.shape)
    theirs["readout.bias"] = (1,)
    assert ours == theirs


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 2)])
def test_what_is_saved_comes_back_in_half_precision(tmp_path, architecture, layers, directions):
    before = make(architecture, layers=layers, directions=directions)
    path = save_checkpoint(before, tmp_path / "deep" / "mine")
    assert path == tmp_path / "deep" / "mine.safetensors"
    after = load_checkpoint(path)
    assert (after.architecture, after.max_tokens, after.record) == (architecture, 30, before.record)
    assert after.vocabulary == before.vocabulary
    assert load_checkpoint(save_checkpoint(before, tmp_path / "twin")).vocabulary is after.vocabulary
    assert after.pipeline == before.pipeline
    assert (after.layers, after.directions, after.embedding_size, after.hidden_size) == (layers, directions, 5, 4)
    assert after.weights.keys() == before.weights.keys()
    for name, value in after.weights.items():
        assert value.dtype == np.float32
        np.testing.assert_array_equal(value, before.weights[name].astype(np.float16).astype(np.float32))


def test_only_the_two_files_are_left_and_the_model_needs_just_one(tmp_path):
    path = save_checkpoint(make(), tmp_path / "mine.safetensors")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mine.json", "mine.safetensors"]
    assert json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))["accuracy"] == 0.5
    (tmp_path / "mine.json").unlink()
    assert load_checkpoint(path).record == make().record


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch):
    path = save_checkpoint(make(seed=1), tmp_path / "mine")
    old = path.read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left on device"):
        save_checkpoint(make(seed=2), path)
    monkeypatch.undo()
    assert path.read_bytes() == old
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mine.json", "mine.safetensors"]


def test_weights_are_copied_and_cannot_be_written_to():
    source = {name: value.copy() for name, value in make().weights.items()}
    model = make(weights=source)
    source["readout.bias"][0] = 99
    assert model.weights["readout.bias"][0] != 99
    with pytest.raises(ValueError, match="read-only"):
        model.weights["readout.bias"][0] = 1


def without(name):
    return {key: value for key, value in make().weights.items() if key != name}


def replaced(name, value):
    return {**make().weights, name: value}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architecture": "transformer"}, "must be rnn, lstm or gru"),
        ({"architecture": "lstm"}, "must have shape"),
        ({"max_tokens": 0}, "between 1 and"),
        ({"vocabulary": Vocabulary(("film",))}, r"“embedding.weight” must have shape \(3, 5\)"),
        ({"weights": without("embedding.weight")}, "“embedding.weight” are missing"),
        ({"weights": without("readout.bias")}, "missing or unknown readout.bias"),
        ({"weights": replaced("extra", np.zeros(1, np.float32))}, "missing or unknown extra"),
        ({"weights": replaced("recurrent.weight_hh_l0", np.zeros(4, np.float32))}, "must be a matrix"),
        ({"weights": replaced("recurrent.weight_hh_l0", np.zeros((0, 0), np.float32))}, "size must be between"),
        ({"weights": replaced("readout.bias", np.zeros(1, np.int32))}, "must be floating-point"),
        ({"weights": replaced("readout.bias", np.array([np.nan], np.float32))}, "not finite"),
        ({"weights": replaced("readout.bias", np.array([1e300]))}, "not finite"),
    ],
)
def test_what_does_not_fit_is_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        dataclasses.replace(make("gru"), **changes)


def test_limits(monkeypatch):
    monkeypatch.setattr(checkpoints, "MAX_PARAMETERS", 100)
    with pytest.raises(InputError, match="at most 100 parameters"):
        make()
    monkeypatch.undo()
    with pytest.raises(InputError, match="at most 8 layers"):
        make(layers=9)


def test_too_large_for_half_precision(tmp_path):
    model = make(weights=replaced("readout.bias", np.array([70_000], np.float32)))
    with pytest.raises(InputError, match="half precision"):
        save_checkpoint(model, tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("format", "0", "not a model of this project"),
        ("vocabulary", "[1, 2]", "must be text"),
        ("vocabulary", '{"a": 1}', "must be a list"),
        ("vocabulary", '["a", "a"]', "twice"),
        ("vocabulary", '["a"', "can't be read"),
        ("max_tokens", "many", "can't be read"),
        ("pipeline", "[]", "has exactly the fields"),
        ("pipeline", None, "can't be read"),
        ("architecture", "gpt", "must be rnn, lstm or gru"),
    ],
)
def test_metadata_are_checked(tmp_path, key, value, sentence):
    path = save_checkpoint(make(), tmp_path / "mine")
    with safe_open(path, framework="numpy") as file:
        metadata = dict(file.metadata())
    metadata[key] = value
    save_file(load_file(path), path, {name: text for name, text in metadata.items() if text is not None})
    with pytest.raises(InputError, match=sentence):
        load_checkpoint(path)


def test_broken_files(tmp_path):
    path = save_checkpoint(make(), tmp_path / "mine")
    whole = path.read_bytes()
    for broken in (b"", whole[:40], whole[:-1], b"PK" + whole[2:], b"\xff" * 100):
        path.write_bytes(broken)
        with pytest.raises(InputError, match=r"mine\.safetensors is not a readable"):
            load_checkpoint(path)
    path.write_bytes(whole)
    path.with_suffix(".json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="can't be read"):
        load_checkpoint(path)
    path.with_suffix(".json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not a set of names and values"):
        load_checkpoint(path)
    with pytest.raises(InputError, match="no model file"):
        load_checkpoint(tmp_path / "other.safetensors")


def test_a_file_too_large_is_not_opened(tmp_path, monkeypatch):
    path = save_checkpoint(make(), tmp_path / "mine")
    monkeypatch.setattr(checkpoints, "MAX_FILE_BYTES", 10)
    with pytest.raises(InputError, match="larger than"):
        load_checkpoint(path)


def test_load_model_by_name(tmp_path):
    with pytest.raises(DataMissingError, match=r"no model “mine” in .*there: none.*rnn_core train"):
        load_model("mine", tmp_path)
    path = save_checkpoint(make(seed=1), tmp_path / "mine")
    model = load_model("mine", tmp_path)
    assert load_model("mine", tmp_path) is model
    assert model.name == "gru"
    assert checkpoints.model_names(tmp_path) == ("mine",)
    save_checkpoint(dataclasses.replace(make(seed=2), record={"name": "second"}), path)
    assert load_model("mine", tmp_path).name == "second"
    for odd in ("../mine", "", "a/b", "mine.safetensors"):
        with pytest.raises(InputError, match="letters, digits"):
            load_model(odd, tmp_path)


@pytest.mark.skipif(not checkpoints.model_names(), reason="no trained models in assets/models")
def test_the_shipped_models():
    assert set(checkpoints.model_names()) >= {"rnn", "lstm", "gru"}
    models = [load_model(name) for name in ("rnn", "lstm", "gru")]
    assert [model.architecture for model in models] == ["rnn", "lstm", "gru"]
    assert models[0].vocabulary == models[1].vocabulary == models[2].vocabulary
    assert all(model.layers == model.directions == 1 for model in models)
    for path in MODELS_DIR.glob("*.safetensors"):
        assert path.stat().st_size <= 5_000_000


def test_models_are_read_without_torch():
    code = "import sys, rnn_core.checkpoints; sys.exit('torch' in sys.modules or 'nltk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
