"""Short phrases with a known verdict: a small grammar for training and three sets to measure with.

People type "not bad", not whole reviews. A network that has read only reviews meets a lone "not" so
rarely that it takes the nearest sentiment word at its face. The grammar below writes such phrases:
a pattern with slots, and a list of words for every slot.

    "i did not find it {-adj}"      {+adj}  a word that agrees with the verdict of the phrase
                                    {-adj}  a word that speaks against it ("not bad" is praise)

It has three parts that share neither sentiment words nor patterns:

* `train` is mixed into the training batches;
* `development` is what recipes and patterns were chosen by;
* `held_out` is only measured. What its words mean a network can know from the reviews alone.

Function words (not, never, but, started, ended) are shared: they are what is to be learnt. Beside the
grammar stands `HAND_WRITTEN`, natural phrases that no pattern made.

Left out on purpose: irony, comparison ("better than the book"), double negation beyond "not without",
and anything that needs to know the world. Source: our own; the idea of testing by templates is that
of CheckList (Ribeiro et al. 2020).
"""

import random
import re
from collections.abc import Mapping

from rnn_core.errors import InputError
from rnn_core.phrases.hand_written import HAND_WRITTEN
from rnn_core.phrases.measuring_parts import DEVELOPMENT, HELD_OUT
from rnn_core.phrases.parts import Part, Phrase
from rnn_core.phrases.training_part import TRAIN

__all__ = [
    "DEVELOPMENT",
    "HAND_WRITTEN",
    "HELD_OUT",
    "PARTS",
    "TRAIN",
    "Part",
    "Phrase",
    "fill",
    "measuring_set",
    "sample",
    "sentiment_words",
]

PARTS: Mapping[str, Part] = {"train": TRAIN, "development": DEVELOPMENT, "held_out": HELD_OUT}


def fill(pattern: str, positive: bool, part: Part, rng: random.Random) -> str:
    """Write one phrase: every slot of `pattern` gets a word of `part`, chosen by `rng`.

    A word is used once in a phrase as long as there are others, and "a" becomes "an" where English wants it.
    """
    used: set[str] = set()

    def choose(slot: re.Match[str]) -> str:
        name = slot[1]
        if name[0] in "+-":
            agrees = (name[0] == "+") == positive
            name = ("+" if agrees else "-") + name[1:]
        fresh = [word for word in part.words[name] if word not in used] or list(part.words[name])
        word = rng.choice(fresh)
        used.add(word)
        return word

    text = re.sub(r"\{([+-]?\w+)\}", choose, pattern)
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def sample(part: Part, count: int, rng: random.Random) -> list[Phrase]:
    """`count` phrases by chance: pattern, verdict and words are drawn evenly, a frame and asides put to them.

    Up to three asides land between any two words, so that what belongs together doesn't always stand together.
    """
    patterns = [(category, pattern) for category, listed in part.patterns.items() for pattern in listed]
    phrases = []
    for _ in range(count):
        category, pattern = rng.choice(patterns)
        positive = rng.random() < 0.5
        frame = rng.choice(part.frames).replace("{phrase}", fill(pattern, positive, part, rng))
        spoken = fill(frame, positive, part, rng).split(" ")
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3)) if part.asides else 0):
            spoken.insert(rng.randrange(len(spoken) + 1), rng.choice(part.asides))
        phrases.append(Phrase(" ".join(spoken), positive, category))
    return phrases


def sentiment_words(part: Part) -> tuple[str, ...]:
    """The words of a part that carry its verdicts, those inside phrases ("work of art") one by one; sorted."""
    slots = (words for slot, words in part.words.items() if slot[0] in "+-")
    return tuple(sorted({word for words in slots for phrase in words for word in phrase.split()}))


def measuring_set(name: str, per_pattern: int = 10, seed: int = 0) -> tuple[Phrase, ...]:
    """The fixed phrases of a part ("development", "held_out", …): every pattern `per_pattern` times for each verdict.

    "hand_written" gives the list written by hand. Raises `InputError` for any other name.
    """
    if name == "hand_written":
        return HAND_WRITTEN
    if name not in PARTS:
        raise InputError(
            f"there is no set of phrases named {name!r}; choose from {', '.join((*PARTS, 'hand_written'))}"
        )
    part, rng = PARTS[name], random.Random(seed)
    return tuple(
        Phrase(fill(pattern, positive, part, rng), positive, category)
        for category, patterns in part.patterns.items()
        for pattern in patterns
        for positive in (True, False)
        for _ in range(per_pattern)
    )
