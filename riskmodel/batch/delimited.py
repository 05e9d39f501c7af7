"""CSV: one pass finds where records end, counts them and takes the checksum; then any stretch can be parsed alone.

A newline ends a record where the quotes before it are even in number. So a quote that is never closed shows in the
count, and no row is lost in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from riskmodel.batch.input_manifest import File, Span
from riskmodel.errors import DataError

BLOCK_BYTES = 8 << 20
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass
class _Scan:
    """What one pass over a file has seen so far."""

    one_column: bool
    at: int = 0  # bytes
    odd: bool = False  # inside quotes
    ended: int = -1  # where the last record ended; -1 before the header
    cut: int = 0  # where the last span ended
    rows: int = 0  # since then
    last: int = 0  # byte
    spans: list[Span] = field(default_factory=list)

    def see(self, block: bytes) -> None:
        """Takes up the next bytes, and closes a span with the last record that ends in them."""
        letters = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(letters == _NEWLINE)
        if self.odd or b'"' in block:
            quotes = np.flatnonzero(letters == _QUOTE)
            ends = ends[(np.searchsorted(quotes, ends) + self.odd) % 2 == 0]
            self.odd = bool((len(quotes) + self.odd) % 2)
        if len(ends):
            self._close(ends, self._blank(ends, letters))
        self.at += len(block)
        self.last = block[-1]

    def _blank(self, ends: NDArray[np.intp], letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which records are nothing but the end of a line."""
        lengths = np.diff(np.concatenate([[self.ended - self.at], ends]))
        before = letters[ends - 1]
        if ends[0] == 0:
            before[0] = self.last  # its line began in the block before
        return (lengths == 1) | ((lengths == 2) & (before == _RETURN))

    def _close(self, ends: NDArray[np.intp], blank: NDArray[np.bool_]) -> None:
        records = len(ends) if self.one_column else int((~blank).sum())
        if self.ended < 0:
            first = int(np.argmin(blank))
            if blank[first]:
                return
            self.cut = self.at + int(ends[first]) + 1
            records = records - 1 - (first if self.one_column else 0)
        self.ended, self.rows = self.at + int(ends[-1]), self.rows + records
        self._cut(self.ended + 1)

    def _cut(self, stop: int) -> None:
        if self.rows:
            self.spans.append(Span(self.cut, stop, self.rows))
            self.cut, self.rows = stop, 0

    def end(self, tail: bytes) -> None:
        """The last record may have no newline."""
        if self.at > self.ended + 1 and self.ended >= 0 and tail.strip():
            self.rows += 1
            self._cut(self.at)


def looked_at(path: Path, columns: int) -> tuple[tuple[Span, ...], str]:
    """The stretches of records after the header, about BLOCK_BYTES each, and the checksum of the file.

    Raises: DataError for NUL bytes, and for a quote that is not closed.
    """
    scan, digest, tail = _Scan(columns == 1), hashlib.sha256(), b""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            if b"\0" in block:
                raise DataError(f"{path}: must be text, however: it holds NUL bytes")
            digest.update(block)
            scan.see(block)
            tail = block[-2:] if len(block) > 1 else tail[-1:] + block
    if scan.odd:
        raise DataError(f"{path}: a quote is not closed")
    scan.end(tail)
    return tuple(scan.spans), digest.hexdigest()


def read(file: File, span: Span) -> bytes:
    """The bytes of a span."""
    with file.path.open("rb") as opened:
        opened.seek(span.start)
        return opened.read(span.stop - span.start)


def parsed(file: File, text: bytes, rows: int) -> pa.RecordBatch:
    """The columns in `file.types`, numbers as numbers; all as text where one of them is none.

    Raises: DataError for a row with too many or too few fields.
    """
    try:
        return _parsed(file, text, rows, file.types)
    except pa.ArrowInvalid:
        return as_text(file, text, rows)


def as_text(file: File, text: bytes, rows: int) -> pa.RecordBatch:
    """The same, every value as it stands in the file; empty fields and the usual spellings of missing are null."""
    return _parsed(file, text, rows, pa.schema([(name, pa.string()) for name in file.types.names]))


def _parsed(file: File, text: bytes, rows: int, types: pa.Schema) -> pa.RecordBatch:
    own = {field.name: field.type for field in types if field.name not in file.keys}
    table = pa_csv.read_csv(
        pa.BufferReader(text),
        pa_csv.ReadOptions(column_names=list(file.header), block_size=max(len(text), 1 << 16), use_threads=False),
        pa_csv.ParseOptions(delimiter=file.delimiter, newlines_in_values=True, ignore_empty_lines=len(file.header) > 1),
        pa_csv.ConvertOptions(include_columns=list(own), column_types=own, strings_can_be_null=True),
    )
    if table.num_rows != rows:
        raise DataError(f"{file.path}: must have as many rows as lines say ({rows}), however: {table.num_rows}")
    [batch] = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    return batch
