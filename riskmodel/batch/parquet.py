"""Parquet: what a file holds is told by its footer, and its rows are read in row groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel import tables
from riskmodel.batch.input_manifest import File
from riskmodel.tables import Span

ROWS = 65_536  # of a batch
_BUFFER_BYTES = 1 << 20


def looked_at(path: Path) -> tuple[pa.Schema, tuple[Span, ...]]:
    """The columns, and the row groups that have rows."""
    with pq.ParquetFile(path) as file:
        groups = [Span(i, i + 1, file.metadata.row_group(i).num_rows) for i in range(file.num_row_groups)]
        return file.schema_arrow, tuple(span for span in groups if span.rows)


def read(file: File, spans: Sequence[Span], texts: Collection[str], id_column: str | None) -> Iterator[pa.RecordBatch]:
    """The columns in `file.types` but for the keys, in batches bounded by rows and by bytes.

    `texts` stay dictionaries: a level is spelt only once. Raises: DataError for a text that is too long.
    """
    columns = [name for name in file.types.names if name not in file.keys]
    groups = [group for span in spans for group in range(span.start, span.stop)]
    with pq.ParquetFile(
        file.path,
        buffer_size=_BUFFER_BYTES,
        page_checksum_verification=True,
        read_dictionary=[name for name in tables.texts(file.types) if name in columns],
    ) as opened:
        rows = min((_rows(opened.metadata.row_group(group), columns) for group in groups), default=ROWS)
        for batch in opened.iter_batches(rows, row_groups=groups, columns=columns):
            for piece in tables.bounded(file.path, batch, bounds_of(id_column)):
                yield tables.batch_without_views(tables.spelt_out(piece, file.types, texts))


def bounds_of(id_column: str | None) -> dict[str, str]:
    """The limit of a column's texts, by the column, where it is not that of every cell."""
    return {} if id_column is None else {id_column: "id_bytes"}


def _rows(group: pq.RowGroupMetaData, columns: Collection[str]) -> int:
    """As many rows as make a batch of bounded size, going by what the file says of itself."""
    chunks = (group.column(i) for i in range(group.num_columns))
    size = sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema in columns)
    return max(1, min(ROWS, tables.BATCH_BYTES * group.num_rows // max(1, size)))
