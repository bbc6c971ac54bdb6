"""How well verdicts fit labels: accuracy, precision, recall, F1, the confusion matrix, and the loss.

All but the loss by scikit-learn. A verdict is "positive" where the score (the logit) is above 0, which is a
probability above one half. Left out: other thresholds and curves over them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_core.errors import InputError
from rnn_core.phrases import Phrase


@dataclass(frozen=True)
class Metrics:
    """How well verdicts (score > 0) fit labels; precision, recall and F1 are those of the positive class."""

    reviews: int
    loss: float
    accuracy: float
    f1: float
    precision: float
    recall: float
    confusion: tuple[tuple[int, int], tuple[int, int]]  # rows: truly negative, truly positive; columns: said so


def measure(found: np.ndarray, labels: np.ndarray) -> Metrics:
    """The metrics of scores (R,) against labels (R,), by scikit-learn. Raises `InputError` without a text."""
    from sklearn import metrics

    if not len(labels):
        raise InputError("there is nothing to measure: no text")
    said = found > 0
    table = metrics.confusion_matrix(labels, said, labels=[0, 1])
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, said, average="binary", pos_label=1, zero_division=0.0
    )
    return Metrics(
        reviews=len(labels),
        loss=mean_loss(found, labels),
        accuracy=float(metrics.accuracy_score(labels, said)),
        f1=float(f1),
        precision=float(precision),
        recall=float(recall),
        confusion=((int(table[0, 0]), int(table[0, 1])), (int(table[1, 0]), int(table[1, 1]))),
    )


def mean_loss(found: np.ndarray, labels: np.ndarray) -> float:
    """Mean binary cross-entropy in nats of scores (R,), finite for any finite score: log(1 + e^s) - s·y."""
    return float(np.mean(np.logaddexp(0.0, found) - found * labels))


def accuracy_by_category(phrases: Sequence[Phrase], found: np.ndarray) -> dict[str, Any]:
    """Share of phrases whose score (R,) has the sign of their verdict: in all, and of each category."""
    right = (found > 0) == np.array([phrase.positive for phrase in phrases])
    category = np.array([phrase.category for phrase in phrases])
    named = {str(name): round(float(right[category == name].mean()), 4) for name in dict.fromkeys(category)}
    return {"phrases": len(phrases), "accuracy": round(float(right.mean()), 4), "by_category": named}
