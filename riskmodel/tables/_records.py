"""CSV: one pass finds where records end, counts them and takes the checksum; then any stretch can be parsed alone.

A newline ends a record where the quotes before it are even in number. So a quote that is never closed shows in the
count, and no row is lost in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from riskmodel import limits
from riskmodel.errors import DataError

BLOCK_BYTES = 8 << 20
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


class RecordTooLong(DataError):
    """A record of a CSV is past its bound: nothing more can be told of it."""


@dataclass(frozen=True)
class Span:
    """A stretch of a file: bytes start to stop of a CSV, row groups start to stop of a Parquet file."""

    start: int
    stop: int
    rows: int


@dataclass
class Scan:
    """What one pass over a file knows so far. Raises: DataError for a record that is too long."""

    path: Path
    one_column: bool
    at: int = 0  # bytes
    odd: bool = False  # inside quotes
    ended: int = -1  # where the last record ended; -1 before the header
    longest: int = 0  # bytes of a record
    past: int = -1  # where the last line ended that is not inside quotes
    past_lines: int = 0  # up to there
    cut: int = 0  # where the last span ended
    rows: int = 0  # since then
    lines: int = 0
    last: int = 0  # byte
    tail: bytes = b""
    spans: list[Span] = field(default_factory=list)

    def take(self, block: bytes) -> None:
        """Takes up the next bytes, and closes a span with the last record that ends in them."""
        letters = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(letters == _NEWLINE)
        if self.odd or b'"' in block:
            quotes = np.flatnonzero(letters == _QUOTE)
            ends = ends[(np.searchsorted(quotes, ends) + self.odd) % 2 == 0]
            self.odd = bool((len(quotes) + self.odd) % 2)
        self._check_lengths(ends, block)
        if len(ends):
            self._close(ends, self._blank(ends, letters))
        self.at += len(block)
        self.lines += block.count(b"\n")
        self.last = block[-1]
        self.tail = block[-2:] if len(block) > 1 else self.tail[-1:] + block

    def _check_lengths(self, ends: NDArray[np.intp], block: bytes) -> None:
        """A record that never ends would be held until it does."""
        borders = np.concatenate([[self.past - self.at], ends, [len(block)]])
        lengths = np.diff(borders)
        longest = int(np.argmax(lengths))
        self.longest = max(self.longest, int(lengths[longest]))
        if lengths[longest] > (most := limits.of("record_bytes")):
            line = self.past_lines + 1 if longest == 0 else self._lines(block, int(borders[longest])) + 1
            raise RecordTooLong(
                f"{self.path}: line {line}: a record must have at most {most:,} bytes, however: it has more, or a "
                "quote is not closed in it; --limit record_bytes=N allows more"
            )
        if len(ends):
            self.past, self.past_lines = self.at + int(ends[-1]), self._lines(block, int(ends[-1]))

    def _lines(self, block: bytes, end: int) -> int:
        return self.lines + block.count(b"\n", 0, end + 1)

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

    def end(self) -> None:
        """The last record may have no newline. Raises: DataError for a quote that is not closed."""
        if self.odd:
            raise DataError(f"{self.path}: a quote is not closed")
        if self.at > self.ended + 1 and self.ended >= 0 and self.tail.strip():
            self.rows += 1
            self._cut(self.at)


def spans(path: Path, columns: int) -> tuple[tuple[Span, ...], str]:
    """The stretches of records after the header, about BLOCK_BYTES each, and the checksum of the file.

    Raises: DataError for NUL bytes, and for a quote that is not closed.
    """
    scan, digest = Scan(path, columns == 1), hashlib.sha256()
    with path.open("rb") as file:
        for block in blocks_of(path, file):
            digest.update(block)
            scan.take(block)
    scan.end()
    return tuple(scan.spans), digest.hexdigest()


def blocks(path: Path, stream: BinaryIO, columns: int) -> Iterator[tuple[bytes, int]]:
    """The same stretches as bytes, each with its number of records, of a stream that is read once.

    Raises: DataError, as `spans` does.
    """
    scan, held, start = Scan(path, columns == 1), bytearray(), 0
    for block in blocks_of(path, stream):
        scan.take(block)
        held += block
        while scan.spans:
            span = scan.spans.pop(0)
            yield bytes(held[span.start - start : span.stop - start]), span.rows
            del held[: span.stop - start]
            start = span.stop
    scan.end()
    for span in scan.spans:
        yield bytes(held[span.start - start : span.stop - start]), span.rows


def blocks_of(path: Path, stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        if b"\0" in block:
            raise DataError(f"{path}: must be text, however: it holds NUL bytes")
        yield block
