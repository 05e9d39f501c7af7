"""The first line of a CSV names its columns; what parts them is what parts every row alike."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import DataError
from riskmodel.tables._layout import DELIMITERS, layout_of

CELLS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=6)


def layout(content, path="loans.csv"):
    return layout_of(path, lambda: io.BytesIO(content))


@pytest.mark.parametrize("delimiter", DELIMITERS)
@given(st.data())
def test_what_python_writes_is_taken_apart_again(delimiter, data):
    width = data.draw(st.integers(2, 5))
    letters = st.text(st.sampled_from("abcxyz 019.'"), min_size=1, max_size=5)
    rows = data.draw(st.lists(st.lists(letters, min_size=width, max_size=width), min_size=2, max_size=6))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    read = layout(text.getvalue().encode())
    assert (list(read.names), read.delimiter) == (rows[0], delimiter)


def test_a_delimiter_inside_quotes_parts_nothing():
    read = layout(b'"a;1";"b;2"\n"x,y";"z,z"\n')
    assert (read.names, read.delimiter) == (("a;1", "b;2"), ";")


def test_one_that_parts_every_row_is_preferred_to_one_that_parts_some():
    read = layout(b"a;b\n1,5;2\n3;4\n")
    assert (read.names, read.delimiter) == (("a", "b"), ";")


def test_the_one_that_parts_into_the_most_is_taken():
    assert layout(b"a,b;c,d;e,f\n1,2;3,4;5,6\n").delimiter == ","


def test_where_two_part_alike_nobody_guesses():
    with pytest.raises(DataError, match="a comma and a semicolon both part every row into 2"):
        layout(b"a;b,c\n1;2,3\n")


def test_ragged_rows_are_left_for_the_parser_to_tell():
    read = layout(b"a,b,c\n1,2,3\n1,2\n")
    assert (read.names, read.delimiter) == (("a", "b", "c"), ",")


def test_a_mark_of_order_and_blank_lines_before_the_header_are_no_part_of_it():
    assert layout(b"\xef\xbb\xbfa,b\n1,2\n").names == ("a", "b")
    assert layout(b"\n\r\na,b\n1,2\n").names == ("a", "b")


def test_one_column_is_a_table():
    assert layout(b"a\n1\n2\n").names == ("a",)


@pytest.mark.parametrize("content", [b"\n", b"\r\n\r\n", b"\n\n\n"])
def test_blank_lines_are_no_header(content):
    with pytest.raises(DataError, match="must have a header, however: nothing but blank lines"):
        layout(content)


def test_a_header_in_another_encoding_is_refused():
    with pytest.raises(DataError, match="must be UTF-8, however: its header is not utf-8"):
        layout("größe,b\n1,2\n".encode("latin-1"))


def test_a_header_may_have_any_letter_of_utf8():
    assert layout("größe,日本\n1,2\n".encode()).names == ("größe", "日本")
