"""The reviews that a training reads: some of ACL-IMDB, or such as our own grammar writes; and which are held out.

What is drawn by chance here doesn't depend on `recipes.Spec.seed`: recipes and seeds are compared on the same
reviews. The vocabulary of ACL-IMDB is always that of all its training reviews, so that it is encoded once for
everybody.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from rnn_core import generated_reviews, imdb, text_pipeline
from rnn_core.errors import InputError
from rnn_core.imdb import Dataset, Reviews
from rnn_core.recipes import Spec
from rnn_core.vocabulary import Vocabulary, build_vocabulary

SUBSET_SEED, SPLIT_SEED, GRAMMAR_SEED = 2, 1, 3

NEIGHBOURS = 50
"""Reviews are taken, and held out, in runs of this many. In the archive the reviews of one film stand beside each
other, and the test reviews are of other films; reviews held out one by one would reward a network that learns actors
by heart."""

Tell = Callable[[int, int], None]
"""Called with how many reviews have been read, and how many there are; may raise to leave."""


def load(spec: Spec, progress: Tell | None = None, source: Path | None = None) -> Dataset:
    """The reviews that `spec` asks for, both splits encoded; the whole test set, whatever `spec.reviews` is.

    `source` names a folder or archive of ACL-IMDB; None leaves it to `imdb.find_source`. Once encoded, it is there in
    a moment: ACL-IMDB is mapped from its file, and what was generated last stays in memory. `progress` is called while
    ACL-IMDB is encoded. Raises DataMissingError where it is asked for and isn't there.
    """
    if spec.corpus == "grammar":
        return _generated(spec.reviews, spec.distance, spec.pipeline, spec.max_words)
    found = imdb.find_source(source)
    whole = imdb.load_imdb(imdb.Spec(found, spec.pipeline, spec.max_words), progress)
    if spec.reviews >= len(whole.train):
        return whole
    kept = _half_positive(np.asarray(whole.train.labels), spec.reviews, SUBSET_SEED)
    return Dataset(whole.train.taken(kept), whole.test, whole.vocabulary, whole.pipeline)


def split_training(spec: Spec, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the training reviews to learn from and of those held out (`spec.validation` of them, half positive).

    Raises `InputError` where that leaves fewer to learn from than are held out.
    """
    count = len(dataset.train)
    if 2 * spec.validation > count:
        raise InputError(f"validation must be at most half of the {count} training reviews, got {spec.validation}")
    held_out = _half_positive(np.asarray(dataset.train.labels), spec.validation, SPLIT_SEED)
    return np.setdiff1d(np.arange(count), held_out), held_out


def _half_positive(labels: np.ndarray, wanted: int, seed: int) -> np.ndarray:
    """Indices of `wanted` reviews in ascending order, in runs of neighbours whose places are drawn by chance."""
    rng = np.random.default_rng(seed)
    return np.sort(np.concatenate([_runs(np.flatnonzero(labels == label), wanted // 2, rng) for label in (0, 1)]))


def _runs(reviews: np.ndarray, wanted: int, rng: np.random.Generator) -> np.ndarray:
    runs = [reviews[start : start + NEIGHBOURS] for start in range(0, len(reviews), NEIGHBOURS)]
    return np.concatenate([reviews[:0], *(runs[run] for run in rng.permutation(len(runs)))])[:wanted]


@lru_cache(maxsize=3)
def _generated(count: int, distance: int, pipeline: text_pipeline.Spec, max_words: int) -> Dataset:
    train, test = generated_reviews.both_splits(count, distance, GRAMMAR_SEED)
    cut = [text_pipeline.tokenize(text, pipeline) for text, _ in train]
    words = build_vocabulary(cut, max_words)
    return Dataset(_encoded(train, words, pipeline), _encoded(test, words, pipeline), words, pipeline)


def _encoded(written: list[tuple[str, int]], words: Vocabulary, pipeline: text_pipeline.Spec) -> Reviews:
    ids = [words.encode(text_pipeline.tokenize(text, pipeline)) for text, _ in written]
    return Reviews(
        np.concatenate(ids),
        np.cumsum([0, *map(len, ids)]),
        np.array([label for _, label in written], dtype=np.uint8),
        imdb.packed(text for text, _ in written),
    )
