"""Watches the bytes of a CSV on their way to the parser, so that no row is lost without a word.

A quote that is never closed takes the rows after it into one value, and Arrow's parser lets that pass. So the lines of
a file with quotes are counted against its rows, and only where they differ is the file read again, slowly and
strictly. NUL bytes, which a crash leaves at the end of a file, are refused wherever they stand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from riskmodel.errors import DataError


class Watched(io.RawIOBase):
    """A binary stream that counts what passes: `lines`, and whether there were quotes."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        super().__init__()
        self._path, self._stream = path, stream
        self._newlines, self._last = 0, b"\n"
        self.quotes = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        if b"\0" in block:
            raise DataError(f"{self._path}: must be text, however: it holds NUL bytes")
        self._newlines += block.count(b"\n")
        self._last = block[-1:] or self._last
        self.quotes = self.quotes or b'"' in block
        return block

    @property
    def lines(self) -> int:
        return self._newlines + (self._last != b"\n")


def check_rows(path: Path, watched: Watched, rows: int, delimiter: str, reopen: Callable[[], BinaryIO]) -> None:
    """Whether the file has as many records as rows were read, the header apart.

    Raises: DataError with the line of a quote that is not closed, or that ends in the middle of a value.
    """
    if not watched.quotes or watched.lines == rows + 1:
        return
    line = check_quotes(path, delimiter, reopen)
    if line != rows:
        raise DataError(f"{path}: must have as many rows as lines with quotes say ({line}), however: {rows}")


def check_quotes(path: Path, delimiter: str, reopen: Callable[[], BinaryIO]) -> int:
    """How many records there are, the header apart, by a reader that is strict with quotes.

    Raises: DataError with the line of a quote that is not closed, or that ends in the middle of a value.
    """
    with reopen() as stream, io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="") as text:
        records = csv.reader(text, delimiter=delimiter, strict=True)
        line, start = -1, 1
        try:
            for record in records:
                line, start = line + bool(record), records.line_num + 1
        except csv.Error as error:
            raise DataError(f"{path}: a quote is not closed where it should be, from line {start} on") from error
    return line
