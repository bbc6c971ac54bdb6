"""What is to be said of a reading: of each word, of what was cut, of units and of the reach; and of the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_core.checkpoints import Checkpoint
from rnn_core.gates import Trace
from rnn_core.reading import Columns, Reading, tokens_by_word

FAINT = 0.01
"""A change of the state that arrives with less than this of its size is called lost."""

LONGEST_NAME = 60
"""Characters of a word that its title shows."""

NUMBERED_WORDS = 6
"""How many words, those with the largest shares, show their share as a number."""


@dataclass(frozen=True)
class Word:
    """What is to be said of one word in one network's run.

    Attributes:
        text: as the network is given it.
        before: as typed, where it was changed; else None.
        share: what it adds to the score.
        state: "read", "unknown", "dropped" (no token is left of it) or "cut" (too far from the end).
        columns: its places in the pictures.
        title: all of this in a sentence.
        number: the share as text, for the words with the largest shares; else "".

    """

    text: str
    before: str | None
    share: float
    state: str
    columns: tuple[int, ...]
    title: str
    number: str


def describe_words(reading: Reading, network: str) -> tuple[Word, ...]:
    """Return what is to be said of every word in the latest run of a network."""
    typed, trace = reading.first[network].words, reading.latest[network]
    tokens = tokens_by_word(trace)
    columns = _columns_by_word(reading.columns, len(trace.words))
    loudest = set(np.argsort(-np.abs(trace.word_shares), kind="stable")[:NUMBERED_WORDS].tolist())
    words = []
    for number, text in enumerate(trace.words):
        share = float(trace.word_shares[number])
        if number < trace.first_word_read:
            state, note = "cut", f"not read: only the last {len(trace.tokens)} tokens are"
        elif not tokens[number]:
            state, note = "dropped", "dropped before the network reads"
        elif not all(trace.known[token] for token in tokens[number]):
            state, note = "unknown", f"not in the vocabulary, adds {share:+.2f} to the score"
        else:
            state, note = "read", f"adds {share:+.2f} to the score"
        before = typed[number] if typed[number] != text else None
        name = text or before or ""
        words.append(
            Word(
                text=text,
                before=before,
                share=share,
                state=state,
                columns=tuple(columns[number]),
                title=f"{name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'}: {note}",
                number=f"{share:+.1f}" if number in loudest and abs(share) >= 0.05 else "",
            )
        )
    return tuple(words)


def cut(traces: Mapping[str, Trace]) -> str:
    """Say how much of a long text is not read; "" where all of it is."""
    trace = next(iter(traces.values()))
    if not trace.first_word_read:
        return ""
    return (
        f"The networks read the last {len(trace.tokens)} tokens of a text: "
        f"the first {trace.first_word_read:,} of these {len(trace.words):,} words are left out."
    )


def reach(traces: Mapping[str, Trace]) -> str:
    """Say how far back a small change of the state still counts: above `FAINT` of itself in the last state."""
    parts = []
    for trace in traces.values():
        name, steps = trace.architecture.upper(), len(trace.tokens)
        faint = np.flatnonzero(trace.jacobian_norm < FAINT)
        if len(faint):
            parts.append(f"the {name} over {steps - int(faint[-1]) - 1} of the {steps} tokens")
        else:
            parts.append(
                f"the {name} over all {steps} tokens ({trace.jacobian_norm[0]:.2g} times its size from the start)"
            )
    return (
        f"At least {FAINT:.0%} of a small change of the state arrives at the end: ".replace("%", " %")
        + ", ".join(parts)
        + "."
    )


def loudest_unit(trace: Trace) -> int:
    """Return the unit whose hidden state moves the final score furthest from the bias."""
    return int(np.argmax(np.abs(trace.readout * trace.hidden[-1])))


def _columns_by_word(columns: Columns, words: int) -> list[list[int]]:
    places: list[list[int]] = [[] for _ in range(words)]
    for column, word in enumerate(columns.words):
        places[int(word)].append(column)
    return places


def measured(models: Mapping[str, Checkpoint]) -> dict[str, list[Any]]:
    """Return how good the models are, out of their records: a row a model, in whole and tenths of per cent."""
    records = [model.record for model in models.values()]
    return {
        "network": [model.architecture.upper() for model in models.values()],
        "parameters": [f"{record['parameters']:,}" for record in records],
        "training, s": [f"{record['seconds']:.0f}" for record in records],
        "test accuracy": [f"{record['test']['accuracy']:.1%}".replace("%", " %") for record in records],
        "test F1": [f"{record['test']['f1']:.1%}".replace("%", " %") for record in records],
        "phrases of unseen words and patterns": [
            f"{record['phrases']['held_out']['accuracy']:.1%}".replace("%", " %") for record in records
        ],
    }
