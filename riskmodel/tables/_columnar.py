"""Parquet, Feather and Arrow IPC: types come as they were written, and are checked before anything relies on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.tables import _bounds
from riskmodel.tables._format import Format
from riskmodel.tables._views import batch_without_views, without_views

_BUFFER_BYTES = 1 << 23


def read(path: Path, form: Format) -> pa.Table:
    """The whole table."""
    if form == "parquet":
        table = _whole(path)
    else:
        with _arrow(path, form) as reader:
            table = reader.read_all()
    table.validate(full=True)  # else text that is not UTF-8, or an offset beyond the end, fails where it is used
    _bounds.check_whole(path, table)
    return without_views(table)


def _whole(path: Path) -> pa.Table:
    """Text is spelt out once it is known to be bounded."""
    with _parquet(path) as file:
        schema = file.schema_arrow
        _bounds.check_values(path, file.metadata)
    with _parquet(path, _bounds.texts(schema)) as file:  # not read_table: it takes columns from names like year=2024
        table = file.read()
    _bounds.check_whole(path, table)
    plain = [own.with_type(due.type) for own, due in zip(table.schema, schema, strict=True)]
    return table.cast(pa.schema(plain, metadata=table.schema.metadata))


def names(path: Path, form: Format) -> list[str]:
    """The column names."""
    if form == "parquet":
        columns: list[str] = pq.read_schema(path).names
        return columns
    with _arrow(path, form) as reader:
        return list(reader.schema.names)


def stream(path: Path, form: Format, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The given columns, at most `rows` rows at a time, and less where their text is long."""
    schema = _schema(path, form)
    _bounds.check_types(path, schema, wanted)
    for batch in _batches(path, form, wanted, rows, schema):
        batch.validate(full=True)
        for piece in _bounds.bounded(path, batch.select(wanted)):
            yield batch_without_views(_bounds.spelt_out(piece, schema))


def _schema(path: Path, form: Format) -> pa.Schema:
    if form == "parquet":
        with _parquet(path) as file:
            return file.schema_arrow
    with _arrow(path, form) as reader:
        return reader.schema


def _batches(path: Path, form: Format, wanted: Sequence[str], rows: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if form == "parquet":
        with _parquet(path, _bounds.texts(schema)) as file:
            yield from file.iter_batches(rows, columns=list(wanted))
        return
    with _arrow(path, form) as reader:
        count = reader.num_record_batches if form == "arrow" else None
        for batch in reader if count is None else map(reader.get_batch, range(count)):
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def _parquet(path: Path, dictionaries: Sequence[str] = ()) -> pq.ParquetFile:
    return pq.ParquetFile(
        path, buffer_size=_BUFFER_BYTES, page_checksum_verification=True, read_dictionary=list(dictionaries)
    )


@contextmanager
def _arrow(path: Path, form: Format) -> Iterator[pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader]:
    opener = pa.ipc.open_file if form == "arrow" else pa.ipc.open_stream
    with pa.OSFile(str(path), "rb") as file, opener(file) as reader:
        yield reader
