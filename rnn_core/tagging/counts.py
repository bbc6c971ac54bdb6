"""What a tagger learns: counts, out of sentences with their tags; and the file that keeps them.

Shapes: N = 12 tags, V words, F features of rare words.
"""

import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from rnn_core.errors import InputError
from rnn_core.tagging.brown import Sentence
from rnn_core.tagging.tags import CODES
from rnn_core.tagging.words import features, opens_of

RARE = 10
"""A word seen at most this often, however it is written, tells what unknown words are like (Brants 2000)."""

LEAST_FEATURE = 3
"""An ending of fewer rare words is forgotten: it says little more than the ending that is a letter shorter."""

EDGE = len(CODES)
"""Number of the place before the first word and after the last, in the counts of transitions."""


@dataclass(frozen=True, eq=False)
class Counts:
    """How often what was seen; everything that a tagger computes with follows from it."""

    transitions: np.ndarray  # (N+1, N+1) ints, from row to column; the last row is the start, the last column the end
    words: tuple[str, ...]  # (V,), sorted
    word_tags: np.ndarray  # (V, N) ints, how often a word had a tag
    features: tuple[str, ...]  # (F,), sorted: see `words.features`
    feature_tags: np.ndarray  # (F, N) ints, how often a rare word with this feature had a tag

    def row_of(self, word: str) -> int:
        """Return the row of a word, −1 where there is none: by halving, which needs no index in memory."""
        row = bisect_left(self.words, word)
        return row if row < len(self.words) and self.words[row] == word else -1

    @cached_property
    def feature_index(self) -> Mapping[str, int]:
        """Row of every feature."""
        return {feature: row for row, feature in enumerate(self.features)}


def count(sentences: Sequence[Sentence]) -> Counts:
    """Count transitions, words, and the shapes and endings of rare words."""
    pairs = np.zeros((EDGE + 1, EDGE + 1), dtype=np.int32)
    tagged: Counter[tuple[str, int]] = Counter()
    placed: Counter[tuple[str, bool, int]] = Counter()
    for sentence in sentences:
        before = EDGE
        for (word, tag), opens in zip(sentence, opens_of([word for word, _ in sentence]), strict=True):
            pairs[before, tag] += 1
            tagged[word, tag] += 1
            placed[word, opens, tag] += 1
            before = tag
        pairs[before, EDGE] += 1
    written: Counter[str] = Counter()
    for (word, _), times in tagged.items():
        written[word.lower()] += times
    endings: Counter[tuple[str, int]] = Counter()
    for (word, opens, tag), times in placed.items():
        if written[word.lower()] <= RARE:
            for feature in features(word, opens):
                endings[feature, tag] += times
    words, word_tags = _table(tagged, 1)
    kept, feature_tags = _table(endings, LEAST_FEATURE)
    return Counts(pairs, words, word_tags, kept, feature_tags)


def save_counts(counts: Counts, path: Path) -> None:
    """Write an .npz file without pickles. Raises `InputError` where that is impossible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            transitions=counts.transitions,
            words=_packed(counts.words),
            word_tags=counts.word_tags,
            features=_packed(counts.features),
            feature_tags=counts.feature_tags,
        )
    except OSError as error:
        raise InputError(f"the tables can't be saved at {path}: {error.strerror or error}") from error


def load_counts(path: Path) -> Counts:
    """Read what `save_counts` wrote. Raises `InputError` where it is anything else."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            counts = Counts(
                file["transitions"],
                _unpacked(file["words"]),
                _narrow(file["word_tags"]),
                _unpacked(file["features"]),
                _narrow(file["feature_tags"]),
            )
    except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} holds no tables of a tagger ({error})") from error
    for names in (counts.words, counts.features):
        if not all(first < second for first, second in pairwise(names)):
            raise InputError(f"the names in {path.name} must be sorted, and each there once")
    shapes = (
        (counts.transitions, (EDGE + 1, EDGE + 1)),
        (counts.word_tags, (len(counts.words), EDGE)),
        (counts.feature_tags, (len(counts.features), EDGE)),
    )
    for values, shape in shapes:
        if values.shape != shape or values.dtype.kind not in "iu" or values.min(initial=0) < 0:
            raise InputError(f"a table in {path.name} must hold counts, {shape[0]} by {shape[1]}")
    return counts


def _table(found: Mapping[tuple[str, int], int], least: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the names that were counted at least so often, sorted, and their counts by tag."""
    totals: Counter[str] = Counter()
    for (name, _), times in found.items():
        totals[name] += times
    names = sorted(name for name, times in totals.items() if times >= least)
    rows = {name: row for row, name in enumerate(names)}
    table = np.zeros((len(names), EDGE), dtype=np.int32)
    for (name, tag), times in found.items():
        if name in rows:
            table[rows[name], tag] = times
    return tuple(names), table


def _narrow(counts: np.ndarray) -> np.ndarray:
    """Return counts in as few bytes as they need: the web process holds them for good."""
    fits = counts.dtype.kind == "i" and counts.min(initial=0) >= 0 and counts.max(initial=0) <= np.iinfo(np.uint16).max
    return counts.astype(np.uint16) if fits else counts


def _packed(names: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpacked(letters: np.ndarray) -> tuple[str, ...]:
    return tuple(letters.tobytes().decode().split("\n")) if len(letters) else ()
