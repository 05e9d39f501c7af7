"""CSV, plain or gzipped, its columns parted by a comma, semicolon, tab or |; UTF-8, with or without a byte order mark.

Latin-1 and its like are refused, not guessed: their bytes do not say which of them they are. Numbers with a decimal
comma or with thousands parted stay text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from riskmodel.core import Column
from riskmodel.errors import DataError
from riskmodel.tables import _records
from riskmodel.tables._cells import NULLS, CellRule, CellRules, Reading, numbers_of, rule_of, without_nulls
from riskmodel.tables._faults import first_fault
from riskmodel.tables._format import Format
from riskmodel.tables._layout import DELIMITERS, CsvLayout, layout_of
from riskmodel.tables._lines import check_names
from riskmodel.tables._watch import Watched, check_quotes, check_rows, watched


def read(path: Path, form: Format, rules: CellRules) -> pa.Table:
    """The whole table, each column read by its rule."""
    layout = layout_of(path, lambda: _open(path, form))
    check_names(path, layout.names)
    own = {name: rules(name) for name in layout.names}
    if len(layout.names) == 1:
        raise DataError(
            f"{path}: must have columns parted by {' or '.join(DELIMITERS.values())}, "
            f"however: one column, {layout.names[0][:60]!r}"
        )
    with _open(path, form) as opened:
        lines = watched(path, opened)
    numbers = {name: rule.spellings for name, rule in own.items() if rule.reading is Reading.NUMBER}
    try:
        table = _whole(layout, form, {name: _type(rule) for name, rule in own.items()}, lines)
    except pa.ArrowInvalid:  # a number that is none, truth values among them, or a record that is none
        try:
            table = _whole(layout, form, {name: _type(rule, as_text=True) for name, rule in own.items()}, lines)
        except pa.ArrowInvalid as error:
            if (fault := _in_its_line(layout, form, numbers)) is not None:
                raise fault from error
            raise
    return pa.table({name: _as_ruled(table[name], name, rule, layout, form) for name, rule in own.items()})


def _whole(layout: CsvLayout, form: Format, types: Mapping[str, pa.DataType | None], lines: Watched) -> pa.Table:
    given = {name: kind for name, kind in types.items() if kind is not None}
    convert = csv.ConvertOptions(column_types=given, null_values=NULLS, strings_can_be_null=False)
    with _open(layout.path, form) as stream:
        table = csv.read_csv(stream, _blocks(lines.longest), _parse(layout.delimiter), convert)
    check_rows(layout.path, lines, table.num_rows, layout.delimiter, lambda: _open(layout.path, form))
    if tuple(table.column_names) != layout.names or any(pa.types.is_binary(kind) for kind in table.schema.types):
        raise pa.ArrowInvalid("its header or its text is not as CSV has it")
    return table


def _type(rule: CellRule, *, as_text: bool = False) -> pa.DataType | None:
    if rule.reading is Reading.INFERRED:
        return None
    fast = rule.reading is Reading.NUMBER and rule.nulls is None and not as_text
    return pa.float64() if fast else pa.string()


def _as_ruled(
    column: pa.ChunkedArray | pa.Array, name: str, rule: CellRule, layout: CsvLayout, form: Format
) -> pa.ChunkedArray | pa.Array:
    if not pa.types.is_string(column.type):
        return column
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if rule.reading is not Reading.NUMBER:
        return without_nulls(whole, rule.spellings)
    values, wrong = numbers_of(whole, rule.spellings)
    if pc.any(wrong).as_py():
        raise _in_its_line(layout, form, {name: rule.spellings}) or DataError(
            f"{layout.path}: holds text among numbers"
        )
    return values


def _in_its_line(layout: CsvLayout, form: Format, numbers: Mapping[str, Sequence[str]]) -> DataError | None:
    check_quotes(layout.path, layout.delimiter, lambda: _open(layout.path, form))
    fault = first_fault(_open(layout.path, form), layout.delimiter, numbers)
    return None if fault is None else DataError(f"{layout.path}: {fault}")


def names(path: Path, form: Format) -> list[str]:
    """The header."""
    return list(layout(path, form).names)


def layout(path: Path, form: Format) -> CsvLayout:
    """What the first line says. Raises: DataError."""
    return layout_of(path, lambda: _open(path, form))


def stream(path: Path, form: Format, columns: Sequence[Column], rows: int) -> Iterator[pa.RecordBatch]:
    """The given columns, at most `rows` rows at a time."""
    layout = layout_of(path, lambda: _open(path, form))
    rules = {column.name: rule_of(column) for column in columns}
    types = pa.schema([(name, _type(rule) or pa.string()) for name, rule in rules.items()])
    with _open(path, form) as opened, parse_errors_with_line(layout, form):
        for text, count in _records.blocks(path, opened, len(layout.names)):
            batch = parsed(layout, text, count, types)
            arrays = [_as_ruled(batch.column(name), name, rule, layout, form) for name, rule in rules.items()]
            whole = pa.RecordBatch.from_arrays(arrays, list(rules))
            for start in range(0, whole.num_rows, rows):
                yield whole.slice(start, rows)


@contextmanager
def parse_errors_with_line(layout: CsvLayout, form: Format = "csv") -> Iterator[None]:
    """Records that cannot be parsed are told with their line. Raises: DataError."""
    try:
        yield
    except _records.RecordTooLong:
        raise
    except (DataError, pa.ArrowInvalid) as error:
        if (fault := _in_its_line(layout, form, {})) is not None:
            raise fault from error
        raise


def parsed(layout: CsvLayout, text: bytes, rows: int, types: pa.Schema) -> pa.RecordBatch:
    """The columns in `types` of some whole records, numbers as numbers; all as text where one of them is none.

    Text is as it stands: its column knows what is missing. Raises: DataError for a record with too many fields or too
    few.
    """
    try:
        return _parsed(layout, text, rows, types, nulls=NULLS)
    except pa.ArrowInvalid:
        return as_text(layout, text, rows, types)


def as_text(layout: CsvLayout, text: bytes, rows: int, types: pa.Schema) -> pa.RecordBatch:
    """The same, every value as it stands in the file; an empty one is null."""
    return _parsed(layout, text, rows, pa.schema([(name, pa.string()) for name in types.names]), nulls=("",))


def _parsed(layout: CsvLayout, text: bytes, rows: int, types: pa.Schema, nulls: Sequence[str]) -> pa.RecordBatch:
    own = {field.name: field.type for field in types}
    table = csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(column_names=list(layout.names), block_size=max(len(text), 1 << 16), use_threads=False),
        _parse(layout.delimiter, one_column=len(layout.names) == 1),
        csv.ConvertOptions(
            include_columns=list(own), column_types=own, null_values=nulls, strings_can_be_null=nulls == ("",)
        ),
    )
    if b'"' in text and text.count(b"\n") + (text[-1:] != b"\n") != rows:
        check_quotes(layout.path, layout.delimiter, lambda: io.BytesIO(text))
    if table.num_rows != rows:
        raise DataError(f"{layout.path}: must have as many rows as lines say ({rows}), however: {table.num_rows}")
    [batch] = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    return batch


def _parse(delimiter: str, *, one_column: bool = False) -> csv.ParseOptions:
    # Without newlines_in_values a block that ends inside a quoted value would be parsed out of step.
    return csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=not one_column)


def _blocks(longest: int) -> csv.ReadOptions:
    """A record must fit in a block."""
    return csv.ReadOptions(block_size=max(1 << 20, longest + 1))


def _open(path: Path, form: Format) -> BinaryIO:
    opened: BinaryIO = pa.input_stream(path, compression="gzip" if form == "csv.gz" else None)
    return opened
