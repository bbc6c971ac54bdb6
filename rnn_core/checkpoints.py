"""A trained sentiment classifier as one file: its weights, its vocabulary and how it reads a text.

`<name>.safetensors` is enough to run a model: weights in half precision under PyTorch's names, and
in its metadata the architecture, the vocabulary, the steps of the text pipeline and the record of how the
model was made (command, seed, sizes, accuracy, history). Beside it lies the record once more, to be read
by people: `<name>.json`.

Source of the format: https://huggingface.co/docs/safetensors (no pickle, so reading a stranger's
file runs nothing). Names, shapes and the order of the gates are those of `torch.nn.RNN`, `LSTM`
and `GRU`. Left out: the state of an optimiser, so training can't go on from a checkpoint.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from rnn_core import text_pipeline
from rnn_core.config import MODELS_DIR
from rnn_core.errors import DataMissingError, InputError
from rnn_core.vocabulary import Vocabulary

FORMAT_VERSION = "1"
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
"""Architectures, and how many blocks of m rows their weight matrices stack."""

SHIPPED = ("lstm", "gru", "rnn")
"""Names of the three networks that come with Unfold, in the order in which they are shown."""

MAX_FILE_BYTES = 64_000_000
MAX_HEADER_BYTES = 16_000_000
MAX_PARAMETERS = 30_000_000
MAX_UNITS = 2_048
MAX_LAYERS = 8
MAX_READ_TOKENS = 10_000
MAX_WORDS = 200_000
MAX_PARTS = 50_000
"""Lists and sets of names in what a file says: one for each record of a history, and few more. What is read of a
stranger's file takes a hundred times the memory of its text where it is made of nothing else."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model that can be run. Checked when made; its arrays can't be written to.

    Raises `InputError` when weights, vocabulary and architecture don't fit together.
    """

    architecture: str  # "rnn", "lstm" or "gru"
    weights: Mapping[str, np.ndarray]  # float32, by PyTorch's names; see `expected_shapes`
    vocabulary: Vocabulary  # V indices, two of them for unknown words and padding
    pipeline: text_pipeline.Spec  # how a text becomes tokens
    max_tokens: int  # the last max_tokens tokens of a text are read
    record: Mapping[str, Any]  # how it was made; plain JSON

    def __post_init__(self) -> None:
        _check(self.architecture, self.weights, self.vocabulary, self.max_tokens)
        with np.errstate(over="ignore"):  # what overflows is not finite and refused below
            frozen = {name: np.array(value, dtype=np.float32, order="C") for name, value in self.weights.items()}
        for name, value in frozen.items():
            if not np.isfinite(value).all():
                raise InputError(f"the weights “{name}” hold values that are not finite numbers")
            value.setflags(write=False)
        object.__setattr__(self, "weights", frozen)

    @property
    def name(self) -> str:
        """What the model calls itself: `record["name"]`, else its architecture."""
        return str(self.record.get("name", self.architecture))

    @property
    def embedding_size(self) -> int:
        """D, numbers a word is looked up as."""
        return int(self.weights["embedding.weight"].shape[1])

    @property
    def hidden_size(self) -> int:
        """m, units of one layer in one direction."""
        return int(self.weights["recurrent.weight_hh_l0"].shape[1])

    @property
    def layers(self) -> int:
        """Recurrent layers on top of each other."""
        return _layers(self.weights)

    @property
    def directions(self) -> int:
        """1, or 2 when a second network reads from the end."""
        return _directions(self.weights)


def expected_shapes(
    architecture: str, vocabulary_size: int, embedding_size: int, hidden_size: int, layers: int = 1, directions: int = 1
) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of a classifier, as `torch.nn.RNN`, `LSTM` and `GRU` have them.

    G blocks of m rows are stacked in the order of PyTorch: i, f, g, o for the LSTM, r, z, n for the GRU.
    """
    rows = GATES[architecture] * hidden_size
    shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (vocabulary_size, embedding_size)}
    for layer in range(layers):
        inputs = embedding_size if layer == 0 else directions * hidden_size
        for direction in ("", "_reverse")[:directions]:
            end = f"_l{layer}{direction}"
            shapes[f"recurrent.weight_ih{end}"] = (rows, inputs)
            shapes[f"recurrent.weight_hh{end}"] = (rows, hidden_size)
            shapes[f"recurrent.bias_ih{end}"] = (rows,)
            shapes[f"recurrent.bias_hh{end}"] = (rows,)
    shapes["readout.weight"] = (1, directions * hidden_size)
    shapes["readout.bias"] = (1,)
    return shapes


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """Return the file of a model: weights in float16, and in the metadata all the rest, the record too.

    Raises `InputError` when a weight is too large for half precision.
    """
    halves = {}
    for name, value in checkpoint.weights.items():
        if np.abs(value).max(initial=0.0) > np.finfo(np.float16).max:
            raise InputError(f"the weights “{name}” are too large to be saved in half precision")
        halves[name] = value.astype(np.float16)
    metadata = {
        "format": FORMAT_VERSION,
        "architecture": checkpoint.architecture,
        "max_tokens": str(checkpoint.max_tokens),
        "pipeline": json.dumps(checkpoint.pipeline.to_dict()),
        "vocabulary": json.dumps(list(checkpoint.vocabulary.words), ensure_ascii=False),
        "record": json.dumps(dict(checkpoint.record), ensure_ascii=False),
    }
    return save(halves, metadata)


def from_bytes(content: bytes, name: str = "this file", record: Mapping[str, Any] | None = None) -> Checkpoint:
    """Read what `to_bytes` wrote, or what somebody says it did.

    Everything is checked: size, format, architecture, names, shapes and finiteness of the weights,
    length of the vocabulary. Raises `InputError` with what is wrong.

    Args:
        content: the whole file. Nothing in it is run, and nothing is made that is larger than what it holds.
        name: what a sentence calls it.
        record: takes the place of the one in the file.

    """
    if len(content) > MAX_FILE_BYTES:
        raise InputError(f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB, the most a model may have")
    if int.from_bytes(content[:8], "little") > min(MAX_HEADER_BYTES, len(content)):
        raise InputError(f"{name} is not a readable safetensors file (its header is longer than it may be)")
    if content.count(b"{", 8, 8 + int.from_bytes(content[:8], "little")) > MAX_PARTS:
        raise InputError(f"{name} is not a readable safetensors file (its header has too many parts)")
    try:
        weights = load(content)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        # KeyError: number formats that numpy doesn't know.
        raise InputError(f"{name} is not a readable safetensors file ({error})") from error
    metadata = header.get("__metadata__") or {}
    if metadata.get("format") != FORMAT_VERSION:
        raise InputError(f"{name} is not a model of this project (format {metadata.get('format')!r})")
    try:
        vocabulary = _vocabulary(metadata["vocabulary"])
        pipeline = read_json(metadata["pipeline"])
        max_tokens = int(metadata["max_tokens"])
        architecture = metadata["architecture"]
        record = read_json(metadata.get("record", "{}")) if record is None else record
    except InputError:
        raise
    except (KeyError, ValueError, RecursionError) as error:
        raise InputError(f"what {name} says about itself can't be read ({error})") from error
    if not isinstance(record, dict):
        raise InputError(f"the record of {name} is not a set of names and values")
    return Checkpoint(
        architecture=architecture,
        weights=weights,
        vocabulary=vocabulary,
        pipeline=text_pipeline.Spec.from_dict(pipeline),
        max_tokens=max_tokens,
        record=record,
    )


def save_checkpoint(checkpoint: Checkpoint, path: Path | str) -> Path:
    """Write `<name>.safetensors` and the record as `<name>.json` beside it; return the first's path.

    Each file appears whole or not at all. Raises `InputError` when a weight is too large for half
    precision or the folder can't be written to.
    """
    path = Path(path).with_suffix(".safetensors")
    record = json.dumps(dict(checkpoint.record), indent=1, ensure_ascii=False) + "\n"
    write_whole(path, to_bytes(checkpoint))
    write_whole(path.with_suffix(".json"), record.encode())
    return path


def load_checkpoint(path: Path | str) -> Checkpoint:
    """Read what `save_checkpoint` wrote, as `from_bytes` does; a JSON file beside it holds the record."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no model file at {path}")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InputError(f"{path.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB, the most a model may have")
    record_path = path.with_suffix(".json")
    try:
        content = path.read_bytes()
        record = json.loads(record_path.read_text(encoding="utf-8")) if record_path.is_file() else None
    except (ValueError, RecursionError, OSError) as error:
        raise InputError(f"what {path.name} says about itself can't be read ({error})") from error
    return from_bytes(content, path.name, record)


def model_names(folder: Path = MODELS_DIR) -> tuple[str, ...]:
    """Names that `load_model` knows, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.safetensors")))


def load_model(name: str, folder: Path = MODELS_DIR) -> Checkpoint:
    """Return a model from `assets/models` by name, such as "gru"; read once a process while its file stays the same.

    Raises `InputError` for a name that can't be a file's, `DataMissingError` when there is no such model.
    """
    if not re.fullmatch(r"[\w-]{1,100}", name):
        raise InputError(f"a model's name is made of letters, digits, - and _; {name!r} is not")
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        known = ", ".join(model_names(folder)) or "none"
        raise DataMissingError(
            f"there is no model “{name}” in {folder} (there: {known}); "
            "`python -m rnn_core train --help` tells how to train one"
        )
    state = path.stat()
    return _load_unchanged(path, state.st_mtime_ns, state.st_ino)


def shipped_models() -> dict[str, Checkpoint]:
    """Return the three networks that come with Unfold, by name. Raises `DataMissingError` as `load_model` does."""
    return {name: load_model(name) for name in SHIPPED}


@lru_cache(maxsize=8)
def _load_unchanged(path: Path, modified: int, number: int) -> Checkpoint:
    """When it was modified and its number on the disk make a file that was trained anew a new entry of the cache."""
    return load_checkpoint(path)


@lru_cache(maxsize=4)
def _vocabulary(text: str) -> Vocabulary:
    """Models that were trained together hold the same 20,000 words in memory once."""
    words = read_json(text)
    if not isinstance(words, list):
        raise InputError("the vocabulary of a model must be a list of words")
    if len(words) > MAX_WORDS:
        raise InputError(f"the vocabulary of a model has at most {MAX_WORDS:,} words, got {len(words):,}")
    vocabulary = Vocabulary(tuple(words))
    "".join(words).encode()  # half a surrogate pair is no character
    return vocabulary


def read_json(text: str) -> Any:
    """Return what a stranger's JSON holds. Raises ValueError or RecursionError where it is none, or too much of it."""
    if text.count("[") + text.count("{") > MAX_PARTS:
        raise ValueError("it has too many parts")
    return json.loads(text, parse_constant=_no_number)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the target and rename: who reads meanwhile sees the old file or the new one.

    Makes the folder. Raises `InputError` where it can't be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(draft).chmod(0o644)  # mkstemp gives the file to its owner alone
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror or error}") from error


def _layers(weights: Mapping[str, np.ndarray]) -> int:
    return sum(bool(re.fullmatch(r"recurrent\.weight_hh_l\d+", name)) for name in weights)


def _directions(weights: Mapping[str, np.ndarray]) -> int:
    return 2 if "recurrent.weight_hh_l0_reverse" in weights else 1


def _check(architecture: str, weights: Mapping[str, np.ndarray], vocabulary: Vocabulary, max_tokens: int) -> None:
    """Raise `InputError` for the first thing that is wrong; shapes before values, sizes before shapes."""
    if architecture not in GATES:
        raise InputError(f"the architecture must be rnn, lstm or gru, got {architecture!r}")
    if not 1 <= max_tokens <= MAX_READ_TOKENS:
        raise InputError(f"a model reads between 1 and {MAX_READ_TOKENS} tokens, got {max_tokens}")
    for name in ("embedding.weight", "recurrent.weight_hh_l0"):
        if name not in weights:
            raise InputError(f"the weights “{name}” are missing")
        if weights[name].ndim != 2:
            raise InputError(f"the weights “{name}” must be a matrix, got shape {weights[name].shape}")
    embedding_size = weights["embedding.weight"].shape[1]
    hidden_size = weights["recurrent.weight_hh_l0"].shape[1]
    if not (1 <= embedding_size <= MAX_UNITS and 1 <= hidden_size <= MAX_UNITS):
        raise InputError(
            f"embedding and hidden size must be between 1 and {MAX_UNITS}, got {embedding_size} and {hidden_size}"
        )
    if _layers(weights) > MAX_LAYERS:
        raise InputError(f"a model has at most {MAX_LAYERS} layers, got {_layers(weights)}")
    if sum(value.size for value in weights.values()) > MAX_PARAMETERS:
        raise InputError(f"a model has at most {MAX_PARAMETERS:,} parameters")
    shapes = expected_shapes(
        architecture, len(vocabulary), embedding_size, hidden_size, _layers(weights), _directions(weights)
    )
    if shapes.keys() != weights.keys():
        odd = sorted(shapes.keys() ^ weights.keys())
        raise InputError(f"the weights don't make a {architecture.upper()}: missing or unknown {', '.join(odd)}")
    for name, shape in shapes.items():
        value = weights[name]
        if value.dtype.kind != "f":
            raise InputError(f"the weights “{name}” must be floating-point numbers, got {value.dtype}")
        if value.shape != shape:
            raise InputError(f"the weights “{name}” must have shape {shape}, got {value.shape}")
