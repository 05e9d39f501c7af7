"""Parquet, Feather and Arrow IPC: types come as they were written, and are checked before anything relies on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.tables._format import Format

_BUFFER_BYTES = 1 << 23


def read(path: Path, form: Format) -> pa.Table:
    """The whole table."""
    if form == "parquet":
        with _parquet(path) as file:  # not read_table: that would take columns from folder names like year=2024
            table = file.read()
    else:
        with _arrow(path, form) as reader:
            table = reader.read_all()
    table.validate(full=True)  # else text that is not UTF-8, or an offset beyond the end, fails where it is used
    return table


def names(path: Path, form: Format) -> list[str]:
    """The column names."""
    if form == "parquet":
        columns: list[str] = pq.read_schema(path).names
        return columns
    with _arrow(path, form) as reader:
        return list(reader.schema.names)


def stream(path: Path, form: Format, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The given columns, at most `rows` rows at a time."""
    for batch in _batches(path, form, wanted, rows):
        batch.validate(full=True)
        yield batch.select(wanted)


def _batches(path: Path, form: Format, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    if form == "parquet":
        with _parquet(path) as file:
            yield from file.iter_batches(rows, columns=list(wanted))
        return
    with _arrow(path, form) as reader:
        count = reader.num_record_batches if form == "arrow" else None
        for batch in reader if count is None else map(reader.get_batch, range(count)):
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def _parquet(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, page_checksum_verification=True)


@contextmanager
def _arrow(path: Path, form: Format) -> Iterator[pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader]:
    opener = pa.ipc.open_file if form == "arrow" else pa.ipc.open_stream
    with pa.OSFile(str(path), "rb") as file, opener(file) as reader:
        yield reader
