"""What is read out of a box that wants numbers, and what is said of what can't be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.errors import InputError
from rnn_core.parsing import parse_matrix, parse_number, parse_whole, write_matrix


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), (" +7 ", 7), ("−3", -3), ("1,000,000", 1_000_000), ("1 000", 1000), ("1\u202f000", 1000), ("007", 7)],
)
def test_whole_numbers(text, value):
    assert parse_whole("n", text, -10, 10**6) == value


@pytest.mark.parametrize("text", ["", " ", "abc", "1.5", "1e3", "1,00", "٣", "²", "9" * 40, "--1", "1 2", "<b>", "🙂"])
def test_no_whole_number(text):
    with pytest.raises(InputError, match="n must be a whole number from 0 to 1,000, got"):
        parse_whole("n", text, 0, 1000)


def test_sentences_name_the_limits_and_what_was_typed():
    with pytest.raises(InputError, match=r"^n must be a whole number from 1 to 8, got 9\.$"):
        parse_whole("n", "9", 1, 8)
    with pytest.raises(InputError, match=r"got “abc”\.$"):
        parse_whole("n", "abc", 1, 8)
    with pytest.raises(InputError, match=r"got nothing\.$"):
        parse_whole("n", "", 1, 8)
    with pytest.raises(InputError, match="…”"):
        parse_whole("n", "x" * 1000, 1, 8)
    with pytest.raises(InputError, match=r"^rate must be a number from 0\.001 to 10, got 20\.$"):
        parse_number("rate", "20", 0.001, 10)


@given(st.floats(-1e6, 1e6))
def test_numbers_survive_their_writing(value):
    assert parse_number("a", repr(value), -1e6, 1e6) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "-Infinity", "1e999", "1_000", "0x1", "1,5", "one"])
def test_no_number(text):
    with pytest.raises(InputError, match="a must be a number from"):
        parse_number("a", text, -10, 10)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(st.integers(-9999, 9999), min_size=width, max_size=width), min_size=1)
    )
)
def test_a_matrix_survives_its_writing(whole):
    matrix = tuple(tuple(value / 10_000 for value in row) for row in whole)
    assert parse_matrix("W", write_matrix(matrix), len(matrix), len(matrix[0])) == matrix
    assert parse_matrix("W", write_matrix(matrix), None, None) == matrix


@pytest.mark.parametrize(
    "text", ["1 2\n3 4", "1,2;3,4", "[[1, 2], [3, 4]]", "[[1. 2.]\n [3. 4.]]", "1\t2\r\n3\t4\n\n", "((1, 2), (3, 4))"]
)
def test_ways_to_write_a_matrix(text):
    assert parse_matrix("W", text, 2, 2) == ((1.0, 2.0), (3.0, 4.0))


@pytest.mark.parametrize(
    ("text", "shape", "says"),
    [
        ("1 2 3", (2, 2), r"^W must have 2 rows of 2 numbers, got 1 row of 3\.$"),
        ("1 2\n3", (2, 2), r"got 2 rows of 1 or 2\.$"),
        ("", (1, 1), r"^W must have 1 row of 1 number, got 0 rows of 0\.$"),
        ("", (None, None), r"rows of one length, got 0 rows of 0\.$"),
        ("1 2\n3", (None, None), r"rows of one length, got 2 rows of 1 or 2\.$"),
        ("1 2\n3 4", (None, 3), r"rows of 3 numbers, got 2 rows of 2\.$"),
        ("1 2", (2, None), r"2 rows in rows of one length, got 1 row of 2\.$"),
        ("1 x", (1, 2), r"^W must hold numbers, got “x”\.$"),
        ("1 nan", (1, 2), "got “nan”"),
        ("1 1e4", (1, 2), r"from −1000 to 1000, got 10000\.$"),
    ],
)
def test_what_is_no_matrix(text, shape, says):
    with pytest.raises(InputError, match=says):
        parse_matrix("W", text, *shape)
