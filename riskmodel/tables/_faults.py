"""The line of a CSV that cannot be read, and why: the file is read again, slowly, once a fast reader gave up."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import BinaryIO

from riskmodel.privacy import excerpt
from riskmodel.tables._cells import NUMBER
from riskmodel.tables._lines import records as records_of

_LETTERS = 30  # of a cell
_IS_NUMBER = re.compile(NUMBER)


def first_fault(stream: BinaryIO, delimiter: str, numbers: Mapping[str, Sequence[str]]) -> str | None:
    """What is wrong with the first record that is, with its line; None where nothing is.

    `numbers` are the columns that must hold numbers, each with its spellings of missing.
    """
    with io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="") as text:
        lines = _records(text, delimiter)
        header = next(lines, (0, []))[1]
        places = [(i, name, numbers[name]) for i, name in enumerate(header) if name in numbers]
        for line, record in lines:
            if (why := _why(record, header, places)) is not None:
                return f"line {line}: {why}"
    return None


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line on which it begins; ends where quotes make no sense any more."""
    records, start = records_of(text, delimiter), 1
    with suppress(csv.Error):
        for record in records:
            if record:
                yield start, record
            start = records.line_num + 1


def _why(record: list[str], header: list[str], numbers: Sequence[tuple[int, str, Sequence[str]]]) -> str | None:
    if len(record) != len(header):
        return f"must have {len(header)} fields, as the header has, however: {len(record)}"
    for name, cell in zip(header, record, strict=True):
        if not _is_utf8(cell):
            start = excerpt(cell.encode("utf-8", "surrogateescape"), _LETTERS)
            return f"column {name!r} must be UTF-8, however: {start}"
    for place, name, nulls in numbers:
        cell = record[place].strip()
        if not (_IS_NUMBER.fullmatch(cell) or cell.lower() in ("true", "false") or cell in nulls):
            return (
                f"column {name!r} must be a number, however: {excerpt(record[place], _LETTERS)}; "
                "a TOML names it in data.categorical or data.ignore, or its missing in data.nulls; commands take --null"
            )
    return None


def _is_utf8(cell: str) -> bool:
    return cell.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in cell)
