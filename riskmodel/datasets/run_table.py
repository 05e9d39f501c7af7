"""The tables of a run, read as its TOML says: its columns are known by name before a cell is read.

Development and out of time may lie in two files, and applications without outcome in a third: all are held to one
schema, and to the same rules of [data.where].
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from riskmodel import tables
from riskmodel.config import Data
from riskmodel.core import Matrix, Schema
from riskmodel.datasets import encode, history, row_filter, schema
from riskmodel.datasets.leakage.resolutions import key
from riskmodel.errors import DataError

UNKNOWN = 0.05  # share of a column's rows that may have levels which no row of train has


@dataclass(frozen=True, eq=False)
class RunTable:
    """All rows with an outcome, those of `data.test_path` last, and the checksum of what they came from."""

    rows: pa.Table
    sha256: str
    test: int | None = None  # how many rows are of `data.test_path`; None where there is none
    left_out: Mapping[str, int] | None = None  # by the reason in [data.where]
    notes: tuple[str, ...] = ()  # what was read as missing though it is not empty


def read(data: Data, folder: Path) -> RunTable:
    """The table at `data.path`, relative to `folder`, and the one at `data.test_path` below it. Raises: DataError."""
    path = folder / data.path
    long = _months(data, folder)
    whole, notes = _read(path, data, data.sha256)
    rows, left_out = row_filter.filtered(_joined(whole, long, data), data.where)
    sha256 = _hash(*(folder / name for name in (data.path, data.history.path if data.history else None) if name))
    if data.test_path is None:
        return RunTable(rows, sha256, None, left_out, notes)
    beside = folder / data.test_path
    apart, others = _read(beside, data)
    test, more = row_filter.filtered(_joined(apart, long, data), data.where)
    both = hashlib.sha256(f"{sha256} {tables.sha256_of(beside)}".encode()).hexdigest()
    counts = {why: left_out.get(why, 0) + more.get(why, 0) for why in {**left_out, **more}}
    parts = {file: _spelt(part, data) for file, part in ((path, rows), (beside, test))}
    return RunTable(tables.as_one(parts), both, test.num_rows, counts, (*notes, *others))


def _hash(path: Path, *others: Path) -> str:
    """Of a file, or of the hashes of several."""
    first = tables.sha256_of(path)
    if not others:
        return first
    return hashlib.sha256(" ".join([first, *map(tables.sha256_of, others)]).encode()).hexdigest()


def _months(data: Data, folder: Path) -> pa.Table | None:
    """The long table of [data.history]. Raises: DataError for one without the columns that are named."""
    if data.history is None or data.history.path is None:
        return None
    return history.read(folder / data.history.path, data.history, data.id or "")


def _joined(rows: pa.Table, long: pa.Table | None, data: Data) -> pa.Table:
    if long is None or data.history is None or data.id is None:
        return rows
    return history.widened(rows, long, data.history, data.id, data.time)


def _read(path: Path, data: Data, sha256: str | None = None) -> tuple[pa.Table, tuple[str, ...]]:
    """A table of the run, and a line for each category of a CSV that spells missing by a word, such as NA."""
    made = data.history.made if data.history else []
    schema.check_names([*tables.names(path), *made], data)
    rules = schema.rules(data)
    if not any(tables.format_of(part).startswith("csv") for part in tables.parts(path)):
        return tables.read(path, sha256, rules=rules), ()
    usual = {name for name in data.categorical if name not in data.nulls}
    bare = tables.CellRule(tables.Reading.TEXT, ("",))
    table = tables.read(path, sha256, rules=lambda name: bare if name in usual else rules(name))
    notes = []
    for i, name in enumerate(table.column_names):
        if name in usual:
            text = encode.column_of(table, name)
            counts = Counter(text.filter(pc.is_in(text, value_set=pa.array(tables.NULLS, text.type))).to_pylist())
            notes += [_note(name, word, count) for word, count in counts.items()]
            table = table.set_column(i, name, tables.without_nulls(text, tables.NULLS)) if counts else table
    return table, tuple(notes)


def _note(name: str, word: str, count: int) -> str:
    return (
        f"{name!r} is read as missing where it is {word!r}, in {count:,} rows; if that is a level, say how missing is "
        f'spelt in data.nulls: {key(name)} = [""]'
    )


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
    made = set(data.history.made if data.history else [])
    names = tables.names(path)
    if lacking := [column.read_from for column in columns.features if column.read_from not in {*names, *made}]:
        raise DataError(f"{path}: no column {lacking[0]!r}; {tables.near(lacking[0], names)}")
    rows = _joined(tables.read(path, rules=schema.rules(data)), _months(data, folder), data)
    rows, _ = row_filter.filtered(rows, {name: rule for name, rule in data.where.items() if name in names})
    encode.refuse_unknown(rows, columns.features, UNKNOWN)
    return encode.matrix(rows, columns.features)
