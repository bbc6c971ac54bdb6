"""A typed sentence as the tagger reads it, and with words changed by the reader.

Shapes: T words, N = 12 tags.
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.edits import Spec
from rnn_core.forward_backward import forward_backward
from rnn_core.tagging.tagger import Evidence, Tagger
from rnn_core.tagging.tags import INDEX
from rnn_core.tagging.words import opens_of, split_text
from rnn_core.viterbi import viterbi

MAX_WORDS = 40
"""Words of a text that are read and drawn."""

SHORT = 16
"""Words up to which half a page is wide enough for a sentence."""

LONGEST_WORD = 60
"""Characters of a word that are read."""

MAX_WORDS_FOR_ONE = 3
"""Words that may take the place of one."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One sentence with all that the tagger says of it."""

    words: tuple[str, ...]  # (T,)
    evidence: tuple[Evidence, ...]  # (T,), what each word says by itself
    alone: np.ndarray  # (T, N), P(tag | word)
    posteriors: np.ndarray  # (T, N), P(tag | all words)
    path: np.ndarray  # (T,) ints, the most likely tags together
    runner_up: np.ndarray  # (T,) ints, the next most likely tags together
    log_probability: float  # log P(path | words)
    runner_up_log_probability: float  # log P(runner_up | words)

    @property
    def odds(self) -> float:
        """How many times as likely the best path is as the runner-up."""
        return float(np.exp(self.log_probability - self.runner_up_log_probability))

    @property
    def likeliest(self) -> np.ndarray:
        """The most likely tag of every word for itself, given all words: (T,) ints."""
        return self.posteriors.argmax(axis=1)

    @property
    def has_verb(self) -> bool:
        """Whether the best path takes a word for a verb."""
        return bool((self.path == INDEX["VERB"]).any())


@dataclass(frozen=True, eq=False)
class Reading:
    """The sentence as typed, and as changed.

    Attributes:
        first: as typed.
        second: with the reader's changes; None without any.
        places: for each typed word where it stands in the latest of the two; none for a dropped one.
        cut: whether the text goes on after what is read.

    """

    first: Trace
    second: Trace | None
    places: tuple[tuple[int, ...], ...]
    cut: bool

    @property
    def latest(self) -> Trace:
        """What the reader looks at: the changed sentence where there is one."""
        return self.second or self.first


def is_short(trace: Trace) -> bool:
    """Whether half a page is wide enough for the picture of a sentence."""
    return len(trace.words) <= SHORT


def trace_words(tagger: Tagger, words: tuple[str, ...]) -> Trace:
    """Tag one sentence and keep everything."""
    evidence = tuple(tagger.evidence(word, opens) for word, opens in zip(words, opens_of(words), strict=True))
    if not words:
        nothing = np.zeros((0, len(INDEX)))
        empty = np.zeros(0, dtype=int)
        return Trace(words, evidence, nothing, nothing, empty, empty, 0.0, -np.inf)
    scores = tagger.log_likelihoods([words])
    best = viterbi(tagger.start, tagger.transitions, scores)
    every = forward_backward(tagger.start, tagger.transitions, scores)
    return Trace(
        words,
        evidence,
        np.array([one.probabilities for one in evidence]),
        every.posteriors,
        best.path,
        best.runner_up,
        float(best.log_probability[0] - every.log_likelihood[0]),
        float(best.runner_up_log_probability[0] - every.log_likelihood[0]),
    )


def trace_tagging(tagger: Tagger, spec: Spec) -> Reading:
    """Read a text as one sentence of at most `MAX_WORDS` words, as typed and as changed."""
    pieces = spec.text.split(maxsplit=MAX_WORDS)
    typed = split_text(" ".join(piece[:LONGEST_WORD] for piece in pieces[:MAX_WORDS]), tagger.knows)
    cut = len(pieces) > MAX_WORDS or len(typed) > MAX_WORDS
    typed = typed[:MAX_WORDS]
    edits = {word: text for word, text in spec.edits if word < len(typed) and text.strip() != typed[word]}
    words: list[str] = []
    places = []
    for number, word in enumerate(typed):
        put = split_text(edits[number], tagger.knows)[:MAX_WORDS_FOR_ONE] if number in edits else (word,)
        places.append(tuple(range(len(words), len(words) + len(put))))
        words += put
    first = trace_words(tagger, typed)
    return Reading(first, trace_words(tagger, tuple(words)) if edits else None, tuple(places), cut)
