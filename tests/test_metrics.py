import math

import numpy as np
import pytest

from rnn_core.errors import InputError
from rnn_core.metrics import accuracy_by_category, mean_loss, measure
from rnn_core.phrases import Phrase


def test_metrics_by_hand():
    """Three true negatives, one false positive, two false negatives, four true positives."""
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    found = np.array([-1, -2, 0.0, 3, -1, -1, 1, 2, 3, 4])
    metrics = measure(found, labels)
    assert metrics.confusion == ((3, 1), (2, 4))
    assert metrics.accuracy == pytest.approx(0.7)
    assert metrics.precision == pytest.approx(4 / 5)
    assert metrics.recall == pytest.approx(4 / 6)
    assert metrics.f1 == pytest.approx(2 * (4 / 5) * (4 / 6) / (4 / 5 + 4 / 6))
    assert metrics.reviews == 10


def test_loss_is_the_cross_entropy_and_never_overflows():
    found, labels = np.array([0.3, -1.2]), np.array([1, 0])
    probability = 1 / (1 + np.exp(-found))
    assert mean_loss(found, labels) == pytest.approx(-(math.log(probability[0]) + math.log(1 - probability[1])) / 2)
    assert mean_loss(np.array([1e4, -1e4]), np.array([0, 0])) == pytest.approx(5e3)


def test_one_class_only_is_no_error():
    metrics = measure(np.array([-1.0, -1.0]), np.array([0, 0]))
    assert metrics.confusion == ((2, 0), (0, 0))
    assert (metrics.accuracy, metrics.f1) == (1, 0)


def test_nothing_to_measure():
    with pytest.raises(InputError, match="no text"):
        measure(np.array([]), np.array([]))


def test_accuracy_by_category():
    kept = [Phrase("good", True, "plain"), Phrase("not bad", True, "negation"), Phrase("not good", False, "negation")]
    assert accuracy_by_category(kept, np.array([1.0, -1.0, -1.0])) == {
        "phrases": 3,
        "accuracy": 0.6667,
        "by_category": {"plain": 1.0, "negation": 0.5},
    }
