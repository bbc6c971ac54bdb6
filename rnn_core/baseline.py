"""Logistic regression on a bag of words: what a network that reads words in their order has to beat.

Learnt from the same reviews, those held out left aside, in the same vocabulary, by scikit-learn; but from whole
reviews, whatever part of them the network reads. Words are weighted by sublinear tf-idf, the usual strong choice.
Left out: pairs of words, and a search for the strength of the regularisation (scikit-learn's C = 1).
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.corpora import split_training
from rnn_core.imdb import Dataset, Reviews
from rnn_core.metrics import measure
from rnn_core.recipes import Spec
from rnn_core.runs import Baseline
from rnn_core.vocabulary import FIRST_WORD

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def learn(spec: Spec, dataset: Dataset, tick: Callable[[], None] | None = None) -> Baseline:
    """Learn from the training reviews of `spec`, and measure on all test reviews.

    `tick` is called between the steps, which take about a second each, and may raise to leave.
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    def look() -> None:
        if tick is not None:
            tick()

    started = time.perf_counter()
    rows, _ = split_training(spec, dataset)
    words = len(dataset.vocabulary)
    weights = TfidfTransformer(sublinear_tf=True)
    train = weights.fit_transform(counts(dataset.train, words)[rows])
    look()
    found = LogisticRegression(max_iter=200).fit(train, np.asarray(dataset.train.labels)[rows])
    seconds = time.perf_counter() - started
    look()
    test = counts(dataset.test, words)
    look()
    scores = found.decision_function(weights.transform(test))
    return Baseline(measure(scores, np.asarray(dataset.test.labels)), seconds, words - FIRST_WORD)


def counts(reviews: Reviews, vocabulary_size: int) -> "csr_array":
    """How often each word of the vocabulary stands in each review, (R, V - 2): unknown words and padding are none."""
    from scipy.sparse import csr_array

    ids, starts = reviews.ids.astype(np.int32), np.array(reviews.offsets)  # a mapped file is read-only
    known = csr_array((np.ones(len(ids)), ids, starts), shape=(len(reviews), vocabulary_size))
    known.sum_duplicates()
    return known[:, FIRST_WORD:]
