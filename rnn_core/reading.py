"""One text as several networks read it, with words changed by the reader.

When a word is changed or dropped, the second run has other tokens than the first. A *column* is a
place that a token of either run takes; what a run lacks there is a gap. With one run, the columns
are its tokens. What is to be said of it all stands in `remarks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnn_core.checkpoints import Checkpoint
from rnn_core.edits import Spec
from rnn_core.gates import Trace, trace_gates
from rnn_core.text_pipeline import split_words

GAP = -1
"""Stands for "no token of this run" in the indices of `Columns`."""


@dataclass(frozen=True, eq=False)
class Columns:
    """C places, in the order of the text."""

    labels: tuple[str, ...]  # (C,), the token; "good → bad" where the runs differ
    words: np.ndarray  # (C,), index of the word as typed
    first: np.ndarray  # (C,), index of the token in the first run, or GAP
    second: np.ndarray  # (C,), index of the token in the second run, or GAP


def align(first: Trace, second: Trace | None = None) -> Columns:
    """Return the columns of one run, or of two runs over the same words.

    The k-th token of a word in one run shares a column with the k-th of that word in the other.
    """
    second = first if second is None else second
    rows: list[tuple[str, int, int, int]] = []
    first_tokens, second_tokens = tokens_by_word(first), tokens_by_word(second)
    for word in range(len(first.words)):
        ours, theirs = first_tokens[word], second_tokens[word]
        for k in range(max(len(ours), len(theirs))):
            one = ours[k] if k < len(ours) else GAP
            two = theirs[k] if k < len(theirs) else GAP
            names = [run.tokens[at] for run, at in ((first, one), (second, two)) if at != GAP]
            rows.append((" → ".join(dict.fromkeys(names)), word, one, two))
    labels = tuple(row[0] for row in rows)
    indices = np.array([row[1:] for row in rows], dtype=np.int64).reshape(-1, 3)
    return Columns(labels, indices[:, 0], indices[:, 1], indices[:, 2])


def spread(values: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Return values (T, …) laid out over columns, `tokens` (C,) of a run; a gap is NaN. Shape (C, …)."""
    laid = np.full((len(tokens), *values.shape[1:]), np.nan)
    taken = tokens != GAP
    laid[taken] = values[tokens[taken]]
    return laid


def hold(values: np.ndarray, tokens: np.ndarray, start: float) -> np.ndarray:
    """Return values (T,) over columns as `spread` does, with the last value held in a gap; `start` before the first."""
    taken = tokens != GAP
    so_far = np.cumsum(taken)
    return np.concatenate(([start], values[tokens[taken]]))[so_far]


def tokens_by_word(trace: Trace) -> list[list[int]]:
    """Return for each word of a run the indices of its tokens."""
    tokens: list[list[int]] = [[] for _ in trace.words]
    for token, word in enumerate(trace.word_of_token):
        tokens[int(word)].append(token)
    return tokens


@dataclass(frozen=True, eq=False)
class Reading:
    """Both runs of every network.

    Attributes:
        first: the text as typed, by the network's name.
        second: with the reader's changes; None without any.
        columns: the places of the tokens of both.

    """

    first: Mapping[str, Trace]
    second: Mapping[str, Trace] | None
    columns: Columns

    @property
    def latest(self) -> Mapping[str, Trace]:
        """The run that the reader looks at: the changed one where there is one."""
        return self.second or self.first

    def runs(self, network: str) -> list[tuple[Trace, np.ndarray]]:
        """Return each run of a network with the places of its tokens in the columns, the latest one last."""
        first = (self.first[network], self.columns.first)
        return [first, (self.second[network], self.columns.second)] if self.second else [first]


def trace_reading(models: Mapping[str, Checkpoint], spec: Spec, first: Mapping[str, Trace] | None = None) -> Reading:
    """Run every network over the text, and over the changed text where words are changed.

    `first` are the traces of the text as typed, where they are there already.
    """
    words = split_words(spec.text)
    edits = {word: text for word, text in spec.edits if word < len(words) and text != words[word]}
    if first is None:
        first = {name: trace_gates(model, words) for name, model in models.items()}
    second = None
    if edits:
        changed = [edits.get(number, word) for number, word in enumerate(words)]
        second = {name: trace_gates(model, changed) for name, model in models.items()}
    name = next(iter(models))
    return Reading(first, second, align(first[name], second[name] if second else None))
