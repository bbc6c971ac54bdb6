"""Film reviews that a grammar writes: one word decides, at a chosen distance from the end, and the rest is neutral.

    The hero lives in a small town. The music was dull. We saw it on Monday. They came by train.
                                              ^ 9 tokens before the last one

Good for seeing how far back a network remembers, and for training where the real reviews are not at hand. The
deciding words are the adjectives of the grammar's training part; nothing else in a review depends on the
label, because everything else is drawn before it. Tokens are those of `text_pipeline.MODEL_SPEC`; a pipeline that
takes stop words out shortens the distance. Left out: negation, contrast, a second opinion, and all that makes
real reviews hard.
"""

import random

from rnn_core.errors import InputError
from rnn_core.phrases import TRAIN, Part, fill

TRAINING_REVIEWS, TEST_REVIEWS = 4_000, 2_000
"""As many as there are: enough to learn from, and to measure accuracy to about half a percent."""

DECIDING_WORDS = {1: TRAIN.words["+adj"], 0: TRAIN.words["-adj"]}
"""By label. They are single tokens."""

_BEFORE = (9, 29)
"""Fewest and most tokens before the deciding word."""

# Every slot is filled by a single token, so that the length of a sentence is that of its pattern.
_NEUTRAL = Part(
    words={
        "thing": tuple(word for word in TRAIN.words["thing"] if " " not in word),
        "things": TRAIN.words["things"],
        "who": tuple(word for word in TRAIN.words["who"] if " " not in word),
        "person": ("teacher", "doctor", "farmer", "sailor", "nurse", "painter", "baker", "pilot", "lawyer", "singer"),
        "place": ("London", "Paris", "Texas", "Rome", "Canada", "Berlin", "Chicago", "India", "Dublin", "Tokyo"),
        "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "month": ("January", "April", "June", "July", "August", "October", "November", "December"),
        "number": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    },
    patterns={
        "sentences": (
            "{who} watched it",
            "{who} saw it",
            "it was raining",
            "the {thing} began",
            "{who} came by train",
            "it began at {number}",
            "{who} sat near them",
            "the {person} went home",
            "{who} saw it on {day}",
            "{who} read about the {thing}",
            "the {thing} is from {place}",
            "there were {number} other people",
            "the {thing} was made in {place}",
            "{who} talked with a {person} there",
            "{number} of the {things} follow later",
            "it opened here in late {month}",
            "the {thing} is about a {person} there",
            "{who} watched the {thing} {number} days ago",
            "the {things} are all set in {place}",
            "then the {person} goes away to {place}",
            "after that {who} walked home with the {person}",
            "the {person} meets a {person} on a train",
            "on {day} {who} took the bus to {place}",
            "this {thing} runs for {number} weeks in {place}",
            "in {month} {who} had read the book about it",
            "the {thing} tells of a {person} and a {person}",
            "{number} of us went to see it on {day}",
            "at the start a {person} moves there from {place}",
        ),
        "deciding": (
            "the {thing} was",
            "{who} found it",
            "the {thing} is",
            "to us it seemed",
            "{who} thought it was",
            "{who} found the {thing}",
            "{who} said the {things} were",
            "for me the {thing} was",
        ),
        "tails": ("overall", "today", "for me", "that evening", "to us", "this time"),
    },
)


def _by_length(category: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pattern in _NEUTRAL.patterns[category]:
        found.setdefault(len(pattern.split()), []).append(pattern)
    return found


_SENTENCES, _TAILS = _by_length("sentences"), {0: [""], **_by_length("tails")}
_SHORTEST = min(_SENTENCES)


def both_splits(count: int, distance: int, seed: int) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """`count` reviews to train on, `TRAINING_REVIEWS` at most, and `TEST_REVIEWS` to test on, negative ones first.

    No text is in both, and the test reviews are the same for every `count`. Raises InputError as `write` does.
    """
    written = write(TEST_REVIEWS + min(count, TRAINING_REVIEWS), distance, seed)
    train, test = written[TEST_REVIEWS:], written[:TEST_REVIEWS]
    return sorted(train, key=lambda review: review[1]), sorted(test, key=lambda review: review[1])


def write(count: int, distance: int, seed: int) -> list[tuple[str, int]]:
    """Different reviews with their labels, 1 for positive, in turn negative and positive.

    Each has exactly one deciding word, with `distance` tokens behind it (0: it is the last one), and 9 to 29 before
    it. Raises InputError for a `distance` below 0.
    """
    if distance < 0:
        raise InputError(f"the distance must be at least 0, got {distance}")
    rng = random.Random(seed)
    written: dict[str, int] = {}
    while len(written) < count:
        label = len(written) % 2
        before, after = _frame(distance, rng)
        text = _readable(f"{before} {rng.choice(DECIDING_WORDS[label])}{after}")
        written.setdefault(text, label)
    return list(written.items())


def _frame(distance: int, rng: random.Random) -> tuple[str, str]:
    """What stands before and behind the deciding word: sentences that end in full stops."""
    deciding = rng.choice(_NEUTRAL.patterns["deciding"])
    before = _sentences(rng.randint(*_BEFORE) - len(deciding.split()), rng)
    tail = rng.choice([length for length in _TAILS if _can_be_filled(distance - length)])
    after = _sentences(distance - tail, rng)
    end = f" {rng.choice(_TAILS[tail])}".rstrip() + "."
    return " ".join([*before, _filled(deciding, rng)]), " ".join([end, *after])


def _sentences(tokens: int, rng: random.Random) -> list[str]:
    """Neutral sentences of together so many tokens."""
    found = []
    while tokens:
        length = rng.choice([length for length in _SENTENCES if _can_be_filled(tokens - length)])
        found.append(_filled(rng.choice(_SENTENCES[length]), rng) + ".")
        tokens -= length
    return found


def _can_be_filled(tokens: int) -> bool:
    return tokens == 0 or tokens >= _SHORTEST


def _filled(pattern: str, rng: random.Random) -> str:
    return fill(pattern, True, _NEUTRAL, rng)


def _readable(text: str) -> str:
    """With capitals where English has them."""
    sentences = [f"{sentence[0].upper()}{sentence[1:]}" for sentence in text.split(". ")]
    return ". ".join(sentences).replace(" i ", " I ")
