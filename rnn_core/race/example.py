"""A review of our own corpus to look at, with the word that decides."""

from functools import lru_cache
from html import escape

from rnn_core.generated_reviews import write
from rnn_core.text_pipeline import MODEL_SPEC, split_words, tokens_of

SEED = 7
"""Of the example alone; the reviews of a training are others."""


@lru_cache(maxsize=128)
def review(distance: int) -> tuple[str, bool]:
    """Return a review whose deciding word stands so many words before its end, and whether it is positive."""
    (text, label), *_ = write(2, distance, SEED)
    return text, bool(label)


def parts(text: str, distance: int) -> tuple[str, str, str]:
    """Return what stands before the deciding word, the word, and what stands behind it."""
    words = split_words(text)
    behind, left = len(words), distance
    while behind and left >= 0:
        behind -= 1
        left -= len(tokens_of(words[behind], MODEL_SPEC))
    return " ".join(words[:behind]), words[behind] if words else "", " ".join(words[behind + 1 :])


def marked(distance: int) -> str:
    """Return the example as HTML in which the deciding word is marked."""
    text, positive = review(distance)
    before, word, behind = parts(text, distance)
    verdict = "positive" if positive else "negative"
    return (
        f'<p class="example"><span>{escape(before)}</span> <mark title="decides: {verdict}">{escape(word)}</mark> '
        f"<span>{escape(behind)}</span> <b>({verdict})</b></p>"
    )
