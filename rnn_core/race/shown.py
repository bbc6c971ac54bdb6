"""Which runs are in the picture, as they stand in the address."""

import re
from collections.abc import Sequence
from typing import Final

from rnn_core.checkpoints import SHIPPED
from rnn_core.runs import ID, Run

RUNS: Final = "race.runs"
START: Final = ",".join(SHIPPED)
"""What the picture shows at first."""

MOST_READING: Final = 3
"""Trained networks that the page of the gates shows at once."""

MOST: Final = 9
"""Runs in one picture: each of three networks three times."""


def split(text: str) -> tuple[str, ...]:
    """Return the ids in a text of the address, the last `MOST` of them; what can be no id is left out."""
    ids = [part for part in text.split(",") if re.fullmatch(ID, part)]
    return tuple(dict.fromkeys(ids))[-MOST:]


def joined(ids: Sequence[str]) -> str:
    """Return ids as they stand in the address."""
    return ",".join(dict.fromkeys(ids))


def reading_along(text: str, id: str) -> str:
    """Return which trained networks read on the page of the gates once this one does, too: the latest of them."""
    return joined([*(one for one in split(text) if one != id), id][-MOST_READING:])


def state_of(runs: Sequence[Run]) -> tuple[tuple[object, ...], ...]:
    """Return what tells one state of runs from another, for caches: runs grow long, and are slow to compare."""
    return tuple(
        (run.id, run.name, run.state, len(run.history), run.measured is not None, run.baseline is not None)
        for run in runs
    )


def with_new(shown: Sequence[str], new: Sequence[str]) -> str:
    """Return what is shown once trainings have been started: the shipped runs, which took minutes, make room."""
    return joined([id for id in (*shown, *new) if id not in SHIPPED][-MOST:])
