"""Learning from Brown, how Brown is divided for that, and how often a tagger is right on the part held out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

import numpy as np

from rnn_core.tagging.brown import Sentence
from rnn_core.tagging.counts import LEAST_FEATURE, RARE, count
from rnn_core.tagging.tagger import LOOKALIKE_WEIGHT, SHORTER_WEIGHT, Tagger
from rnn_core.tagging.tags import CODES
from rnn_core.tagging.words import LONGEST_ENDING, opens_of

TENTH = 10


@dataclass(frozen=True)
class Accuracy:
    """Words right, of all and of those that the tagger never saw under any spelling that it looks up."""

    sentences: int
    words: int
    right: int
    unknown_words: int
    unknown_right: int
    right_without_context: int  # words whose likeliest tag, looked up word by word, is right

    @property
    def of_all(self) -> float:
        """The share of all words that is right."""
        return self.right / self.words

    @property
    def without_context(self) -> float:
        """The share that is right where no word knows of its neighbours."""
        return self.right_without_context / self.words

    @property
    def of_unknown(self) -> float:
        """The share of the unknown words that is right; NaN without any."""
        return self.unknown_right / self.unknown_words if self.unknown_words else float("nan")


def split_by_text(texts: Mapping[str, Sequence[Sentence]]) -> tuple[list[Sentence], list[Sentence]]:
    """Return sentences to learn from and sentences held out: every tenth text, in order of the names, whole.

    A name and its rare words come back within a text, so sentences of one text on both sides would flatter.
    The texts are sorted by genre, so every genre is on both sides.
    """
    names = sorted(texts)
    held = set(names[TENTH - 1 :: TENTH])
    return (
        list(chain.from_iterable(texts[name] for name in names if name not in held)),
        list(chain.from_iterable(texts[name] for name in names if name in held)),
    )


def split_by_sentence(texts: Mapping[str, Sequence[Sentence]]) -> tuple[list[Sentence], list[Sentence]]:
    """Return the same with every tenth sentence held out, for comparison: it is the easier test."""
    every = list(chain.from_iterable(texts[name] for name in sorted(texts)))
    held = every[TENTH - 1 :: TENTH]
    return [sentence for number, sentence in enumerate(every) if number % TENTH != TENTH - 1], held


def measure(tagger: Tagger, sentences: Sequence[Sentence]) -> Accuracy:
    """Tag sentences whose tags are known, and count."""
    words = [[word for word, _ in sentence] for sentence in sentences]
    true = np.array([tag for sentence in sentences for _, tag in sentence])
    right = tagger.tag(words).path == true
    alone: dict[tuple[str, bool], tuple[bool, int]] = {}
    keys = [key for sentence in words for key in zip(sentence, opens_of(sentence), strict=True)]
    for key in keys:
        if key not in alone:
            evidence = tagger.evidence(*key)
            alone[key] = (evidence.known, int(evidence.probabilities.argmax()))
    known = np.array([alone[key][0] for key in keys])
    likeliest = np.array([alone[key][1] for key in keys])
    return Accuracy(
        sentences=len(sentences),
        words=len(true),
        right=int(right.sum()),
        unknown_words=int((~known).sum()),
        unknown_right=int(right[~known].sum()),
        right_without_context=int((likeliest == true).sum()),
    )


def learn(texts: Mapping[str, Sequence[Sentence]]) -> Tagger:
    """Learn from nine tenths of the texts, and measure on the last; the record says both.

    The tables are those of the nine tenths, so the accuracy is exactly theirs.
    """
    learned, held = split_by_text(texts)
    tagger = Tagger(count(learned))
    by_sentence, held_sentences = split_by_sentence(texts)
    record = {
        "corpus": "Brown, universal tags",
        "tags": list(CODES),
        "split": "every tenth text, in order of their names, is held out whole",
        "learned_from": {
            "texts": len(texts) - len(texts) // TENTH,
            "sentences": len(learned),
            "words": sum(map(len, learned)),
            "different_words": len(tagger.counts.words),
            "features_of_rare_words": len(tagger.counts.features),
        },
        "held_out": {"texts": len(texts) // TENTH, **_in_numbers(measure(tagger, held))},
        "every_tenth_sentence_held_out_instead": _in_numbers(measure(Tagger(count(by_sentence)), held_sentences)),
        "smoothing": {
            "transitions": "Witten & Bell (1991)",
            "rare": RARE,
            "least_feature": LEAST_FEATURE,
            "longest_ending": LONGEST_ENDING,
            "lookalike_weight": LOOKALIKE_WEIGHT,
            "shorter_weight": SHORTER_WEIGHT,
        },
    }
    return Tagger(tagger.counts, record)


def _in_numbers(found: Accuracy) -> dict[str, int | float]:
    unknown = round(found.of_unknown, 6) if found.unknown_words else None  # JSON has no NaN
    return {
        **asdict(found),
        "accuracy": round(found.of_all, 6),
        "accuracy_on_unknown_words": unknown,
        "accuracy_without_context": round(found.without_context, 6),
    }
