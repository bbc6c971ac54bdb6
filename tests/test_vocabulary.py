from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.errors import InputError
from rnn_core.vocabulary import PADDING, UNKNOWN, Vocabulary, build_vocabulary

WORDS = st.text(alphabet="abcdeé", min_size=1, max_size=3)


def test_table_4_of_the_report_with_padding_of_its_own() -> None:
    words = Vocabulary(("acting", "good", "movie"))
    assert (UNKNOWN, PADDING) == (0, 1)
    assert words.encode(["good", "acting", "plot", "movie"]).tolist() == [3, 2, 0, 4]
    assert words.decode([0, 1, 2, 3, 4]) == ["<unk>", "<pad>", "acting", "good", "movie"]
    assert len(words) == 5
    assert "good" in words
    assert "plot" not in words
    assert "<unk>" not in words


def test_encoding_is_int32_also_of_nothing() -> None:
    ids = Vocabulary(("a",)).encode([])
    assert ids.dtype == np.int32
    assert ids.shape == (0,)


def test_most_frequent_first_then_by_alphabet() -> None:
    texts = [["b", "a", "c"], ["c", "b", "d"], ["c"]]
    assert build_vocabulary(texts, 10).words == ("c", "b", "a", "d")
    assert build_vocabulary(texts, 3).words == ("c", "b", "a")
    assert build_vocabulary(texts, 10, min_count=2).words == ("c", "b")
    assert build_vocabulary([], 10).words == ()


@given(st.lists(st.lists(WORDS)), st.integers(1, 8), st.randoms(use_true_random=False))
def test_order_of_the_texts_does_not_matter_and_counter_equals_lists(texts, size, random) -> None:
    counts = Counter(token for text in texts for token in text)
    shuffled = random.sample(texts, len(texts))
    built = build_vocabulary(texts, size)
    assert built == build_vocabulary(counts, size) == build_vocabulary(shuffled, size)
    kept = [counts[word] for word in built.words]
    assert kept == sorted(counts.values(), reverse=True)[:size]


@given(st.lists(WORDS, unique=True), st.lists(WORDS))
def test_decode_inverts_encode(words, tokens) -> None:
    vocabulary = Vocabulary(tuple(words))
    ids = vocabulary.encode(tokens)
    assert vocabulary.decode(ids) == [token if token in words else "<unk>" for token in tokens]


@pytest.mark.parametrize("words", [("",), ("a b",), ("a", "b", "a"), (3,), (" a",), ("\n",)])
def test_refuses_words_that_are_none(words) -> None:
    with pytest.raises(InputError, match="vocabulary"):
        Vocabulary(words)


@pytest.mark.parametrize("index", [-1, 3, 10**6])
def test_refuses_indices_outside(index) -> None:
    with pytest.raises(InputError, match=r"0 … 2"):
        Vocabulary(("a",)).decode([0, index])


@pytest.mark.parametrize(("max_words", "min_count"), [(0, 1), (-1, 1), (5, 0)])
def test_refuses_sizes_below_one(max_words, min_count) -> None:
    with pytest.raises(InputError, match="at least 1"):
        build_vocabulary([["a"]], max_words, min_count)


def test_equal_vocabularies_are_equal_and_hashable() -> None:
    first, second = Vocabulary(("a", "b")), Vocabulary(("a", "b"))
    assert "a" in first  # builds the index of one of them
    assert first == second
    assert hash(first) == hash(second)
