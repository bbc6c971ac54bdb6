"""Which runs are in the picture, as they stand in the address."""

import re
from collections.abc import Sequence
from typing import Final

from rnn_core.runs import ID

RUNS: Final = "race.runs"
SHIPPED: Final = ("lstm", "gru", "rnn")
START: Final = ",".join(SHIPPED)
"""What the picture shows at first."""

MOST: Final = 9
"""Runs in one picture: each of three networks three times."""


def split(text: str) -> tuple[str, ...]:
    """Return the ids in a text of the address, the last `MOST` of them; what can be no id is left out."""
    ids = [part for part in text.split(",") if re.fullmatch(ID, part)]
    return tuple(dict.fromkeys(ids))[-MOST:]


def joined(ids: Sequence[str]) -> str:
    """Return ids as they stand in the address."""
    return ",".join(dict.fromkeys(ids))


def with_new(shown: Sequence[str], new: Sequence[str]) -> str:
    """Return what is shown once trainings have been started: the shipped runs, which took minutes, make room."""
    return joined([id for id in (*shown, *new) if id not in SHIPPED][-MOST:])
