"""A book is cut by its files alone: every span once, in order, whole, with rows of one form and types in a part."""

import hashlib
import os

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.batch.input_manifest import Book, File, InputPart, Stamp, sha256_of
from riskmodel.errors import DataError
from riskmodel.tables import Span

STAMP = Stamp(1, 2, 3, 4)
TYPES = pa.schema([("age", pa.float64())]), pa.schema([("age", pa.int64())])
KINDS = st.tuples(st.sampled_from(["parquet", "csv"]), st.sampled_from(TYPES))


def file(name, rows, form="csv", types=TYPES[0], *, path=None, stamp=STAMP, **more):
    spans = tuple(Span(i, i + 1, count) for i, count in enumerate(rows))
    return File(path or name, name, form, stamp, spans, types, {}, **more)


FILES = st.lists(st.tuples(KINDS, st.lists(st.integers(0, 5), max_size=5)), max_size=5).map(
    lambda drawn: [file(f"f{i}", rows, *kind) for i, (kind, rows) in enumerate(drawn)]
)


def spans_of(parts):
    return [(f.name, span) for part in parts for f, spans in part.stretches for span in spans]


@given(FILES, st.integers(1, 12))
@settings(max_examples=25)
def test_every_span_is_in_one_part_in_the_order_of_the_files(files, part_rows):
    book = Book.of(files, None, part_rows)
    assert spans_of(book.parts) == [(f.name, span) for f in files for span in f.spans]
    assert sum(part.rows for part in book.parts) == book.rows == sum(f.rows for f in files)


@given(FILES, st.integers(1, 12))
@settings(max_examples=25)
def test_parts_are_numbered_and_begin_where_the_one_before_ends(files, part_rows):
    parts = Book.of(files, None, part_rows).parts
    first = 0
    for number, part in enumerate(parts):
        assert (part.number, part.first, part.name) == (number, first, f"part-{number:05d}.parquet")
        first += part.rows


@given(FILES, st.integers(1, 12))
@settings(max_examples=25)
def test_a_part_is_of_one_form_and_one_set_of_types(files, part_rows):
    for part in Book.of(files, None, part_rows).parts:
        assert len({f.form for f, _ in part.stretches}) == 1
        assert all(f.types == part.stretches[0][0].types for f, _ in part.stretches)


@given(FILES, st.integers(1, 12))
@settings(max_examples=25)
def test_a_part_is_full_by_its_last_span_and_no_earlier(files, part_rows):
    parts = Book.of([f for f in files if f.spans], None, part_rows).parts
    for i, part in enumerate(parts):
        spans = [span for _, stretch in part.stretches for span in stretch]
        assert spans
        assert part.rows - spans[-1].rows < part_rows
        if i + 1 < len(parts) and part.rows < part_rows:  # closed early: what follows does not fit in
            (here, _), (there, _) = part.stretches[-1], parts[i + 1].stretches[0]
            assert (here.form, here.types) != (there.form, there.types)


def test_an_empty_book_has_no_parts():
    book = Book.of([], "id")
    assert (book.parts, book.rows, book.id_column, book.inputs([])) == ((), 0, "id", [])


def test_the_manifest_names_what_each_file_is():
    book = Book.of([file("a.csv", [2, 3]), file("b.csv", [1], stamp=Stamp(77, 0, 0, 0))], None)
    assert book.inputs(["aa", "bb"]) == [
        {"name": "a.csv", "sha256": "aa", "bytes": 1, "rows": 5},
        {"name": "b.csv", "sha256": "bb", "bytes": 77, "rows": 1},
    ]
    with pytest.raises(ValueError, match="zip"):
        book.inputs(["aa"])


def test_names_of_parts_sort_as_their_numbers():
    names = [InputPart(number, 0, ()).name for number in (0, 9, 10, 99_999)]
    assert names == sorted(names)


def on_disk(tmp_path, content, **more):
    path = tmp_path / "loans.csv"
    path.write_bytes(content)
    return file("loans.csv", [1], path=path, stamp=Stamp.of(path), **more)


def test_a_span_is_read_by_its_bytes(tmp_path):
    loans = on_disk(tmp_path, b"0123456789")
    assert [loans.read(Span(*cut, 1)) for cut in [(0, 3), (3, 3), (3, 10), (8, 20)]] == [b"012", b"", b"3456789", b"89"]


def test_a_file_that_changes_is_refused_even_at_the_same_length_and_time(tmp_path):
    loans = on_disk(tmp_path, b"abc")
    loans.check()
    before = loans.path.stat()
    loans.path.write_bytes(b"abd")
    os.utime(loans.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DataError) as refusal:
        loans.check()
    assert str(refusal.value) == f"{loans.path}: must not change while it is scored, however: it did"


def test_a_file_put_in_its_place_is_another(tmp_path):
    loans = on_disk(tmp_path, b"abc")
    (tmp_path / "other").write_bytes(b"abc")
    (tmp_path / "other").replace(loans.path)
    with pytest.raises(DataError, match="must not change"):
        loans.check()


def test_a_file_that_is_gone_is_told_in_one_line(tmp_path):
    with pytest.raises(DataError, match=r"none: cannot be read: "):
        Stamp.of(tmp_path / "none")
    with pytest.raises(DataError, match=r"none: cannot be read: "):
        sha256_of(tmp_path / "none")


def test_the_checksum_is_of_all_bytes_and_of_a_file_that_stayed(tmp_path):
    content = bytes(range(256)) * 5000
    loans = on_disk(tmp_path, content)
    assert loans.digest() == hashlib.sha256(content).hexdigest()
    loans.path.write_bytes(content[:-1])
    with pytest.raises(DataError, match="must not change"):
        loans.digest()


def test_a_checksum_that_is_known_is_not_taken_again(tmp_path):
    assert on_disk(tmp_path, b"abc", sha256="known").digest() == "known"


def test_a_csv_has_the_layout_of_its_first_line():
    loans = file("a.csv", [1], header=("age", "job"), delimiter=";")
    assert (loans.layout.path, loans.layout.delimiter) == ("a.csv", ";")
