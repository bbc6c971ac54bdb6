"""Reviews that a network has read wrong, to read."""

from html import escape

from rnn_core.race.sentences import percent
from rnn_core.runs import Mistake, Run
from rnn_core.text_pipeline import split_words, tokens_of

ORDER = "The most certain mistakes first. Read them before you blame the network: people label reviews wrongly, too."

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
    return f"Its writer rated the film as {meant}; {run.name} says: {percent(mistake.probability)} positive."


def read_part(run: Run, text: str) -> tuple[str, str]:
    """Return what of a review the network has not read, and what it has: its last words."""
    words, left = split_words(text), run.spec.max_tokens
    first = len(words)
    while first and left > 0:
        first -= 1
        left -= len(tokens_of(words[first], run.spec.pipeline))
    return " ".join(words[:first]), " ".join(words[first:])


def to_html(run: Run, mistake: Mistake) -> str:
    """Return the review as HTML in which every sign is only a sign; what was not read is faint."""
    unread, read = read_part(run, mistake.text)
    faint = f'<span class="unread" title="not read">{escape(unread)}</span> ' if unread else ""
    return f'<blockquote class="review">{faint}{escape(read)}</blockquote>'
