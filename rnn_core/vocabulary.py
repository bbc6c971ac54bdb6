"""A vocabulary: every known word has an index, the unknown word 0, padding 1.

The Report (table 4) keeps 0 for the unknown word; its code pads with 0 as well, which gives one index two
meanings, so here padding has its own. Left out: subwords, and counts, which only the builder needs.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from rnn_core.errors import InputError

UNKNOWN = 0
PADDING = 1
FIRST_WORD = 2
UNKNOWN_TOKEN = "<unk>"
PADDING_TOKEN = "<pad>"


@dataclass(frozen=True)
class Vocabulary:
    """Known words in order of index: word k of `words` has index k + 2.

    Raises InputError for an empty word, a word with white space, one that is there twice, or one that is
    no string. `len` counts the unknown word and padding, so it is the number of rows of an embedding.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the words, which may come out of a file."""
        for word in self.words:
            if not isinstance(word, str) or word.split() != [word]:
                raise InputError(f"a word of a vocabulary must be text without white space, got {word!r}")
        if len(self._index) != len(self.words):
            twice = Counter(self.words).most_common(1)[0][0]
            raise InputError(f"a vocabulary holds a word once, got {twice!r} twice")

    @cached_property
    def _index(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words, start=FIRST_WORD)}

    def __len__(self) -> int:
        return len(self.words) + FIRST_WORD

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """The index of every token, 0 for those that aren't known: int32, shape (T,)."""
        get = self._index.get
        return np.array([get(token, UNKNOWN) for token in tokens], dtype=np.int32)

    def decode(self, ids: Sequence[int] | np.ndarray) -> list[str]:
        """The words behind the indices, `<unk>` for 0, `<pad>` for 1. Raises InputError for any other index."""
        known = (UNKNOWN_TOKEN, PADDING_TOKEN, *self.words)
        for index in ids:
            if not 0 <= index < len(known):
                raise InputError(f"an index must be in 0 … {len(known) - 1}, got {index}")
        return [known[index] for index in ids]


def build_vocabulary(tokens: Counter[str] | Iterable[Iterable[str]], max_words: int, min_count: int = 1) -> Vocabulary:
    """The `max_words` most frequent words that occur at least `min_count` times; equal counts by alphabet.

    `tokens` is a Counter, or an iterable of texts that are cut into tokens. Raises InputError where
    `max_words` or `min_count` is below 1.
    """
    if max_words < 1 or min_count < 1:
        raise InputError(f"max_words and min_count must be at least 1, got {max_words} and {min_count}")
    counts = tokens if isinstance(tokens, Counter) else Counter(chain.from_iterable(tokens))
    frequent = [(word, count) for word, count in counts.items() if count >= min_count]
    frequent.sort(key=lambda item: (-item[1], item[0]))
    return Vocabulary(tuple(word for word, _ in frequent[:max_words]))
