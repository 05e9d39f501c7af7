"""A CSV that is cut into stretches has the rows that Python's own reader finds in the whole."""

import csv
import hashlib
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.batch import delimited
from riskmodel.batch.input_manifest import File, Stamp
from riskmodel.errors import DataError

NAMES = ("a", "b", "c")
VALUES = st.text(st.sampled_from('x1,"\n\té '), max_size=6).filter(lambda text: text == text.strip() or '"' in text)


def written(rows, newline, *, last, blank):
    whole = io.StringIO(newline="")
    writer = csv.writer(whole, lineterminator=newline, quoting=csv.QUOTE_MINIMAL)
    for i, row in enumerate([NAMES, *rows]):
        writer.writerow(row)
        if i and blank:
            whole.write(newline)
    text = whole.getvalue()
    return (text if last else text.removesuffix(newline)).encode()


def spans_of(path, block, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", block)
    return delimited.looked_at(path, len(NAMES))


def read_back(path, spans):
    types = pa.schema([(name, pa.string()) for name in NAMES])
    file = File(path, path.name, "csv", Stamp.of(path), spans, types, {}, NAMES)
    return [
        tuple(row.values())
        for span in spans
        for row in delimited.parsed(file, delimited.read(file, span), span.rows).to_pylist()
    ]


@given(
    rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12),
    newline=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    blank=st.booleans(),
    block=st.integers(1, 60),
)
@settings(deadline=None, max_examples=150)
def test_no_row_is_lost_wherever_it_is_cut(tmp_path_factory, rows, newline, last, blank, block):  # noqa: PLR0917
    path = tmp_path_factory.getbasetemp() / "cut.csv"
    content = written(rows, newline, last=last, blank=blank)
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        spans, sha256 = spans_of(path, block, patch)
    assert sha256 == hashlib.sha256(content).hexdigest()
    found = [tuple(v or "" for v in row) for row in read_back(path, spans)]
    due = [tuple(row) for row in csv.reader(io.StringIO(content.decode(), newline="")) if row][1:]
    assert [tuple(v.replace("\r\n", "\n") for v in row) for row in found] == [
        tuple(v.replace("\r\n", "\n") for v in row) for row in due
    ]


def test_numbers_are_read_as_numbers_and_as_text_where_one_is_none(tmp_path):
    (tmp_path / "x.csv").write_text("a,b,c\n1,2.50,x\n,3,y\n")
    spans, _ = delimited.looked_at(tmp_path / "x.csv", 3)
    types = pa.schema([("a", pa.float64()), ("b", pa.float64()), ("c", pa.string())])
    file = File(tmp_path / "x.csv", "x", "csv", Stamp.of(tmp_path / "x.csv"), spans, types, {}, NAMES)
    text = delimited.read(file, spans[0])
    assert delimited.parsed(file, text, 2).to_pydict() == {"a": [1, None], "b": [2.5, 3], "c": ["x", "y"]}
    text = text.replace(b"3", b"lots")
    assert delimited.parsed(file, text, 2).to_pydict()["b"] == ["2.50", "lots"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'a,b,c\n1,"2,3\n4,5,6\n', "a quote is not closed"),
        (b"a,b,c\n1,2,\0\n", "NUL bytes"),
        (b'a,b,c\n1,5" pipe,3\n4,6" pipe,6\n7,8,9\n', "must have as many rows as lines say"),
    ],
)
def test_what_would_swallow_rows_is_refused(tmp_path, content, message):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_back(tmp_path / "x.csv", delimited.looked_at(tmp_path / "x.csv", 3)[0])
