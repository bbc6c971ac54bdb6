"""Reviews that a network has read wrong, to read."""

from html import escape

from rnn_core.race.example import parts
from rnn_core.race.sentences import percent
from rnn_core.runs import Mistake, Run
from rnn_core.text_pipeline import split_words, tokens_of

ORDER = {
    "imdb": "The most certain mistakes first. Read before you blame the network: people label reviews wrongly, too.",
    "grammar": "The most certain mistakes first. The marked word decides, the others say nothing.",
}
"""In which order the reviews of a corpus are shown, and how to read them."""

WRITTEN = {"imdb": "Its writer rated the film as", "grammar": "Our grammar wrote it as"}

MOST_SHOWN = 12
"""Reviews of a run that are offered, the most certain mistakes first."""


def numbers(run: Run) -> dict[str, str]:
    """Return the numbers of the reviews that are offered, as a control shows them."""
    found = run.measured.mistakes[:MOST_SHOWN] if run.measured else ()
    return {str(number): str(number) for number in range(1, len(found) + 1)}


def pick(run: Run, number: str) -> Mistake:
    """Return a mistake by its number, 1 first. Raises IndexError where there is none of it."""
    assert run.measured is not None
    return run.measured.mistakes[int(number) - 1]


def verdict(run: Run, mistake: Mistake) -> str:
    """Return what the writer thought, and what the network says."""
    meant = "positive" if mistake.positive else "negative"
    return f"{WRITTEN[run.spec.corpus]} {meant}; {run.name} says: {percent(mistake.probability)} positive."


def read_part(run: Run, text: str) -> tuple[str, str]:
    """Return what of a review the network has not read, and what it has: its last words."""
    words, left = split_words(text), run.spec.max_tokens
    first = len(words)
    while first and left > 0:
        first -= 1
        left -= len(tokens_of(words[first], run.spec.pipeline))
    return " ".join(words[:first]), " ".join(words[first:])


def to_html(run: Run, mistake: Mistake) -> str:
    """Return the review as HTML in which every sign is only a sign; what was not read is faint.

    In one of our own reviews the word that decides is marked.
    """
    unread, read = read_part(run, mistake.text)
    faint = f'<span class="unread" title="not read">{escape(unread)}</span> ' if unread else ""
    shown = escape(read)
    if run.spec.corpus == "grammar":
        before, word, behind = (escape(part) for part in parts(read, run.spec.distance))
        shown = f"{before} <mark>{word}</mark> {behind}"
    return f'<blockquote class="review">{faint}{shown}</blockquote>'
