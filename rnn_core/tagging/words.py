"""What a word looks like: its shape and its endings; where a sentence begins; and words out of a typed text.

Shapes and endings stand in for words that were never seen (Brants 2000, section 2.3; Weischedel et al. 1993).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

LONGEST_ENDING = 5
"""Letters of the longest ending that is looked at."""

_END_OF_SENTENCE = frozenset(".?!")
_DIGITS_ONLY = re.compile(r"[\d.,:/%$£€+-]+")
_DOTS = re.compile(r"\.{2,}$")
_OPENING = '“„«"`([{<‘¡¿'
_CLOSING = "”»\"')]}>,;:.?!…"


def shape(word: str, opens: bool) -> str:
    """Name the shape of a word; `opens` says that it opens a sentence, where a capital tells little."""
    if any(map(str.isdigit, word)):
        if _DIGITS_ONLY.fullmatch(word):
            return "digits"
        return "digits first" if word[0].isdigit() else "digits inside"
    if not any(map(str.isalpha, word)):
        return "no letters"
    if not word[0].isupper():
        case = "small letters"
    elif len(word) > 1 and word.isupper() and "." not in word:
        case = "all capitals"
    else:
        case = "capital at the start" if opens else "capital"
    return f"{case}, hyphen" if "-" in word[1:-1] else case


def features(word: str, opens: bool) -> Iterator[str]:
    """Yield what an unknown word is known by, the finest first: its shape with shorter and shorter endings."""
    name, small = shape(word, opens), word.lower()
    for length in range(min(LONGEST_ENDING, len(small)), 0, -1):
        yield f"{name}|{small[-length:]}"
    yield name


def shortened(feature: str) -> str:
    """Return the feature that is coarser by a letter: "capital|thy" gives "capital|hy", and "capital|y" "capital"."""
    name, _, ending = feature.partition("|")
    return f"{name}|{ending[1:]}" if len(ending) > 1 else name if ending else ""


def spellings(word: str, opens: bool) -> tuple[str, ...]:
    """Return the spellings under which a word is looked up, the one that is written first.

    "THE" may be "the", and "i" and "john" are more often "I" and "John"; a capital that opens a sentence says little.
    """
    small = word.lower()
    if word != small:
        return (word, small) if opens or word.isupper() else (word,)
    return (word, word.capitalize()) if word != word.capitalize() else (word,)


def opens_of(words: Sequence[str]) -> list[bool]:
    """Tell of every word whether it opens a sentence: nothing but punctuation stands between it and the start."""
    found, opens = [], True
    for word in words:
        found.append(opens)
        if word in _END_OF_SENTENCE:
            opens = True
        elif opens and any(map(str.isalnum, word)):
            opens = False
    return found


def split_text(text: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """Cut a typed text into words as the Brown corpus does.

    White space divides; punctuation at either end of a word stands alone. Kept whole are contractions and
    possessives ("don't", "Ann's"), hyphens, numbers ("$3.50"), and abbreviations that `known` knows with
    their full stop ("Mr.", "U.S."). Curly quotation marks become the corpus's `` and '', and dashes its --.
    """
    clean = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    clean = re.sub(r"\s*(?:—|–|--+)\s*", " -- ", clean).replace("’", "'")
    return tuple(word for piece in clean.split() for word in _pieces(piece, known))


def _pieces(piece: str, known: Callable[[str], bool]) -> Iterator[str]:
    """Cut punctuation off both ends of a piece without white space."""
    if piece == "--":
        yield piece
        return
    begin, end = 0, len(piece)
    while begin < end and piece[begin] in _OPENING and not known(piece[begin:end]):
        yield {"“": "``", '"': "``", "„": "``", "«": "``"}.get(piece[begin], piece[begin])
        begin += 1
    after: list[str] = []
    while end > begin and piece[end - 1] in _CLOSING and not _whole(piece[begin:end], known):
        dots = _DOTS.search(piece, begin, end)
        mark = dots.group() if dots else piece[end - 1]
        after.append({"”": "''", '"': "''", "»": "''"}.get(mark, mark))
        end -= len(mark)
    if end > begin:
        yield piece[begin:end]
    yield from reversed(after)


def _whole(word: str, known: Callable[[str], bool]) -> bool:
    """Whether the mark at the end of a word belongs to it: "Mr.", "boys'"."""
    return known(word) or word.endswith("s'")
