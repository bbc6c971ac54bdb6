"""What a network got wrong, to read."""

import numpy as np

from rnn_core.cells import sigmoid
from rnn_core.imdb import Reviews
from rnn_core.runs import Mistake

LONGEST = 6_000
"""Characters of a text that is shown; a network of 400 tokens reads about a third of it."""


def most_certain(reviews: Reviews, scores: np.ndarray, count: int = 20) -> tuple[Mistake, ...]:
    """Return reviews on whose wrong side the scores (R,) are, the most certain first, half of each kind if there are.

    What is longer than `LONGEST` is cut at the front, as a network reads the end. The reviews need their texts.
    """
    assert reviews.texts is not None
    positive = np.asarray(reviews.labels) == 1
    wrong = np.flatnonzero((scores > 0) != positive)
    wrong = wrong[np.argsort(-np.abs(scores[wrong]), kind="stable")]
    praise, blame = wrong[positive[wrong]], wrong[~positive[wrong]]
    half = count // 2
    rows = np.concatenate((praise[: max(half, count - len(blame))], blame[: max(half, count - len(praise))]))
    return tuple(
        Mistake(_end(reviews.texts[row]), bool(positive[row]), float(sigmoid(scores[row])))
        for row in sorted(rows, key=lambda row: -abs(scores[row]))
    )


def _end(text: str) -> str:
    return text if len(text) <= LONGEST else "…" + text[1 - LONGEST :]
