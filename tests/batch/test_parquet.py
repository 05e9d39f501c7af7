"""Row groups are read whole and in order, whatever the batches; a text beyond its limit is refused by its column."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import limits
from riskmodel.batch import parquet
from riskmodel.batch.input_manifest import File, Stamp
from riskmodel.errors import DataError

SCHEMA = pa.schema([("id", pa.string()), ("age", pa.float64()), ("job", pa.string())])


def table(rows):
    ids, numbers = [f"n{i}" for i in range(rows)], [float(i) for i in range(rows)]
    jobs = [None if i % 5 == 4 else f"job {i % 3}" for i in range(rows)]
    return pa.table([ids, numbers, jobs], schema=SCHEMA)


def written(folder, rows, group_rows):
    path = folder / "book.parquet"
    with pq.ParquetWriter(path, SCHEMA) as writer:
        start = 0
        for count in group_rows:
            writer.write_table(rows.slice(start, count), row_group_size=max(count, 1))
            start += count
    return path


def book(path, types=SCHEMA, keys=()):
    _, spans = parquet.looked_at(path)
    return File(path, path.name, "parquet", Stamp.of(path), spans, types, dict.fromkeys(keys))


@pytest.fixture
def usual_limits():
    before = limits.raised()
    yield
    limits.take_over(before)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.integers(1, 6), st.data())
@settings(max_examples=15)
def test_the_spans_that_are_asked_for_are_read_in_batches_of_bounded_rows(tmp_path_factory, groups, most, data):
    whole = table(sum(groups))
    file = book(written(tmp_path_factory.mktemp("book"), whole, groups))
    assert [span.rows for span in file.spans] == groups
    start = data.draw(st.integers(0, len(groups) - 1))
    stop = data.draw(st.integers(start + 1, len(groups)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parquet, "ROWS", most)
        batches = list(parquet.read(file, file.spans[start:stop], [], "id"))
    assert max(batch.num_rows for batch in batches) <= most
    assert pa.Table.from_batches(batches).equals(whole.slice(sum(groups[:start]), sum(groups[start:stop])))


def test_a_file_without_rows_has_columns_and_no_spans(tmp_path):
    pq.write_table(table(0), tmp_path / "book.parquet")
    columns, spans = parquet.looked_at(tmp_path / "book.parquet")
    assert (columns.names, spans) == (SCHEMA.names, ())
    assert list(parquet.read(book(tmp_path / "book.parquet"), (), [], None)) == []


def test_columns_come_as_the_book_names_them_and_keys_do_not_come_from_the_file(tmp_path):
    path = written(tmp_path, table(4), [4])
    types = pa.schema([SCHEMA.field("age"), ("region", pa.string())])
    file = book(path, types, ["region"])
    batches = list(parquet.read(file, file.spans, [], None))
    assert pa.Table.from_batches(batches).equals(table(4).select(["age"]))


def test_texts_that_are_asked_for_stay_spelt_once(tmp_path):
    file = book(written(tmp_path, table(6), [6]))
    (batch,) = parquet.read(file, file.spans, ["job"], "id")
    assert pa.types.is_dictionary(batch.column("job").type)
    assert batch.column("job").to_pylist() == table(6)["job"].to_pylist()
    assert batch.column("id").type == pa.string()


def test_an_id_has_a_limit_of_its_own(tmp_path, usual_limits):
    file = book(written(tmp_path, table(6), [6]))
    limits.allow("id_bytes", 1)
    with pytest.raises(DataError, match="column 'id': id bytes must be at most 1, however: 2"):
        list(parquet.read(file, file.spans, [], "id"))
    assert sum(batch.num_rows for batch in parquet.read(file, file.spans, [], None)) == 6
    limits.allow("id_bytes", 2)
    limits.allow("cell_bytes", 4)
    with pytest.raises(DataError, match="column 'job': cell bytes must be at most 4, however: 5"):
        list(parquet.read(file, file.spans, [], "id"))


def test_bytes_that_changed_on_disk_are_not_scored(tmp_path):
    path = tmp_path / "book.parquet"
    pq.write_table(table(50), path, write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray(path.read_bytes())
    at = content.index(b"n25")
    content[at : at + 3] = b"n99"
    path.write_bytes(content)
    file = book(path)
    with pytest.raises(OSError, match="CRC"):
        list(parquet.read(file, file.spans, [], "id"))
