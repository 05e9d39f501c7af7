"""Opens tables: CSV, Parquet, Feather, Arrow, a folder of such parts, or what is in memory.

Whole for training, or in batches for scoring. The format is told from the first bytes, not from the name. A file that
is missing, damaged, empty or not the one that was asked for is refused in one line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from riskmodel.core import Column, Kind, Role
from riskmodel.errors import DataError
from riskmodel.tables import _columnar, _delimited
from riskmodel.tables._folder import Keys, as_one, constant, key_types, keys, parts, sha256_of
from riskmodel.tables._format import Format, format_of
from riskmodel.tables._lines import check_names, in_one_line, near
from riskmodel.tables._memory import of

__all__ = [
    "Keys",
    "batches",
    "check_names",
    "csv_header",
    "format_of",
    "in_one_line",
    "key_types",
    "keys",
    "near",
    "of",
    "parts",
    "read",
    "sha256_of",
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


def read(path: Path, sha256: str | None = None, text: Collection[str] = ()) -> pa.Table:
    """The whole table, once its checksum is right; of a folder, all parts in the order of their names.

    `text` names the columns that a CSV leaves as text (ids, categories), so that 007 stays 007. Empty fields and the
    usual spellings of missing (NA, NaN, null) become null. Folders named key=value add the column key.

    Raises: DataError.
    """
    found = _parts(path)
    if sha256 is not None and (actual := sha256_of(path)) != sha256:
        raise DataError(f"{path}: sha256 must be {sha256}, however: {actual}")
    types = key_types([part.keys for part in found])
    tables = {part.path: _read(part, types, text) for part in found}
    table = as_one(tables) if len(tables) > 1 else tables[found[0].path]
    if not table.num_rows:
        raise DataError(f"{path}: the table has no rows")
    return table


def _parts(path: Path) -> list[_Part]:
    return [_Part(part, format_of(part), keys(part, path)) for part in parts(path)]


def _read(part: _Part, types: dict[str, pa.DataType], text: Collection[str]) -> pa.Table:
    with in_one_line(part.path):
        table = _delimited.read(part.path, part.form, text) if part.is_csv else _columnar.read(part.path, part.form)
        for key, value in part.keys.items():
            kind = pa.string() if key in text else types[key]
            table = table.append_column(key, constant(value, kind, table.num_rows))
        check_names(part.path, table.column_names)
    return table


def csv_header(path: Path) -> tuple[list[str], str]:
    """The names of a CSV's columns, and what parts them. Raises: DataError."""
    with in_one_line(path):
        return _delimited.header(path, "csv")


def batches(path: Path, columns: Sequence[Column], rows: int = 65_536) -> Iterator[pa.RecordBatch]:
    """The given columns of a file, or of every file in a folder, at most `rows` rows at a time in bounded memory.

    Files come in the order of their names; those that begin with a dot or an underscore are left out. All headers are
    checked before the first batch. Categories and ids of a CSV are read as text, its numbers as float64. No rows is no
    batch.

    Raises: DataError, at once for a wrong header, while iterating for a damaged file.
    """
    found = _parts(path)
    types = key_types([part.keys for part in found])
    for part in found:
        _check_header(part, [column.name for column in columns])
    return (batch for part in found for batch in _stream(part, columns, types, rows) if batch.num_rows)


def _check_header(part: _Part, wanted: Sequence[str]) -> None:
    with in_one_line(part.path):
        names = (_delimited if part.is_csv else _columnar).names(part.path, part.form)
    names = [*names, *part.keys]
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
        as_text = column.kind is Kind.CATEGORICAL or column.role is Role.ID
        if column.name in part.keys:
            kind = pa.string() if as_text else types[column.name]
            arrays.append(constant(part.keys[column.name], kind, batch.num_rows))
        else:
            arrays.append(batch.column(column.name))
    return pa.RecordBatch.from_arrays(arrays, [column.name for column in columns])
