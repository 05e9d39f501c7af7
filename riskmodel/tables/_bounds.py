"""What a table may fill the memory with: text by the cell and by the batch, and a whole table by what its file has.

In Parquet and Arrow a text stands once and is named by a number in each row: three kilobytes can be five gigabytes of
text. So text is read as such a dictionary, measured, and spelt out row by row only where that is bounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from riskmodel import limits
from riskmodel.errors import DataError

BATCH_BYTES = 32 << 20  # of a batch's text, spelt out
_DENSE = 100  # a table is no bomb where its file has a hundredth of it
_WIDTH = 8  # bytes of a number or a date
_NO_BOUNDS: Mapping[str, str] = MappingProxyType({})


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type have lengths of their own."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def texts(schema: pa.Schema) -> list[str]:
    """The columns that are read as dictionaries."""
    return [field.name for field in schema if is_text(field.type)]


def check_types(path: Path | str, schema: pa.Schema, names: Collection[str]) -> None:
    """Raises: DataError for a column of lists, maps or records, or of values of a great fixed length."""
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        wide = pa.types.is_fixed_size_binary(kind) and kind.byte_width > limits.of("cell_bytes")
        if field.name in names and (wide or pa.types.is_nested(kind)):
            raise DataError(f"{path}: column {field.name[:60]!r} must have one value a row, however: {str(kind)[:60]}")


def bounded(
    path: Path | str, batch: pa.RecordBatch, bounds: Mapping[str, str] = _NO_BOUNDS
) -> Iterator[pa.RecordBatch]:
    """The batch in pieces whose text, spelt out, has at most BATCH_BYTES.

    `bounds` names the limit of a column, where it is not `cell_bytes`. Raises: DataError for a cell beyond its limit.
    """
    most, rows = 0, np.zeros(batch.num_rows, np.int64)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        longest = _longest(column)
        limits.check(bounds.get(name, "cell_bytes"), longest, f"{path}: column {name[:60]!r}", DataError)
        most += longest
    if most * batch.num_rows <= BATCH_BYTES:
        yield batch
        return
    for column in batch.columns:
        rows += _lengths(column)
    for start, stop in _cuts(np.cumsum(rows)):
        yield batch.slice(start, stop - start)


def spelt_out(batch: pa.RecordBatch, types: pa.Schema, kept: Collection[str] = ()) -> pa.RecordBatch:
    """The batch with the types of a file, `kept` columns as they are."""
    due = {name: types.field(name).type for name in batch.schema.names if name not in kept}
    columns = [
        column.cast(due[name]) if name in due and column.type != due[name] else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def plain_bytes(batch: pa.RecordBatch) -> int:
    """What a batch takes once its text is spelt out, at most; bounded for a piece that `bounded` gave."""
    most = batch.num_rows * sum(map(_longest, batch.columns))
    return batch.nbytes + min(most, BATCH_BYTES)


def check_whole(path: Path, table: pa.Table) -> None:
    """Raises: DataError for text in a table, or a table, that holds far more than its file and more than is allowed."""
    for field, column in zip(table.schema, table.columns, strict=True):
        for chunk in column.chunks:
            limits.check("cell_bytes", _longest(chunk), f"{path}: column {field.name[:60]!r}", DataError)
    check_bytes(path, sum(int(_lengths(chunk).sum()) for column in table.columns for chunk in column.chunks))


def check_values(path: Path, metadata: pq.FileMetaData) -> None:
    """The same for what stands in each row whatever its value, from what the file says of itself. Raises: DataError."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
    check_bytes(path, _WIDTH * sum(chunk.num_values for chunk in chunks))


def check_bytes(path: Path, size: int) -> None:
    """Raises: DataError for more bytes than a table may have that is a hundred times its file."""
    if size > _DENSE * path.stat().st_size:
        limits.check("table_bytes", size, f"{path}: of a table more than {_DENSE} times its file", DataError)


def _longest(column: pa.Array) -> int:
    if not _has_text(column.type):
        return 0
    values = column.dictionary if pa.types.is_dictionary(column.type) else column
    return pc.max(pc.binary_length(values)).as_py() or 0


def _lengths(column: pa.Array) -> NDArray[np.int64]:
    """Bytes of text in each row."""
    if not _has_text(column.type):
        return np.zeros(len(column), np.int64)
    if pa.types.is_dictionary(column.type):
        lengths = pc.binary_length(column.dictionary).take(column.indices)
    else:
        lengths = pc.binary_length(column)
    plain: NDArray[np.int64] = pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return plain


def _has_text(kind: pa.DataType) -> bool:
    return is_text(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _cuts(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    start, before = 0, 0
    while start < len(ends):
        stop = max(start + 1, int(np.searchsorted(ends, before + BATCH_BYTES, side="right")))
        yield start, stop
        start, before = stop, int(ends[stop - 1])
