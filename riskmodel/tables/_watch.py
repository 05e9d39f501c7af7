"""Looks at the bytes of a CSV before the parser does, so that no row is lost without a word.

A quote that is never closed takes the rows after it into one value, and Arrow's parser lets that pass. So the lines of
a file with quotes are counted against its rows, and only where they differ is the file read again, slowly and
strictly. NUL bytes, which a crash leaves at the end of a file, are refused wherever they stand, and so is a record
that is too long. This is a pass of its own: a stream of Python's that Arrow reads in a thread can end the process.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from riskmodel.errors import DataError
from riskmodel.tables._bounds import check_bytes
from riskmodel.tables._lines import records as records_of
from riskmodel.tables._records import Scan, blocks_of


@dataclass(frozen=True)
class Watched:
    """How many lines there are, whether there are quotes in them, and the bytes of the longest record."""

    lines: int
    quotes: bool
    longest: int


def watched(path: Path, stream: BinaryIO) -> Watched:
    """Raises: DataError for NUL bytes, and a record that is too long."""
    lines, quotes, last, scan = 0, False, b"\n", Scan(path, one_column=False)
    for block in blocks_of(path, stream):
        scan.take(block)
        check_bytes(path, scan.at)
        lines, last = lines + block.count(b"\n"), block[-1:]
        quotes = quotes or b'"' in block
    return Watched(lines + (last != b"\n"), quotes, scan.longest)


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
        records = records_of(text, delimiter, strict=True)
        line, start = -1, 1
        try:
            for record in records:
                line, start = line + bool(record), records.line_num + 1
        except csv.Error as error:
            raise DataError(f"{path}: a quote is not closed where it should be, from line {start} on") from error
    return line
