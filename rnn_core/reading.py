"""One text as several networks read it, with words changed by the reader.

When a word is changed or dropped, the second run has other tokens than the first; and a network may cut the text
in a way of its own: drop stop words, or read less of it. A *column* is a place that a token of any run takes;
what a run lacks there is a gap. What is to be said of it all stands in `remarks`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, count, zip_longest

import numpy as np

from rnn_core.checkpoints import Checkpoint
from rnn_core.edits import Spec
from rnn_core.errors import InputError
from rnn_core.gates import Trace, trace_gates
from rnn_core.text_pipeline import split_words

LONGEST_NAME = 30
"""Characters of a network's name; a picture may have less room."""

MAX_CHARACTERS = 150_000
"""Of a text, ten times the longest review of ACL-IMDB: laying out what several networks make of a word takes time."""

GAP = -1
"""Stands for "no token of this run" in the indices of `Columns`."""

_Run = tuple[str, int]  # a network's key, and the number of its run
_Row = tuple[str, dict[_Run, int]]  # a token's text, and its index in each run that has it


@dataclass(frozen=True, eq=False)
class Columns:
    """C places, in the order of the text."""

    labels: tuple[str, ...]  # (C,), the token; "good → bad" where the runs differ
    words: np.ndarray  # (C,), index of the word as typed
    tokens: Mapping[str, tuple[np.ndarray, ...]]  # of each network, for each of its runs, (C,): the token, or GAP


def align(runs: Sequence[Mapping[str, Trace]]) -> Columns:
    """Return the columns of one run of every network, or of two runs over the same words.

    Inside a word, networks that cut it in different ways share a column where they have the same token, or
    one of them another in its place. Of a word that is changed, the k-th token shares a column with the k-th before.
    """
    tokens = [{name: tokens_by_word(trace) for name, trace in run.items()} for run in runs]
    read = [next(iter(run.values())).words for run in runs]
    rows: list[tuple[str, int, dict[_Run, int]]] = []
    for word, texts in enumerate(zip(*read, strict=True)):
        found = [
            [((name, number), trace.tokens, tokens[number][name][word]) for name, trace in run.items()]
            for number, run in enumerate(runs)
        ]
        changed = len(set(texts)) > 1
        merged = [_merge(run) for run in found] if changed else [_merge(token for run in found for token in run)]
        for parts in zip_longest(*merged):
            there = [part for part in parts if part]
            label = " → ".join(dict.fromkeys(text for text, _ in there))
            rows.append((label, word, {run: index for _, places in there for run, index in places.items()}))

    def places(name: str, number: int) -> np.ndarray:
        return np.array([row[2].get((name, number), GAP) for row in rows], dtype=np.int64)

    return Columns(
        labels=tuple(row[0] for row in rows),
        words=np.array([row[1] for row in rows], dtype=np.int64),
        tokens={name: tuple(places(name, number) for number in range(len(runs))) for name in runs[0]},
    )


def _merge(runs: Iterable[tuple[_Run, Sequence[str], Sequence[int]]]) -> list[_Row]:
    """Lay the tokens of one word in several runs over each other; a run is its name, all its tokens, the word's."""
    rows: list[_Row] = []
    for run, tokens, indices in runs:
        texts, own = [text for text, _ in rows], [tokens[index] for index in indices]
        blocks = [(rows, indices)]
        if rows and own != texts:
            found = SequenceMatcher(None, texts, own, autojunk=False).get_opcodes()
            blocks = [(rows[start:end], indices[first:last]) for _, start, end, first, last in found]
        rows = [
            (row[0] if row else tokens[index], {**(row[1] if row else {}), **({} if index is None else {run: index})})
            for there, given in blocks
            for row, index in zip_longest(there, given)
        ]
    return rows


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
        first: the text as typed, by the network's key.
        second: with the reader's changes; None without any.
        columns: the places of the tokens of both.
        names: what each network is called, by its key; no two alike.

    """

    first: Mapping[str, Trace]
    second: Mapping[str, Trace] | None
    columns: Columns
    names: Mapping[str, str]

    @property
    def latest(self) -> Mapping[str, Trace]:
        """The run that the reader looks at: the changed one where there is one."""
        return self.second or self.first

    def runs(self, network: str) -> list[tuple[Trace, np.ndarray]]:
        """Return each run of a network with the places of its tokens in the columns, the latest one last."""
        both = [self.first, self.second] if self.second else [self.first]
        return [(run[network], tokens) for run, tokens in zip(both, self.columns.tokens[network], strict=True)]


def trace_reading(
    models: Mapping[str, Checkpoint],
    spec: Spec,
    first: Mapping[str, Trace] | None = None,
    names: Mapping[str, str] | None = None,
) -> Reading:
    """Run every network over the text, and over the changed text where words are changed.

    Args:
        models: the networks by a key.
        spec: the text.
        first: the traces of the text as typed, where they are there already.
        names: what the networks are called, by key; by default as what they are: "LSTM".

    Raises `InputError` for a text that is too long to be laid out.

    """
    if len(spec.text) > MAX_CHARACTERS:
        raise InputError(f"A review has at most {MAX_CHARACTERS:,} characters here, got {len(spec.text):,}.")
    words = split_words(spec.text)
    edits = {word: text for word, text in spec.edits if word < len(words) and text != words[word]}
    if first is None:
        first = {name: trace_gates(model, words) for name, model in models.items()}
    second = None
    if edits:
        changed = [edits.get(number, word) for number, word in enumerate(words)]
        second = {name: trace_gates(model, changed) for name, model in models.items()}
    names = names or {name: model.architecture.upper() for name, model in models.items()}
    return Reading(first, second, align([first, second] if second else [first]), names)


def unique_names(names: Mapping[str, str], longest: int = LONGEST_NAME) -> dict[str, str]:
    """Return names by key, cut to `longest` characters, and with a number where one stands there already."""
    unique: dict[str, str] = {}
    for key, name in names.items():
        short = name if len(name) <= longest else name[: longest - 1] + "…"
        numbered = (f"{short[: longest - 2].rstrip()} {number}" for number in count(2))
        unique[key] = next(one for one in chain([short], numbered) if one not in unique.values())
    return unique
