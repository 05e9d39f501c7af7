"""What the first line of a CSV says: the names of its columns, and what parts them."""

from __future__ import annotations

import csv as records
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from riskmodel.errors import DataError
from riskmodel.tables._lines import records as records_of

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "|"}
_SNIFFED_BYTES, _SNIFFED_RECORDS = 1 << 20, 100


@dataclass(frozen=True)
class CsvLayout:
    """The names of the columns, in their order, and what parts them."""

    path: Path
    names: tuple[str, ...]
    delimiter: str


def layout_of(path: Path, reopen: Callable[[], BinaryIO]) -> CsvLayout:
    """The layout of the CSV that `reopen` gives from its start. Raises: DataError where there is no header."""
    delimiter = _delimiter(path, reopen)
    with reopen() as opened, io.TextIOWrapper(opened, "utf-8-sig", "surrogateescape", newline="") as text:
        header = _header(path, records_of(text, delimiter))
    if header is None:
        raise DataError(f"{path}: must have a header, however: nothing but blank lines")
    try:
        "".join(header).encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{path}: must be UTF-8, however: its header is not utf-8") from error
    return CsvLayout(path, tuple(header), delimiter)


def _header(path: Path, lines: Iterator[list[str]]) -> list[str] | None:
    try:
        return next((record for record in lines if record), None)
    except records.Error as error:
        raise DataError(f"{path}: line 1: must be the names of the columns, however: {error}") from error


def _delimiter(path: Path, reopen: Callable[[], BinaryIO]) -> str:
    """What parts the columns: it parts the first records into as many fields as the header, and into the most.

    Where nothing does, what parts the header into the most: the parser then tells which row is ragged.
    """
    with reopen() as opened:
        head = opened.read(_SNIFFED_BYTES)
    text = head.decode("utf-8-sig", errors="replace")
    fields = {mark: _fields(text, mark, whole=len(head) < _SNIFFED_BYTES) for mark in DELIMITERS}
    even = {mark: counts[0] for mark, counts in fields.items() if counts[0] > 1 and len(set(counts)) == 1}
    most = max(even.values(), default=0)
    best = [mark for mark, count in even.items() if count == most]
    if len(best) > 1:
        candidates = " and ".join(DELIMITERS[mark] for mark in best)
        raise DataError(
            f"{path}: one delimiter must part the columns, however: {candidates} both part every row into {most}"
        )
    return best[0] if best else max(fields, key=lambda mark: fields[mark][0])


def _fields(text: str, delimiter: str, *, whole: bool) -> list[int]:
    lines = records_of(io.StringIO(text, newline=""), delimiter)
    try:
        counts = [len(record) for record in islice(lines, _SNIFFED_RECORDS) if record]
    except records.Error:
        return [0]
    cut = not whole and 1 < len(counts) < _SNIFFED_RECORDS
    return (counts[:-1] if cut else counts) or [0]
