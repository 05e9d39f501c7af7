"""The line of a CSV that cannot be read: the first one, by its line in the file, without what stands there."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import privacy
from riskmodel.tables._faults import first_fault

NULLS = {"age": ("", "NA")}


@pytest.fixture(autouse=True)
def values_are_hidden():
    before = privacy.shows_values()
    privacy.show_values(allowed=False)
    yield
    privacy.show_values(before)


def fault(content, numbers=NULLS, delimiter=","):
    return first_fault(io.BytesIO(content), delimiter, numbers)


@pytest.mark.parametrize("cell", ["1", " -2.5 ", "+1e5", ".5", "3.", "true", "FALSE", "", "NA", " NA "])
def test_what_a_column_of_numbers_may_hold(cell):
    assert fault(f"age,job\n{cell},x\n".encode()) is None


@pytest.mark.parametrize("cell", ["x", "1,5", "1e", ".", "0x10", "na", "1 2", "--1"])
def test_anything_else_is_told_with_line_and_column_but_not_itself(cell):
    content = f'age;job\n1;x\n"{cell}";x\n'.encode()
    found = fault(content, delimiter=";")
    assert found is not None
    start = f"line 3: column 'age' must be a number, however: a text of {len(cell)} letters (--show-values shows it); "
    assert found.startswith(start)
    assert found.endswith("in data.nulls; commands take --null")


def test_a_value_is_shown_where_that_is_allowed_and_cut():
    privacy.show_values()
    assert f"however: '{'x' * 30}'; a TOML" in fault(b"age\n" + b"x" * 100 + b"\n")


def test_other_columns_may_hold_what_they_like():
    assert fault(b"age,job\n1,x\n2,0x10\n") is None
    assert fault(b"job\nx\n", {}) is None


@pytest.mark.parametrize(("record", "fields"), [("1", 1), ("1,2,3", 3), ("1,2,", 3)])
def test_a_record_has_as_many_fields_as_the_header(record, fields):
    assert fault(f"age,job\n1,x\n{record}\n".encode()) == (
        f"line 3: must have 2 fields, as the header has, however: {fields}"
    )


def test_bytes_that_are_no_text_are_told_by_their_column():
    assert fault(b"age,job\n1,x\n2,M\xfcller\n") == (
        "line 3: column 'job' must be UTF-8, however: a text of 6 letters (--show-values shows it)"
    )
    assert fault("age,job\n1,Müller\n".encode()) is None


def test_the_first_fault_is_told_and_blank_lines_count_as_lines():
    assert fault(b"age,job\n\n\n1\nx,y\n").startswith("line 4: must have 2 fields")
    assert fault(b"age,job\n\n1,x\n\n") is None


def test_a_record_of_several_lines_is_called_by_its_first():
    assert fault(b'age,job\n1,"a\nb\nc"\nx,"d\ne"\n').startswith("line 5: column 'age'")


def test_a_mark_of_byte_order_is_no_part_of_a_name():
    assert fault(b"\xef\xbb\xbfage\nx\n").startswith("line 2: column 'age' must be a number")


@pytest.mark.parametrize("content", [b"", b"age\n", b"\n"])
def test_where_there_are_no_rows_nothing_is_wrong(content):
    assert fault(content) is None


@given(
    st.lists(st.tuples(st.sampled_from(["1", "2.5", "NA"]), st.text('a,"\n ', max_size=4)), max_size=8),
    st.integers(0, 7),
)
@settings(max_examples=40)
def test_the_line_is_where_the_record_begins_in_the_text(rows, place):
    """What precedes the faulty record has one line break less than its line's number."""
    whole = io.StringIO(newline="")
    writer = csv.writer(whole, lineterminator="\n")
    writer.writerow(["age", "job"])
    writer.writerows(rows[:place])
    line = whole.getvalue().count("\n") + 1
    writer.writerow(["bad", "x"])
    writer.writerows(rows[place:])
    assert fault(whole.getvalue().encode()).startswith(f"line {line}: column 'age'")
