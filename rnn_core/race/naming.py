"""What networks, states and runs are called."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from rnn_core.recipes import Spec
from rnn_core.runs import LONGEST_NAME, Run, tidy_name

NETWORKS: Final = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
CORPORA: Final = {"grammar": "our own reviews", "imdb": "ACL-IMDB"}
STATES: Final = {
    "queued": "waits",
    "running": "trains",
    "measuring": "is being measured",
    "finished": "finished",
    "cancelled": "cancelled",
    "failed": "failed",
}


def name_run(spec: Spec, typed: str, taken: Collection[str]) -> str:
    """Return a name for a run that no other in the picture has. Raises `InputError` for a long one."""
    where = tidy_name(typed) or (f"at {spec.distance}" if spec.corpus == "grammar" else spec.recipe)
    name = f"{NETWORKS[spec.architecture]} {where}"[: LONGEST_NAME - 4]
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} #{number}"
    return free


def name_runs(specs: Sequence[Spec], typed: str, taken: Collection[str]) -> dict[str, Spec]:
    """Return specs by names that no run in the picture has. Raises `InputError` for a long one."""
    named: dict[str, Spec] = {}
    for spec in specs:
        named[name_run(spec, typed, {*taken, *named})] = spec
    return named


def renamed(run: Run, name: str) -> Run:
    """Return a run under another name."""
    return replace(run, name=name)
