"""Runs as files: those that this server keeps, those that come with Unfold, and those that somebody brings.

A run is `<id>.json`, all that `runs.Run` holds, and `<id>.safetensors`, its network, once there is one. Every file
appears whole or not at all, so several processes may read while one writes.
"""

import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from rnn_core import run_json
from rnn_core.checkpoints import SHIPPED, Checkpoint, from_bytes, load_model, to_bytes, write_whole
from rnn_core.config import MODELS_DIR, cache_dir
from rnn_core.errors import DataMissingError, InputError
from rnn_core.parsing import visible
from rnn_core.recipes import Spec
from rnn_core.run_json import from_json, to_csv, to_json
from rnn_core.runs import Run

logger = logging.getLogger(__name__)

__all__ = ["RunFiles", "from_json", "new_id", "read_upload", "shipped_runs", "to_csv", "to_json", "with_record"]

MOST_RUNS: Final = 200
"""Runs that a folder keeps; the oldest go."""

MAX_UPLOAD_BYTES: Final = 20_000_000
"""A network of 10 million numbers in half precision: five times as many as a recipe makes."""

_DRAFT_SECONDS = 3_600  # what was being written by a process that was killed


class RunFiles:
    """A folder of runs. Nothing is read or made before it is asked for."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_dir() / "runs"

    def save(self, run: Run, checkpoint: Checkpoint | bytes | None = None) -> None:
        """Write a run, and its network where it is given, over what was there; forget the oldest runs.

        Raises `InputError` for the id of a shipped run, or where the folder can't be written to.
        """
        path = self._path(run.id)
        if checkpoint is not None:  # first: a run that can be read has its network
            content = checkpoint if isinstance(checkpoint, bytes) else with_record(run, checkpoint)
            _write(path.with_suffix(".safetensors"), content)
        _write(path, to_json(run).encode())
        self._forget()

    def load(self, id: str) -> Run:
        """Return a run. Raises `InputError` where it is not kept here, or no longer."""
        path = self._path(id)
        try:
            state = path.stat()
            return _read_unchanged(path, state.st_mtime_ns, state.st_ino)
        except OSError as error:
            raise InputError(f"The run “{id}” is not kept here, or no longer: a server keeps {MOST_RUNS}.") from error

    def checkpoint(self, id: str) -> Checkpoint:
        """Return the network of a run; read once while its file stays the same.

        Raises `InputError` where the run is not kept here, or has no network.
        """
        run = self.load(id)
        try:
            return load_model(id, self.folder)
        except (DataMissingError, FileNotFoundError) as error:  # another process may forget it at this moment
            yet = "" if run.over else " yet"
            raise InputError(f"The run “{run.name or id}” has no network to read with{yet}.") from error

    def has_checkpoint(self, id: str) -> bool:
        """Whether there is a network to read with. Raises `InputError` for what is no id."""
        return self._path(id).with_suffix(".safetensors").is_file()

    def export(self, id: str) -> bytes:
        """Return the network of a run as one file that holds the run, too. Raises `InputError` as `checkpoint` does."""
        return with_record(self.load(id), self.checkpoint(id))

    def delete(self, id: str) -> None:
        """Forget a run; one that is not there is forgotten already. Raises `InputError` for what is no id."""
        path = self._path(id)
        path.unlink(missing_ok=True)
        path.with_suffix(".safetensors").unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        run_json.check_id(id)
        if id in SHIPPED:
            raise InputError(f"“{id}” is a run that comes with Unfold.")
        return self.folder / f"{id}.json"

    def _forget(self) -> None:
        """Delete the runs that were written longest ago, and what a killed process has left unfinished."""
        written = {}
        for path in self.folder.iterdir():
            try:
                written[path] = path.stat().st_mtime
            except FileNotFoundError:  # another process forgets, too
                continue
        for path, when in written.items():
            alone = path.suffix == ".safetensors" and path.with_suffix(".json") not in written
            if (path.name.startswith(".") or alone) and when < time.time() - _DRAFT_SECONDS:
                path.unlink(missing_ok=True)
        runs = [path for path in written if path.suffix == ".json" and not path.name.startswith(".")]
        for path in sorted(runs, key=lambda path: written[path])[:-MOST_RUNS]:
            self.delete(path.stem)


def _write(path: Path, content: bytes) -> None:
    """Write a file of a run. Raises `InputError` with a sentence that names no folder of the server."""
    try:
        write_whole(path, content)
    except InputError as error:
        logger.error("%s", error)
        reason = getattr(error.__cause__, "strerror", None) or "its folder refuses it"
        raise InputError(f"The run can't be written down on this server: {reason}.") from error


def new_id() -> str:
    """Return an id that nobody can guess."""
    return secrets.token_hex(8)


@lru_cache(maxsize=1)
def shipped_runs() -> Mapping[str, Run]:
    """Return the runs of the three networks that come with Unfold, by id; their weights are not read.

    Raises `DataMissingError` where one is missing.
    """
    runs = {}
    for id in SHIPPED:
        path = MODELS_DIR / f"{id}.json"
        if not path.is_file():
            raise DataMissingError(f"there is no record of the network “{id}” at {path}")
        runs[id] = from_json(path.read_text(encoding="utf-8"))
    return runs


def read_upload(name: str, content: bytes) -> tuple[Run, Checkpoint | None]:
    """Return the run in a file that somebody brings, with an id of its own, and the network where there is one.

    A `.json` holds a run; a `.safetensors` a network that says how it was made. Nothing of it is run, and
    what the file says has to fit the network it holds. Raises `InputError` with the reason for a refusal.
    """
    shown = f"“{_short(name)}”"
    if len(content) > MAX_UPLOAD_BYTES:
        raise InputError(f"{shown} is larger than {MAX_UPLOAD_BYTES // 1_000_000} MB.")
    try:
        if name.lower().endswith(".safetensors"):
            checkpoint = from_bytes(content, "it")
            if not checkpoint.record:
                raise InputError("it doesn't say how it was trained")
            run = run_json.from_dict(checkpoint.record)
            _fit(run.spec, checkpoint)
            parameters = sum(value.size for value in checkpoint.weights.values())
            return _brought(replace(run, parameters=parameters)), checkpoint
        if name.lower().endswith(".json"):
            return _brought(from_json(content.decode("utf-8"))), None
    except (InputError, UnicodeDecodeError) as error:
        raise InputError(f"{shown} can't be used: {_short(str(error), 300)}") from error
    raise InputError(f"{shown} can't be used: a run ends in .json, a network in .safetensors.")


def _brought(run: Run) -> Run:
    """A run of another server: nothing happens to it any more."""
    state = run.state if run.over else "cancelled"
    return replace(run, id=new_id(), state=state, place=0, from_file=True)


def _fit(spec: Spec, checkpoint: Checkpoint) -> None:
    """Raise `InputError` where a network is not the one that its record describes."""
    pairs = {
        "architecture": (spec.architecture, checkpoint.architecture),
        "embedding size": (spec.embedding_size, checkpoint.embedding_size),
        "hidden size": (spec.hidden_size, checkpoint.hidden_size),
        "layers": (spec.layers, checkpoint.layers),
        "directions": (2 if spec.bidirectional else 1, checkpoint.directions),
        "tokens read": (spec.max_tokens, checkpoint.max_tokens),
        "text pipeline": (spec.pipeline, checkpoint.pipeline),
    }
    for name, (said, found) in pairs.items():
        if said != found:
            values = "" if name == "text pipeline" else f": {said} and {found}"
            raise InputError(f"its record and its network differ in {name}{values}")
    if len(checkpoint.vocabulary.words) > spec.max_words:
        raise InputError(
            f"its vocabulary has {len(checkpoint.vocabulary.words):,} words, its record allows {spec.max_words:,}"
        )


def with_record(run: Run, checkpoint: Checkpoint) -> bytes:
    """Return a network as one file that holds its run, too."""
    # Through JSON: a record is plain JSON, a run's tuples aren't.
    return to_bytes(replace(checkpoint, record=json.loads(to_json(run))))


@lru_cache(maxsize=64)
def _read_unchanged(path: Path, modified: int, number: int) -> Run:
    """When it was written and its number on the disk make a run that has gone on a new entry of the cache."""
    return from_json(path.read_text(encoding="utf-8"))


def _short(text: str, longest: int = 60) -> str:
    text = " ".join(visible(text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
