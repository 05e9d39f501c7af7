"""A CSV that is cut into stretches has the rows that Python's own reader finds in the whole."""

import csv
import hashlib
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import tables
from riskmodel.errors import DataError
from riskmodel.tables import CsvLayout, _records

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
    monkeypatch.setattr(_records, "BLOCK_BYTES", block)
    return tables.spans(path, len(NAMES))


def read_back(path, spans):
    types = pa.schema([(name, pa.string()) for name in NAMES])
    content = path.read_bytes()
    return [
        tuple(row.values())
        for span in spans
        for row in tables.parsed(
            CsvLayout(path, NAMES, ","), content[span.start : span.stop], span.rows, types
        ).to_pylist()
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
    results = [tuple(v or "" for v in row) for row in read_back(path, spans)]
    with path.open("rb") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_records, "BLOCK_BYTES", block)
        streamed = list(_records.blocks(path, stream, len(NAMES)))
    assert streamed == [(content[span.start : span.stop], span.rows) for span in spans]
    due = [tuple(row) for row in csv.reader(io.StringIO(content.decode(), newline="")) if row][1:]
    assert [tuple(v.replace("\r\n", "\n") for v in row) for row in results] == [
        tuple(v.replace("\r\n", "\n") for v in row) for row in due
    ]


def test_numbers_are_read_as_numbers_and_as_text_where_one_is_none(tmp_path):
    (tmp_path / "x.csv").write_text("a,b,c\n1,2.50,x\n,3,y\n")
    [span], _ = tables.spans(tmp_path / "x.csv", 3)
    types = pa.schema([("a", pa.float64()), ("b", pa.float64()), ("c", pa.string())])
    text, layout = (tmp_path / "x.csv").read_bytes()[span.start :], CsvLayout(tmp_path / "x.csv", NAMES, ",")
    assert tables.parsed(layout, text, 2, types).to_pydict() == {"a": [1, None], "b": [2.5, 3], "c": ["x", "y"]}
    text = text.replace(b"3", b"lots")
    assert tables.parsed(layout, text, 2, types).to_pydict()["b"] == ["2.50", "lots"]


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
        read_back(tmp_path / "x.csv", tables.spans(tmp_path / "x.csv", 3)[0])
