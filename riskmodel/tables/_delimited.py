"""CSV, plain or gzipped, its columns parted by a comma, semicolon, tab or |; UTF-8, with or without a byte order mark.

Latin-1 and its like are refused, not guessed: their bytes do not say which of them they are. Numbers with a decimal
comma or with thousands parted stay text.
"""

from __future__ import annotations

import csv as records
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv

from riskmodel.core import Column, Kind, Role
from riskmodel.errors import DataError
from riskmodel.tables._format import Format
from riskmodel.tables._watch import Watched, check_rows

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "|"}
BLOCK_BYTES = 1 << 23
_SNIFFED_BYTES, _SNIFFED_RECORDS = 1 << 20, 100


def read(path: Path, form: Format, text: Collection[str]) -> pa.Table:
    """The whole table; the columns in `text` stay text."""
    delimiter = _delimiter(path, form)
    convert = csv.ConvertOptions(column_types=dict.fromkeys(text, pa.string()), strings_can_be_null=True)
    with _watched(path, form) as (watched, stream):
        table = csv.read_csv(stream, parse_options=_parse(delimiter), convert_options=convert)
    check_rows(path, watched, table.num_rows, delimiter, lambda: _open(path, form))
    _check_text(path, table)
    if table.num_columns == 1:
        raise DataError(
            f"{path}: must have columns parted by {' or '.join(DELIMITERS.values())}, "
            f"however: one column, {table.column_names[0][:60]!r}"
        )
    return table


def names(path: Path, form: Format) -> list[str]:
    """The header."""
    return header(path, form)[0]


def header(path: Path, form: Format) -> tuple[list[str], str]:
    """The names of the columns, and what parts them."""
    delimiter = _delimiter(path, form)
    return _schema(path, form, delimiter).names, delimiter


def stream(path: Path, form: Format, columns: Sequence[Column], rows: int) -> Iterator[pa.RecordBatch]:
    """The given columns, at most `rows` rows at a time."""
    delimiter = _delimiter(path, form)
    inferred = _schema(path, form, delimiter)
    types = {column.name: _type(column, inferred.field(column.name).type) for column in columns}
    convert = csv.ConvertOptions(include_columns=list(types), column_types=types, strings_can_be_null=True)
    parse, read_rows = _parse(delimiter, one_column=len(inferred) == 1), 0
    with (
        _watched(path, form) as (watched, source),
        csv.open_csv(source, _blocks(), parse_options=parse, convert_options=convert) as reader,
    ):
        for batch in reader:
            _check_text(path, batch)
            read_rows += batch.num_rows
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)
    if len(inferred) > 1:  # with one column an empty line is a row
        check_rows(path, watched, read_rows, delimiter, lambda: _open(path, form))


def _delimiter(path: Path, form: Format) -> str:
    """What parts the columns: it parts the first records into as many fields as the header, and into the most.

    Where nothing does, what parts the header into the most: the parser then tells which row is ragged.
    """
    with _open(path, form) as opened:
        head = opened.read(_SNIFFED_BYTES)
    text = head.decode("utf-8-sig", errors="replace")
    fields = {mark: _fields(text, mark, whole=len(head) < _SNIFFED_BYTES) for mark in DELIMITERS}
    even = {mark: counts[0] for mark, counts in fields.items() if counts[0] > 1 and len(set(counts)) == 1}
    most = max(even.values(), default=0)
    best = [mark for mark, count in even.items() if count == most]
    if len(best) > 1:
        told = " and ".join(DELIMITERS[mark] for mark in best)
        raise DataError(f"{path}: one delimiter must part the columns, however: {told} both part every row into {most}")
    return best[0] if best else max(fields, key=lambda mark: fields[mark][0])


def _fields(text: str, delimiter: str, *, whole: bool) -> list[int]:
    lines = records.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        counts = [len(record) for record in islice(lines, _SNIFFED_RECORDS) if record]
    except records.Error:
        return [0]
    cut = not whole and 1 < len(counts) < _SNIFFED_RECORDS
    return (counts[:-1] if cut else counts) or [0]


def _parse(delimiter: str, *, one_column: bool = False) -> csv.ParseOptions:
    # Without newlines_in_values a block that ends inside a quoted value would be parsed out of step.
    return csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=not one_column)


def _blocks() -> csv.ReadOptions:
    return csv.ReadOptions(block_size=BLOCK_BYTES)


def _schema(path: Path, form: Format, delimiter: str) -> pa.Schema:
    with (
        _watched(path, form) as (_, source),
        csv.open_csv(source, _blocks(), parse_options=_parse(delimiter)) as reader,
    ):
        return reader.schema


def _type(column: Column, inferred: pa.DataType) -> pa.DataType:
    if column.kind is Kind.CATEGORICAL or column.role is Role.ID:
        return pa.string()
    # Inferred from the first block alone: a fraction or a first value in a later block must not be an error.
    whole_or_missing = pa.types.is_integer(inferred) or pa.types.is_null(inferred)
    return pa.float64() if whole_or_missing else inferred


def _check_text(path: Path, table: pa.Table | pa.RecordBatch) -> None:
    """Where text is not UTF-8, Arrow gives bytes."""
    for name, kind in zip(table.schema.names, table.schema.types, strict=True):
        if pa.types.is_binary(kind):
            row, found = next((i, v) for i, v in enumerate(table[name].to_pylist(), 1) if v and not _is_utf8(v))
            raise DataError(f"{path}: must be UTF-8, however: {found[:30]!r} in column {name!r}, row {row}")


def _is_utf8(value: bytes) -> bool:
    return value == value.decode("utf-8", errors="ignore").encode()


@contextmanager
def _watched(path: Path, form: Format) -> Iterator[tuple[Watched, pa.NativeFile]]:
    with _open(path, form) as opened:
        watched = Watched(path, opened)
        with pa.PythonFile(watched, mode="r") as source:
            yield watched, source


def _open(path: Path, form: Format) -> BinaryIO:
    opened: BinaryIO = pa.input_stream(path, compression="gzip" if form == "csv.gz" else None)
    return opened
