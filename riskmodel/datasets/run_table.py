"""The tables of a run, read as its TOML says: its columns are known by name before a cell is read.

Development and out of time may lie in two files, and applications without outcome in a third: all are held to one
schema, and to the same rules of [data.where].
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from riskmodel import tables
from riskmodel.config import Data
from riskmodel.core import Matrix, Schema
from riskmodel.datasets import encode, row_filter, schema
from riskmodel.errors import DataError

UNKNOWN = 0.05  # share of a column's rows that may have levels which no row of train has


@dataclass(frozen=True, eq=False)
class RunTable:
    """All rows with an outcome, those of `data.test_path` last, and the checksum of what they came from."""

    rows: pa.Table
    sha256: str
    test: int | None = None  # how many rows are of `data.test_path`; None where there is none
    left_out: Mapping[str, int] | None = None  # by the reason in [data.where]


def read(data: Data, folder: Path) -> RunTable:
    """The table at `data.path`, relative to `folder`, and the one at `data.test_path` below it. Raises: DataError."""
    path = folder / data.path
    schema.check_names(tables.names(path), data)
    rows, left_out = row_filter.filtered(tables.read(path, data.sha256, rules=schema.rules(data)), data.where)
    sha256 = tables.sha256_of(path)
    if data.test_path is None:
        return RunTable(rows, sha256, None, left_out)
    beside = folder / data.test_path
    schema.check_names(tables.names(beside), data)
    test, more = row_filter.filtered(tables.read(beside, rules=schema.rules(data)), data.where)
    both = hashlib.sha256(f"{sha256} {tables.sha256_of(beside)}".encode()).hexdigest()
    counts = {why: left_out.get(why, 0) + more.get(why, 0) for why in {**left_out, **more}}
    parts = {file: _spelt(part, data) for file, part in ((path, rows), (beside, test))}
    return RunTable(tables.as_one(parts), both, test.num_rows, counts)


def _spelt(table: pa.Table, data: Data) -> pa.Table:
    """Ids and categories as text: one file may have them as numbers, and a CSV has not."""
    rules = schema.rules(data)
    for i, name in enumerate(table.column_names):
        if rules(name).reading is tables.Reading.TEXT:
            table = table.set_column(i, name, encode.levels(encode.column_of(table, name), name))
    return table


def unlabelled(data: Data, folder: Path, columns: Schema) -> Matrix | None:
    """The applications at `data.unlabelled_path`, in the features of the schema; None where there are none.

    Raises: DataError where a feature is absent, or has levels that train has not in more than UNKNOWN of the rows.
    """
    if data.unlabelled_path is None:
        return None
    path = folder / data.unlabelled_path
    names = tables.names(path)
    if lacking := [column.read_from for column in columns.features if column.read_from not in names]:
        raise DataError(f"{path}: no column {lacking[0]!r}; {tables.near(lacking[0], names)}")
    rows = tables.read(path, rules=schema.rules(data))
    rows, _ = row_filter.filtered(rows, {name: rule for name, rule in data.where.items() if name in names})
    encode.refuse_unknown(rows, columns.features, UNKNOWN)
    return encode.matrix(rows, columns.features)
