"""Parquet: what a file holds is told by its footer, and its rows are read in row groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.batch.input_manifest import File
from riskmodel.tables import Span

ROWS = 65_536  # of a batch
_BUFFER_BYTES = 1 << 20


def looked_at(path: Path) -> tuple[pa.Schema, tuple[Span, ...]]:
    """The columns, and the row groups that have rows."""
    with pq.ParquetFile(path) as file:
        groups = [Span(i, i + 1, file.metadata.row_group(i).num_rows) for i in range(file.num_row_groups)]
        return file.schema_arrow, tuple(span for span in groups if span.rows)


def read(file: File, spans: Sequence[Span], texts: Collection[str]) -> Iterator[pa.RecordBatch]:
    """The columns in `file.types` but for the keys; `texts` are read as dictionaries: a level is spelt only once."""
    columns = [name for name in file.types.names if name not in file.keys]
    groups = [group for span in spans for group in range(span.start, span.stop)]
    known = [name for name in columns if name in texts and _is_text(file.types.field(name).type)]
    with pq.ParquetFile(
        file.path, buffer_size=_BUFFER_BYTES, page_checksum_verification=True, read_dictionary=known
    ) as opened:
        yield from opened.iter_batches(ROWS, row_groups=groups, columns=columns)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
