"""A hidden Markov model whose states are the twelve tags and whose observations are words.

Transitions are counted, and smoothed as Witten & Bell (1991) do. What a tag says of a word comes by Bayes' rule from
what the word says of its tag, b_i(w) = P(w | i) ∝ P(i | w) / P(i), because the probability of the word is the same
for all tags and drops out. P(i | w) joins the word's own counts with those of rare words that look like it,
from ending to longer ending (Brants 2000, section 2.3): an unknown word has only the latter.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from rnn_core.config import ASSETS_DIR
from rnn_core.errors import DataMissingError, InputError
from rnn_core.forward_backward import forward_backward
from rnn_core.tagging.counts import EDGE, RARE, Counts, load_counts, save_counts
from rnn_core.tagging.tags import CODES
from rnn_core.tagging.words import LONGEST_ENDING, features, opens_of, shortened, spellings
from rnn_core.viterbi import viterbi

TAGGER_FILE = ASSETS_DIR / "tagger" / "brown.npz"

CHUNK = 2_048  # sentences that are tagged together

LOOKALIKE_WEIGHT = 0.5
"""How many occurrences of its own the shape and the endings of a word are worth."""

SHORTER_WEIGHT = 4.0
"""How many rare words the distribution of an ending one letter shorter is worth."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a word says of its tag before any other word is looked at."""

    seen: np.ndarray  # (N,) ints, how often it had each tag in the corpus; zeros for an unknown word
    feature: str  # the longest shape and ending that rare words share with it; "" where not even its shape is known
    lookalikes: np.ndarray  # (N,) ints, the tags of the rare words with that feature
    probabilities: np.ndarray  # (N,), P(tag | word)

    @property
    def known(self) -> bool:
        """Whether the word was seen."""
        return bool(self.seen.any())


@dataclass(frozen=True, eq=False)
class Tagged:
    """Sentences with their most likely tags; T words in all, sentences one after the other."""

    lengths: np.ndarray  # (S,), words of each sentence
    path: np.ndarray  # (T,) ints, the best path's tags
    posteriors: np.ndarray  # (T, N), P(tag | all words of the sentence)
    log_probability: np.ndarray  # (S,), log P(path | words)


@dataclass(frozen=True)
class Line:
    """One sentence with its tags.

    Attributes:
        words: as white space divides them.
        tags: codes of the best path.
        probabilities: of each of these tags, given the whole sentence.
        log_probability: of all these tags together, given the words.

    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    probabilities: tuple[float, ...]
    log_probability: float


class Tagger:
    """Counts, and the probabilities made of them."""

    def __init__(self, counts: Counts, record: dict[str, Any] | None = None) -> None:
        """Make the tables.

        Args:
            counts: what was learned.
            record: how, and how good it is.

        """
        self.counts = counts
        self.record = record or {}
        pairs = counts.transitions.astype(float)
        # The ones keep a tag possible that a small corpus never has.
        into = pairs.sum(axis=0) + 1.0
        kinds = np.maximum((pairs > 0).sum(axis=1, keepdims=True), 1)
        smooth = (pairs + kinds * into / into.sum()) / (pairs.sum(axis=1, keepdims=True) + kinds)
        going_on = smooth[:, :EDGE].sum(axis=1)
        self.prior = into[:EDGE] / into[:EDGE].sum()  # (N,), P(tag)
        self.start = smooth[EDGE, :EDGE] / going_on[EDGE]  # (N,), π
        self.transitions = smooth[:EDGE, :EDGE] / going_on[:EDGE, None]  # (N, N), given that the sentence goes on
        self.goes_on = going_on[:EDGE]  # (N,), P(another word follows | tag)
        self.ends = 1.0 - self.goes_on  # (N,)

    @cached_property
    def lookalikes(self) -> np.ndarray:
        """P(tag | feature) of every feature, and in the last row P(tag): (F+1, N)."""
        index, names = self.counts.feature_index, self.counts.features
        found = np.empty((len(names) + 1, EDGE), dtype=np.float32)
        found[-1] = self.prior
        lengths = np.array([len(name.partition("|")[2]) for name in names], dtype=int)
        for length in range(LONGEST_ENDING + 1):
            rows = np.flatnonzero(lengths == length)
            shorter = [index.get(shortened(names[row]), -1) for row in rows]
            own = self.counts.feature_tags[rows]
            found[rows] = (own + SHORTER_WEIGHT * found[shorter]) / (own.sum(axis=1, keepdims=True) + SHORTER_WEIGHT)
        return found

    def evidence(self, word: str, opens: bool = False) -> Evidence:
        """Return what a word says of its tag; `opens` says that it opens a sentence."""
        first, second, feature = self._look_up(word, opens)
        known = feature >= 0
        return Evidence(
            self._seen(np.array([[first, second]]))[0],
            self.counts.features[feature] if known else "",
            self.counts.feature_tags[feature].astype(int) if known else np.zeros(EDGE, dtype=int),
            self._probabilities(np.array([[first, second, feature]]))[0],
        )

    def _look_up(self, word: str, opens: bool) -> tuple[int, int, int]:
        """Return the rows of a word in its one or two spellings, and of its longest feature; −1 where there is none."""
        rows = [-1, -1]
        capital, times = opens and word != word.lower(), 0
        for number, spelling in enumerate(spellings(word, opens)):
            if capital or times <= RARE:
                row = rows[number] = self.counts.row_of(spelling)
                times += int(self._times[row]) if row >= 0 else 0
        index = self.counts.feature_index
        feature = next((index[name] for name in features(word, opens) if name in index), -1)
        return rows[0], rows[1], feature

    @cached_property
    def _times(self) -> np.ndarray:
        """How often every word was seen, (V,)."""
        found: np.ndarray = self.counts.word_tags.sum(axis=1, dtype=np.int32)
        return found

    def _seen(self, rows: np.ndarray) -> np.ndarray:
        """How often words had each tag (n, N), from the rows of their spellings (n, 2)."""
        found: np.ndarray = np.where((rows >= 0)[..., None], self.counts.word_tags[rows], 0).sum(axis=1, dtype=int)
        return found

    def _probabilities(self, rows: np.ndarray) -> np.ndarray:
        """P(tag | word) of words (n, N), from what `_look_up` found of them (n, 3)."""
        seen = self._seen(rows[:, :2])
        alike = self.lookalikes[rows[:, 2]]
        found: np.ndarray = (seen + LOOKALIKE_WEIGHT * alike) / (seen.sum(axis=1, keepdims=True) + LOOKALIKE_WEIGHT)
        return found

    def knows(self, word: str) -> bool:
        """Whether a word was seen at least twice, written like this."""
        row = self.counts.row_of(word)
        return row >= 0 and bool(self._times[row] > 1)

    def log_likelihoods(self, sentences: Sequence[Sequence[str]]) -> np.ndarray:
        """Return log b_i(w) of all words (T, N), up to a constant of each word.

        To it is added what the tag says of the sentence's going on, or at its last word of its end.
        """
        rows: dict[tuple[str, bool], int] = {}
        places = [
            rows.setdefault((word, opens), len(rows))
            for words in sentences
            for word, opens in zip(words, opens_of(words), strict=True)
        ]
        different = self._probabilities(np.array([self._look_up(word, opens) for word, opens in rows]))
        found = np.log(different / self.prior)[places] + np.log(self.goes_on)
        lasts = np.cumsum([len(words) for words in sentences]) - 1
        found[lasts] += np.log(self.ends) - np.log(self.goes_on)
        return found

    def tag(self, sentences: Sequence[Sequence[str]]) -> Tagged:
        """Tag sentences, each of at least one word."""
        lengths = np.array([len(words) for words in sentences], dtype=int)
        if not len(lengths):
            return Tagged(lengths, np.zeros(0, dtype=int), np.zeros((0, EDGE)), np.zeros(0))
        scores = self.log_likelihoods(sentences)
        best = viterbi(self.start, self.transitions, scores, lengths)
        all_paths = forward_backward(self.start, self.transitions, scores, lengths)
        return Tagged(lengths, best.path, all_paths.posteriors, best.log_probability - all_paths.log_likelihood)


def tag_lines(tagger: Tagger, lines: Iterable[str]) -> Iterator[Line]:
    """Tag a sentence a line, in order; lines are taken 2,048 at a time. An empty line has no words."""
    source = iter(lines)
    while chunk := [tuple(line.split()) for line in islice(source, CHUNK)]:
        found = tagger.tag([words for words in chunk if words])
        own = found.posteriors[np.arange(len(found.path)), found.path].tolist()
        path, scores, end = found.path.tolist(), iter(found.log_probability.tolist()), 0
        for words in chunk:
            begin, end = end, end + len(words)
            tags = tuple(CODES[tag] for tag in path[begin:end])
            yield Line(words, tags, tuple(own[begin:end]), next(scores) if words else 0.0)


def save_tagger(tagger: Tagger, path: Path, record: Mapping[str, Any]) -> Path:
    """Write the counts, and beside them the tagger's record with what `record` adds; return the path of the counts.

    Raises `InputError` where that is impossible.
    """
    save_counts(tagger.counts, path)
    whole = {**record, **tagger.record}
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    try:
        path.with_suffix(".json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"the record can't be saved beside {path}: {error.strerror or error}") from error
    return path


def load_tagger(path: Path = TAGGER_FILE) -> Tagger:
    """Return the tagger of a file; read once a process while the file stays the same.

    Raises `DataMissingError` where there is none, `InputError` where it holds something else.
    """
    if not path.is_file():
        raise DataMissingError(
            f"there are no tables of a tagger at {path}; "
            "`python -m rnn_core train-tagger --help` tells how to make them"
        )
    return _load_unchanged(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load_unchanged(path: Path, modified: int) -> Tagger:
    """When it was modified makes a file that was made anew a new entry of the cache."""
    beside = path.with_suffix(".json")
    try:
        record = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    except (OSError, ValueError) as error:
        raise InputError(f"the record {beside.name} can't be read ({error})") from error
    return Tagger(load_counts(path), record)
