from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from rnn_core import baseline, corpora, metrics, text_pipeline
from rnn_core.recipes import make_spec
from rnn_core.vocabulary import FIRST_WORD

SPEC = make_spec("classroom", "gru", corpus="grammar", distance=8, reviews=1_000, validation=200)


@pytest.fixture(scope="module")
def dataset():
    return corpora.load(replace(SPEC, max_words=250))  # too few for all, so that there are unknown words


def vectorised(kind, dataset, reviews, **options):
    """What scikit-learn makes of the texts themselves with the same words."""
    cut = kind(
        analyzer=lambda text: text_pipeline.tokenize(text, dataset.pipeline),
        vocabulary={word: index for index, word in enumerate(dataset.vocabulary.words)},
        **options,
    )
    return cut, [reviews.texts[row] for row in range(len(reviews))]


def test_counts_are_those_of_scikit_learn(dataset):
    cut, texts = vectorised(CountVectorizer, dataset, dataset.test)
    counted = baseline.counts(dataset.test, len(dataset.vocabulary))
    assert np.array_equal(counted.toarray(), cut.transform(texts).toarray())
    assert counted.max() > 1


def test_learns_what_the_same_regression_on_the_texts_learns(dataset):
    found = baseline.learn(SPEC, dataset)
    learn, _ = corpora.split_training(SPEC, dataset)
    cut, train = vectorised(TfidfVectorizer, dataset, dataset.train, sublinear_tf=True)
    _, test = vectorised(TfidfVectorizer, dataset, dataset.test)
    regression = LogisticRegression(max_iter=200).fit(
        cut.fit_transform([train[row] for row in learn]), dataset.train.labels[learn]
    )
    expected = metrics.measure(regression.decision_function(cut.transform(test)), dataset.test.labels)
    assert found.test.loss == pytest.approx(expected.loss, abs=1e-9)
    assert found.test.confusion == expected.confusion
    assert 0.6 < found.test.accuracy < 1
    assert found.words == len(dataset.vocabulary) - FIRST_WORD == 250
    assert found.seconds > 0


def test_it_can_be_left(dataset):
    def leave():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        baseline.learn(SPEC, dataset, leave)
