"""Checks a table against the run's TOML, and says what each column is for.

Refused: an outcome that is not 0 and 1 in every row, names that the table does not have, one column in two roles, text
or infinity among numbers. Rows are counted from 1, the header not counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from riskmodel.config import Data
from riskmodel.core import Column, Kind, Outcome, Role, Schema
from riskmodel.datasets import encode
from riskmodel.datasets.table import near
from riskmodel.errors import DataError

_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"


def text_columns(data: Data) -> tuple[str, ...]:
    """What a CSV must leave as text: the categories and the id."""
    return (*data.categorical, *([data.id] if data.id else []))


def outcome(table: pa.Table, target: str) -> Outcome:
    """1 for a bad, 0 for a good, from integers, booleans or floats.

    Raises: DataError where the target is absent, missing in a row, not 0 or 1, or the same in all rows.
    """
    _check_known("target", target, table.column_names)
    column = encode.column_of(table, target)
    if not encode.is_number(column.type):
        raise DataError(f"data.target: {target!r} must be 0 or 1, however: {column.type}{_first_text(column)}")
    values = encode.numbers(column, target)
    missing, wrong = np.isnan(values), ~np.isin(values, (0, 1))
    if missing.any():
        raise DataError(f"data.target: {target!r} is missing in {missing.sum()} rows, first in row {_first(missing)}")
    if wrong.any():
        at = _first(wrong)
        raise DataError(f"data.target: {target!r} must be 0 or 1, however: {values[at - 1]:g} in row {at}")
    if len(classes := np.unique(values)) < 2:
        found = f"only {classes[0]:g}" if len(classes) else "no rows"
        raise DataError(f"data.target: {target!r} must have both 0 and 1, however: {found}")
    return values.astype(np.int8)


def learn(table: pa.Table, data: Data, rows: NDArray[np.int64] | None = None) -> Schema:
    """The columns, in the order of the table, without the ignored ones.

    The whole table is checked; the levels of the categories are those of `rows` (positions; None is all), as text, in
    sorted order.

    Raises: DataError.
    """
    _check_names(table.column_names, data)
    outcome(table, data.target)
    columns = [_column(name, data) for name in table.column_names if name not in data.ignore]
    if not any(column.is_feature for column in columns):
        raise DataError("the table must have at least one feature, however: every column has another role")
    for column in columns:
        if column.role in (Role.FEATURE, Role.PROTECTED, Role.AMOUNT) and column.kind is Kind.NUMERIC:
            _check_numeric(encode.column_of(table, column.name), column.name)
    return Schema(tuple(_with_levels(column, table, rows) for column in columns))


def _check_names(names: Collection[str], data: Data) -> None:
    roles: dict[str, str] = {}
    for key, name in _roles(data):
        _check_known(key, name, names)
        if name in roles:
            raise DataError(f"data.{key}: a column has one role, however: {name!r} is in data.{roles[name]} too")
        roles[name] = key
    for key, listed in (("categorical", data.categorical), ("monotone", data.monotone)):
        for name in listed:
            _check_known(key, name, names)
            if roles.get(name) in ("target", "id", "time", "amount"):
                raise DataError(f"data.{key}: must name features, however: {name!r} is the {roles[name]}")
    if mixed := [name for name in data.monotone if name in data.categorical and data.monotone[name]]:
        raise DataError(f"data.monotone: a category has no direction, however: {mixed[0]!r} is in data.categorical")


def _roles(data: Data) -> Iterator[tuple[str, str]]:
    for key, name in (("target", data.target), ("id", data.id), ("time", data.time), ("amount", data.amount)):
        if name is not None:
            yield key, name
    for key, several in (("protected", data.protected), ("ignore", data.ignore)):
        for name in several:
            yield key, name


def _check_known(key: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise DataError(f"data.{key}: no column {name!r}; {near(name, list(names))}")


def _column(name: str, data: Data) -> Column:
    kind = Kind.CATEGORICAL if name in data.categorical else Kind.NUMERIC
    if name in data.protected:
        return Column(name, Role.PROTECTED, kind, monotone=data.monotone.get(name, 0), used=data.protected[name])
    single = {data.target: Role.TARGET, data.id: Role.ID, data.time: Role.TIME, data.amount: Role.AMOUNT}
    return Column(name, single.get(name, Role.FEATURE), kind, monotone=data.monotone.get(name, 0))


def _check_numeric(column: pa.Array, name: str) -> None:
    if not encode.is_number(column.type):
        raise DataError(
            f"column {name!r} must be a number, however: {column.type}{_first_text(column)}; "
            "name it in data.categorical or data.ignore"
        )
    infinite = np.isinf(encode.numbers(column, name))
    if infinite.any():
        raise DataError(
            f"column {name!r} must be finite or missing, however: infinite in {infinite.sum()} rows, "
            f"first in row {_first(infinite)}"
        )


def _first_text(column: pa.Array) -> str:
    """The first value that does not even look like a number, or else the first there is."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return ""
    present = column.is_valid().to_numpy(zero_copy_only=False)
    odd = pc.fill_null(pc.invert(pc.match_substring_regex(column, _NUMBER)), False).to_numpy(zero_copy_only=False)
    at = _first(odd if odd.any() else present)
    return f", first {column[at - 1].as_py()!r} in row {at}" if present.any() else ""


def _first(mask: NDArray[np.bool_]) -> int:
    return int(np.argmax(mask)) + 1


def _with_levels(column: Column, table: pa.Table, rows: NDArray[np.int64] | None) -> Column:
    if column.kind is not Kind.CATEGORICAL:
        return column
    values = encode.column_of(table, column.name)
    seen = encode.levels(values if rows is None else values.take(pa.array(rows)), column.name)
    return replace(column, categories=tuple(sorted(pc.unique(seen).drop_null().to_pylist())))
