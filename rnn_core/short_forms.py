"""Short forms and what they stand for: *u* → *you*, *don't* → *do not*.

The second step of the text pipeline (the Report, section 4.2.2, "handling abbreviations"); the list is ours.
Only what means one thing is in it. Left out: what dictionaries list as a word of its own (*gonna*), and
what has two meanings (*ur*, *bc*, *r*).
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType

from rnn_core.stop_words import CONTRACTED_STEMS

ABBREVIATIONS: Mapping[str, str] = MappingProxyType(
    {
        "abt": "about",
        "afaik": "as far as i know",
        "b4": "before",
        "bcoz": "because",
        "bcuz": "because",
        "becuz": "because",
        "btw": "by the way",
        "coz": "because",
        "cuz": "because",
        "fav": "favorite",
        "fyi": "for your information",
        "gr8": "great",
        "idk": "i do not know",
        "iirc": "if i recall correctly",
        "imho": "in my humble opinion",
        "imo": "in my opinion",
        "l8r": "later",
        "luv": "love",
        "m8": "mate",
        "nvm": "never mind",
        "obvs": "obviously",
        "ofc": "of course",
        "omg": "oh my god",
        "pls": "please",
        "plz": "please",
        "ppl": "people",
        "rly": "really",
        "srsly": "seriously",
        "sry": "sorry",
        "tbh": "to be honest",
        "thanx": "thanks",
        "tho": "though",
        "thru": "through",
        "thx": "thanks",
        "tmrw": "tomorrow",
        "u": "you",
        "vs": "versus",
        "w/o": "without",
        "yrs": "years",
    }
)

# "can't" is "can" + "n't" with one n; the others whose stem is not simply what stands before "n't":
_STEMS = {"ain": "is", "can": "can", "shan": "shall", "won": "will"}
_LONG_NEGATIONS = {stem: f"{_STEMS.get(stem, stem[:-1])} not" for stem in CONTRACTED_STEMS}
# "wont" is left out: it is a word ("as is his wont").
_NEGATIONS: Mapping[str, str] = {
    "cannot": "can not",
    **{f"{stem}'t": long for stem, long in _LONG_NEGATIONS.items()},
    **{f"{stem}t": long for stem, long in _LONG_NEGATIONS.items() if stem != "won"},
}

_APOSTROPHES = "['’‘ʼ´`\x92]"


@lru_cache(maxsize=8)
def short_form_rule(
    abbreviations: bool, negations: bool, *, ignore_case: bool
) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    """The pattern that finds short forms in a text, and the rule that writes a match out.

    `abbreviations` takes those of `ABBREVIATIONS`, `negations` the *n't* forms, also those without an
    apostrophe that are no word of their own. Lower-case text needs no `ignore_case`, and is faster.
    """
    # Not inside a longer name (U-571, u.s., AT&u), nor at the start of a tag.
    branches = []
    if abbreviations:
        branches.append(rf"(?<![\w.&<-])(?<!</)(?:{_any_of(ABBREVIATIONS)})(?![\w-]|\.\w)")
    if negations:
        branches.append(rf"(?<![\w<])(?<!</)(?:{_any_of(_NEGATIONS)})(?!\w)")
    pattern = re.compile("|".join(branches) or r"(?!)", re.IGNORECASE if ignore_case else 0)
    apostrophe = re.compile(_APOSTROPHES)
    long_forms = {**(ABBREVIATIONS if abbreviations else {}), **(_NEGATIONS if negations else {})}

    def expand(match: re.Match[str]) -> str:
        return long_forms[apostrophe.sub("'", match[0].lower())]

    return pattern, expand


def _any_of(words: Mapping[str, str]) -> str:
    """A pattern for any of the words, grouped by first letter: twice as fast as one flat list."""
    groups = (
        f"{first}(?:{'|'.join(re.escape(word[1:]) for word in sorted(group, key=len, reverse=True))})"
        for first, group in groupby(sorted(words), key=lambda word: word[0])
    )
    return "|".join(groups).replace("'", _APOSTROPHES)
