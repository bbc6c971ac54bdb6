"""What is read out of a box that wants numbers, and what is said of what can't be."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.errors import InputError
from rnn_core.parsing import (
    fit_rows,
    normalise_rows,
    parse_distributions,
    parse_matrix,
    parse_names,
    parse_number,
    parse_whole,
    visible,
    write_matrix,
    write_rows,
)


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


@pytest.mark.parametrize("text", ["rain, sun", " rain ,sun,", "rain;sun", "rain\nsun\n"])
def test_names(text):
    assert parse_names("The states", text, 1, 6) == ("rain", "sun")


def test_names_hold_no_sign_that_nobody_sees():
    assert parse_names("The states", "\u202erain\u202c, s\x00un", 1, 6) == ("rain", "sun")
    assert parse_names("The states", "light\train, \u05d0", 1, 6) == ("light rain", "\u05d0")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "be 1 to 3 names, apart by commas, got 0 names"),
        ("a,b,c,d", "got 4 names"),
        ("a,,b", "got an empty one"),
        ("a,b,a", "“a” stands there twice"),
        ("a," + "x" * 17, "at most 16 characters"),
    ],
)
def test_names_that_cannot_be_read(text, complaint):
    with pytest.raises(InputError, match=f"^The states must .*{complaint}"):
        parse_names("The states", text, 1, 3)


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=2, max_size=2))
def test_normalised_rows_are_distributions(rows):
    read = parse_distributions("A", normalise_rows(write_rows(rows)), ("rain", "sun"), 3)
    for row, typed in zip(read, rows, strict=True):
        assert sum(row) == pytest.approx(1, abs=1e-12)
        assert row == pytest.approx([value / sum(typed) for value in typed], abs=2e-3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0.7,0.3;0.4,0.5", "The row “sun” of A sums to 0.9: it must sum to 1."),
        ("1.7,-0.7;0.4,0.6", "The row “rain” of A holds −0.7: a probability can't be negative."),
        ("0.7,0.3", "A must have 2 rows of 2 numbers, got 1 row of 2."),
        ("0.7,x;1,0", "A must hold numbers, got “x”."),
    ],
)
def test_rows_that_are_no_distributions(text, complaint):
    with pytest.raises(InputError) as caught:
        parse_distributions("A", text, ("rain", "sun"), 2)
    assert str(caught.value) == complaint


def test_a_single_row_is_called_by_the_name_of_its_table():
    with pytest.raises(InputError, match=r"^The start sums to 0\.5: it must sum to 1\.$"):
        parse_distributions("The start", "0.2,0.3", ("",), 2)


def test_a_row_that_is_nearly_1_is_made_1():
    assert parse_distributions("A", "0.333,0.333,0.333", ("a",), 3) == ((1 / 3, 1 / 3, 1 / 3),)


def test_rows_that_cannot_be_normalised_stay():
    assert normalise_rows("0,0;-1,2;3,1") == "0,0;-1,2;0.75,0.25"


@pytest.mark.parametrize(
    ("text", "rows", "columns", "fitted"),
    [
        ("0.7,0.3;0.4,0.6", 3, 3, "0.7,0.3,0;0.4,0.6,0;0.3333,0.3333,0.3333"),
        ("0.5,0.25,0.25;0,0,1;1,0,0", 2, 2, "0.6667,0.3333;0.5,0.5"),
        ("0.7,0.3;0.4,0.6", 1, 1, "1"),
        ("no table", 2, 2, "0.5,0.5;0.5,0.5"),
    ],
)
def test_a_table_is_fitted_to_another_shape(text, rows, columns, fitted):
    assert fit_rows(text, rows, columns) == fitted


def test_the_hidden_signs_are_those_of_unicode():
    turns = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    for code in range(sys.maxunicode + 1):
        sign = chr(code)
        is_hidden = unicodedata.category(sign) in ("Cc", "Cs") or unicodedata.bidirectional(sign) in turns
        assert visible(sign) == ("" if is_hidden and not sign.isspace() else sign)
