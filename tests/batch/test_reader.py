"""Pieces of a part: small ones are taken together until they are enough, by rows or by bytes, and none is lost."""

import pyarrow as pa
import pytest

from riskmodel.batch import reader
from riskmodel.batch.input_manifest import File, InputPart, Stamp
from riskmodel.tables import Span

LINES = [b"1.5\n", b"2.5\n", b"\n", b"4.5\n", b"5.5\n", b"6.5\n", b"7.5\n"]


@pytest.fixture
def part(tmp_path):
    """Of a CSV with a span a line, behind ten other rows."""
    path = tmp_path / "loans.csv"
    path.write_bytes(b"age,x\n" + b"".join(line.replace(b"\n", b",0\n") for line in LINES))
    start, spans = len(b"age,x\n"), []
    for line in LINES:
        spans.append(Span(start, start + len(line) + 2, 1))
        start = spans[-1].stop
    types = pa.schema([("age", pa.float64())])
    file = File(path, "loans.csv", "csv", Stamp.of(path), tuple(spans), types, {}, ("age", "x"), ",")
    return InputPart(4, 10, ((file, tuple(spans)),))


def rows(part):
    return [piece.rows for piece in reader.pieces(part, None, ())]


@pytest.mark.parametrize(("fewest", "taken"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (8, [7])])
def test_a_piece_has_as_many_rows_as_are_enough_and_no_more(part, fewest, taken, monkeypatch):
    monkeypatch.setattr(reader, "FEWEST", fewest)
    assert rows(part) == taken


@pytest.mark.parametrize(("most", "taken"), [(6, [1, 1, 2, 1, 1, 1]), (12, [2, 3, 2])])
def test_or_as_many_bytes(part, most, taken, monkeypatch):
    monkeypatch.setattr(reader.tables, "BATCH_BYTES", most)
    assert rows(part) == taken


def test_rows_taken_together_are_those_of_the_file_in_its_order(part, monkeypatch):
    monkeypatch.setattr(reader, "FEWEST", 3)
    pieces = list(reader.pieces(part, None, ()))
    loaded = [piece.load() for piece in pieces]
    assert [piece.part for piece in pieces] == [4, 4, 4]
    assert [age for one in loaded for age in one.batch["age"].to_pylist()] == [1.5, 2.5, None, 4.5, 5.5, 6.5, 7.5]
    assert [row for one in loaded for row in one.ids.to_pylist()] == list(range(10, 17))
