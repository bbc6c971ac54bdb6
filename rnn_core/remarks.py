"""What is to be said of a reading: of each word, of what was cut, of units and of the reach; and of the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_core.checkpoints import Checkpoint
from rnn_core.gates import Trace, called
from rnn_core.numerals import listed
from rnn_core.reading import Columns, Reading, tokens_by_word
from rnn_core.runs import Run

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


def cut(traces: Mapping[str, Trace], names: Mapping[str, str] | None = None) -> str:
    """Say how much of a long text is not read; "" where all of it is. `names` as for `gates.headline`."""
    by_loss: dict[tuple[int, int], list[str]] = {}
    for key, name in called(traces, names).items():
        if left_out := traces[key].first_word_read:
            by_loss.setdefault((left_out, len(traces[key].tokens)), []).append(name)
    sentences = []
    for (left_out, tokens), readers in by_loss.items():
        all_of_them = len(readers) == len(traces)
        who = "The networks read" if all_of_them else f"{listed(readers)} read{'s' if len(readers) == 1 else ''}"
        sentences.append(
            f"{who[0].upper()}{who[1:]} the last {tokens} tokens of a text: "
            f"the first {left_out:,} of these {len(next(iter(traces.values())).words):,} words are left out."
        )
    return " ".join(sentences)


def reach(traces: Mapping[str, Trace], names: Mapping[str, str] | None = None) -> str:
    """Say how far back a small change of the state still counts: above `FAINT` of itself in the last state.

    `names` as for `gates.headline`.
    """
    parts = []
    for key, name in called(traces, names).items():
        norms, steps = traces[key].jacobian_norm, len(traces[key].tokens)
        faint = np.flatnonzero(norms < FAINT)
        if not steps:
            parts.append(f"{name} reads no word")
        elif len(faint):
            parts.append(f"{name} over {steps - int(faint[-1]) - 1} of the {steps} tokens")
        else:
            all_of_them = "its one token" if steps == 1 else f"all {steps} tokens"
            parts.append(f"{name} over {all_of_them} ({norms[0]:.2g} times its size from the start)")
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


def measured(models: Mapping[str, Checkpoint], trained: Mapping[str, Run]) -> dict[str, list[Any]]:
    """Return how good the networks are, a row each, in whole and tenths of per cent.

    Args:
        models: those that come with Unfold; their records say it.
        trained: others, by what they are called.

    """
    rows = [
        (
            model.architecture.upper(),
            model.record["parameters"],
            model.record["seconds"],
            model.record["test"]["accuracy"],
            model.record["test"]["f1"],
            model.record["phrases"]["held_out"]["accuracy"],
        )
        for model in models.values()
    ]
    for name, run in trained.items():
        test = run.measured.test if run.measured else None
        name = f"{name}, as its file says" if run.from_file else name
        rows.append((name, run.parameters, run.seconds, test and test.accuracy, test and test.f1, None))
    return {
        "network": [row[0] for row in rows],
        "parameters": [f"{row[1]:,}" for row in rows],
        "training, s": [f"{row[2]:.0f}" if row[2] >= 10 else f"{row[2]:.1f}" for row in rows],
        "test accuracy": [_per_cent(row[3]) for row in rows],
        "test F1": [_per_cent(row[4]) for row in rows],
        "phrases of unseen words and patterns": [_per_cent(row[5]) for row in rows],
    }


def _per_cent(share: float | None) -> str:
    return "not measured" if share is None else f"{share:.1%}".replace("%", " %")
