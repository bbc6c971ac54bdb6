"""The twelve universal tags, with plain names and examples.

Petrov, Das & McDonald (2012), section 2. They are coarse on purpose, so that one set serves many languages.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tag:
    """One part of speech.

    Attributes:
        code: as in the literature.
        name: in plain words.
        phrase: as what a word is taken for.
        examples: a few words that can have it.

    """

    code: str
    name: str
    phrase: str
    examples: str


TAGS = (
    Tag("NOUN", "noun", "a noun", "time, city, Mary"),
    Tag("VERB", "verb", "a verb", "is, run, written"),
    Tag("ADJ", "adjective", "an adjective", "old, new, second"),
    Tag("ADV", "adverb", "an adverb", "very, now, quickly"),
    Tag("PRON", "pronoun", "a pronoun", "she, it, mine"),
    Tag("DET", "determiner", "a determiner", "the, a, every"),
    Tag("ADP", "preposition", "a preposition", "of, under, because"),
    Tag("NUM", "number", "a number", "two, 1961, 5.3"),
    Tag("CONJ", "conjunction", "a conjunction", "and, or, but"),
    Tag("PRT", "particle", "a particle", "to, up, off"),
    Tag("X", "other", "something else", "foreign words: tout, monde"),
    Tag(".", "punctuation", "punctuation", ". , ; ?"),
)
"""In the order in which every table and picture shows them."""

CODES = tuple(tag.code for tag in TAGS)
NAMES = tuple(tag.name for tag in TAGS)
INDEX = {code: index for index, code in enumerate(CODES)}
