"""No row is lost to a quote without a word: lines are counted, and where they differ from rows quotes are looked at."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.errors import DataError
from riskmodel.tables import _records
from riskmodel.tables._watch import Watched, check_quotes, check_rows, watched

CELL = st.text('x1,"\n ', max_size=5)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "loans.csv"


def looked_at(path, content):
    path.write_bytes(content)
    with path.open("rb") as stream:
        return watched(path, stream)


def reopened(content):
    return lambda: io.BytesIO(content)


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"a\n1\n2\n", 3), (b"a\n1\n2", 3), (b"a", 1), (b"a\n\n", 2), (b'a\n"1\n2"\n', 3)],
)
def test_lines_are_counted_the_last_one_too(path, content, lines):
    assert looked_at(path, content).lines == lines


@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_the_blocks_it_reads_change_nothing(path, block, monkeypatch):
    content = b'a,b\n1,"x"\n22,y\n3,z'
    whole = looked_at(path, content)
    monkeypatch.setattr(_records, "BLOCK_BYTES", block)
    assert looked_at(path, content) == whole
    assert whole.lines == 4
    assert whole.quotes


def test_quotes_are_seen_wherever_they_stand(path):
    assert not looked_at(path, b"a,b\n1,2\n").quotes
    assert looked_at(path, b'a,b\n1,2"').quotes


@pytest.mark.parametrize("content", [b"a\n1\n\0", b"a\n\0\n2\n", b"\0"])
def test_nul_bytes_are_refused(path, content):
    with pytest.raises(DataError, match="NUL"):
        looked_at(path, content)


def test_nothing_is_read_again_without_quotes_or_where_lines_agree(path):
    def never():
        raise AssertionError

    check_rows(path, Watched(9, quotes=False, longest=1), 3, ",", never)
    check_rows(path, Watched(4, quotes=True, longest=1), 3, ",", never)


def test_a_quote_that_swallowed_rows_is_told_by_its_line(path):
    content = b'a,b\n1,x\n2,"y\n3,z\n4,u\n'
    with pytest.raises(DataError) as refusal:
        check_rows(path, Watched(5, quotes=True, longest=1), 2, ",", reopened(content))
    assert str(refusal.value) == f"{path}: a quote is not closed where it should be, from line 3 on"


def test_a_quote_in_the_middle_of_a_value_is_told_too(path):
    with pytest.raises(DataError, match="from line 2 on"):
        check_quotes(path, ",", reopened(b'a,b\n1,"x"y\n'))


def test_rows_that_a_reader_lost_are_told_by_count(path):
    content = b'a,b\n1,"x\ny"\n2,z\n'
    check_rows(path, Watched(4, quotes=True, longest=1), 2, ",", reopened(content))
    with pytest.raises(DataError) as refusal:
        check_rows(path, Watched(4, quotes=True, longest=1), 1, ",", reopened(content))
    assert str(refusal.value) == f"{path}: must have as many rows as lines with quotes say (2), however: 1"


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=40)
def test_what_python_writes_has_the_rows_it_wrote(rows, delimiter):
    whole = io.StringIO(newline="")
    writer = csv.writer(whole, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    assert check_quotes("x", delimiter, reopened(whole.getvalue().encode())) == len(rows)


def test_blank_lines_are_no_records(path):
    assert check_quotes(path, ",", reopened(b"a\n\n1\n\n\n2\n")) == 2
    assert check_quotes(path, ",", reopened(b"")) == -1
