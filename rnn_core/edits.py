"""A text of which the reader changes single words, and the changes as they stand in the address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rnn_core.errors import InputError

MAX_EDIT = 60
"""Characters that may stand in for one word."""


@dataclass(frozen=True)
class Spec:
    """A text and the words in it that are read differently.

    Attributes:
        text: as typed.
        edits: (word, text) pairs: word number `word`, counted from 0, is read as `text`; "" drops it.

    """

    text: str
    edits: tuple[tuple[int, str], ...] = ()


def write_edits(edits: Mapping[int, str]) -> str:
    """Return edits as a short text for the address; "" for none."""
    return json.dumps(sorted(edits.items()), separators=(",", ":"), ensure_ascii=False) if edits else ""


def parse_edits(text: str) -> dict[int, str]:
    """Read what `write_edits` wrote. Raises `InputError` when it is something else."""
    if not text:
        return {}
    try:
        pairs = json.loads(text)
        edits = dict(pairs)
        "".join(map(str, edits.values())).encode()  # half a surrogate pair is no character
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("The changed words in this link can't be read; the text is shown as typed.") from error
    for word, replacement in edits.items():
        if not isinstance(word, int) or isinstance(word, bool) or word < 0 or not isinstance(replacement, str):
            raise InputError("The changed words in this link can't be read; the text is shown as typed.")
        if len(replacement) > MAX_EDIT:
            raise InputError(f"A word can be changed into at most {MAX_EDIT} characters, got {len(replacement)}.")
    return edits
