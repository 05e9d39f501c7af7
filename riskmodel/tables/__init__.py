"""Opens tables: CSV, Parquet, Feather, Arrow, a folder of such parts, or what is in memory.

Whole for training, or in batches for scoring. The format is told from the first bytes, not from the name. A file that
is missing, damaged, empty or not the one that was asked for is refused in one line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from riskmodel.core import Column
from riskmodel.errors import DataError
from riskmodel.tables import _columnar, _delimited
from riskmodel.tables._bounds import BATCH_BYTES, bounded, check_types, plain_bytes, spelt_out, texts
from riskmodel.tables._cells import (
    NULLS,
    NUMBER,
    CellRule,
    CellRules,
    Reading,
    inferred,
    numbers_of,
    rule_of,
    rules_of,
    spellings_of,
    value_of,
    without_nulls,
)
from riskmodel.tables._delimited import as_text, layout, parse_errors_with_line, parsed
from riskmodel.tables._folder import Keys, as_one, constant, key_types, keys, parts, sha256_of
from riskmodel.tables._format import Format, format_of
from riskmodel.tables._layout import CsvLayout
from riskmodel.tables._lines import check_names, in_one_line, near
from riskmodel.tables._memory import of
from riskmodel.tables._pandas import from_pandas
from riskmodel.tables._records import Span, spans
from riskmodel.tables._views import batch_without_views, without_views

__all__ = [
    "BATCH_BYTES",
    "NULLS",
    "NUMBER",
    "CellRule",
    "CellRules",
    "CsvLayout",
    "Keys",
    "Reading",
    "Span",
    "as_one",
    "as_text",
    "batch_without_views",
    "batches",
    "bounded",
    "check_names",
    "check_types",
    "csv_layout",
    "format_of",
    "from_pandas",
    "in_one_line",
    "key_types",
    "keys",
    "names",
    "near",
    "numbers_of",
    "of",
    "parse_errors_with_line",
    "parsed",
    "parts",
    "plain_bytes",
    "read",
    "rules_of",
    "sha256_of",
    "spans",
    "spellings_of",
    "spelt_out",
    "texts",
    "value_of",
    "without_nulls",
    "without_views",
]


@dataclass(frozen=True)
class _Part:
    """One file of a table, and what the names of its folders say."""

    path: Path
    form: Format
    keys: Keys

    @property
    def is_csv(self) -> bool:
        return self.form.startswith("csv")


def read(path: Path, sha256: str | None = None, text: Collection[str] = (), rules: CellRules | None = None) -> pa.Table:
    """The whole table, once its checksum is right; of a folder, all parts in the order of their names.

    `rules` say how the cells of each column are read; without them, a CSV's columns are what they look like, and those
    in `text` stay text (so that 007 stays 007), in which empty and the usual spellings of missing (NA, NaN, null) are
    null. Other formats have types, and only spellings of missing that a rule names are null there. Folders named
    key=value add the column key.

    Raises: DataError, for a CSV with the line.
    """
    rules = rules or (lambda name: CellRule(Reading.TEXT) if name in text else inferred(name))
    pieces = _parts(path)
    if sha256 is not None and (actual := sha256_of(path)) != sha256:
        raise DataError(f"{path}: sha256 must be {sha256}, however: {actual}")
    types = key_types([part.keys for part in pieces])
    tables = {part.path: _read(part, types, rules) for part in pieces}
    table = as_one(tables) if len(tables) > 1 else tables[pieces[0].path]
    if not table.num_rows:
        raise DataError(f"{path}: the table has no rows")
    return table


def names(path: Path) -> list[str]:
    """The columns of a table, those of its folders' names last; of a folder, as its first part has them.

    Raises: DataError.
    """
    part = _parts(path)[0]
    columns = [*_names(part), *part.keys]
    check_names(path, columns)
    return columns


def _names(part: _Part) -> list[str]:
    with in_one_line(part.path):
        return (_delimited if part.is_csv else _columnar).names(part.path, part.form)


def _parts(path: Path) -> list[_Part]:
    return [_Part(part, format_of(part), keys(part, path)) for part in parts(path)]


def _read(part: _Part, types: dict[str, pa.DataType], rules: CellRules) -> pa.Table:
    with in_one_line(part.path):
        if part.is_csv:
            table = _delimited.read(part.path, part.form, rules)
        else:
            table = with_rules(_columnar.read(part.path, part.form), rules)
        for key, value in part.keys.items():
            kind = pa.string() if rules(key).reading is Reading.TEXT else types[key]
            table = table.append_column(key, constant(value, kind, table.num_rows))
        check_names(part.path, table.column_names)
    return table


def with_rules(table: pa.Table, rules: CellRules) -> pa.Table:
    """A table that has types, its text without the spellings of missing that a rule names."""
    for i, field in enumerate(table.schema):
        rule = rules(field.name)
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        if rule.nulls is not None and rule.reading is not Reading.NUMBER and is_text:
            plain = table.column(i).cast(pa.string()).combine_chunks()
            table = table.set_column(i, field.name, without_nulls(plain, rule.nulls))
    return table


def csv_layout(path: Path) -> CsvLayout:
    """The names of a CSV's columns, and what parts them. Raises: DataError."""
    with in_one_line(path):
        return layout(path, "csv")


def batches(path: Path, columns: Sequence[Column], rows: int = 65_536) -> Iterator[pa.RecordBatch]:
    """The given columns of a file, or of every file in a folder, at most `rows` rows at a time in bounded memory.

    Files come in the order of their names; those that begin with a dot or an underscore are left out. All headers are
    checked before the first batch. Cells of a CSV are read as what their column is: nothing is inferred. No rows is no
    batch.

    Raises: DataError, at once for a wrong header, while iterating for a damaged file.
    """
    pieces = _parts(path)
    types = key_types([part.keys for part in pieces])
    for part in pieces:
        _check_header(part, [column.name for column in columns])
    return (batch for part in pieces for batch in _stream(part, columns, types, rows) if batch.num_rows)


def _check_header(part: _Part, wanted: Sequence[str]) -> None:
    names = [*_names(part), *part.keys]
    check_names(part.path, names)
    if missing := [name for name in wanted if name not in names]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError(f"{part.path}: no column {missing[0]!r}{more}; {near(missing[0], names)}")


def _stream(
    part: _Part, columns: Sequence[Column], types: dict[str, pa.DataType], rows: int
) -> Iterator[pa.RecordBatch]:
    own = [column for column in columns if column.name not in part.keys]
    with in_one_line(part.path):
        if part.is_csv:
            source = _delimited.stream(part.path, part.form, own, rows)
        else:
            source = _columnar.stream(part.path, part.form, [column.name for column in own], rows)
        yield from (_with_keys(batch, part, columns, types) for batch in source)


def _with_keys(
    batch: pa.RecordBatch, part: _Part, columns: Sequence[Column], types: dict[str, pa.DataType]
) -> pa.RecordBatch:
    if not part.keys.keys() & {column.name for column in columns}:
        return batch
    arrays = []
    for column in columns:
        if column.name in part.keys:
            is_text = rule_of(column).reading is Reading.TEXT
            kind = pa.string() if is_text else types[column.name]
            arrays.append(constant(part.keys[column.name], kind, batch.num_rows))
        else:
            arrays.append(batch.column(column.name))
    return pa.RecordBatch.from_arrays(arrays, [column.name for column in columns])
