"""Checks a table against the run's TOML, says what each column is for, and learns from train what its values are like.

Refused: an outcome that is not 0 and 1 in every row, names that the table does not have, one column in two roles, text
or infinity among numbers. Dropped with a line: columns that never vary in train, and copies of others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.config import Data
from riskmodel.core import Column, Kind, Outcome, Role, Schema
from riskmodel.datasets import encode, schema_fit
from riskmodel.datasets.outcome import bad_level, first, first_text
from riskmodel.errors import DataError
from riskmodel.tables import CellRule, CellRules, Reading, near


def rules(data: Data) -> CellRules:
    """How the cells of the run's table are read: by what the TOML says of a column, a number where it says nothing."""
    as_they_look = {data.target, data.time, *data.ignore}
    by_level = {name for name, rule in data.where.items() if rule.keep or rule.drop}

    def rule(name: str) -> CellRule:
        nulls = data.nulls.get(name)
        spelt = None if nulls is None else tuple(nulls)
        if name in data.categorical or name in (data.id, data.borrower) or (name in by_level and name in data.ignore):
            return CellRule(Reading.TEXT, spelt)
        return CellRule(Reading.INFERRED if name in as_they_look else Reading.NUMBER, spelt)

    return rule


def learn(
    table: pa.Table, data: Data, default: Outcome, rows: NDArray[np.int64] | None = None, notes: tuple[str, ...] = ()
) -> Schema:
    """The columns, in the order of the table and each followed by its indicators, without the ignored ones.

    The whole table is checked; `default` is the outcome of its rows (n). Ranges, levels, indicators and what is dropped
    come from `rows` alone (positions; None is all). `notes` are lines that stand before its own.

    Raises: DataError.
    """
    check_names(dict.fromkeys(table.column_names), data)
    ignored = set(data.ignore)
    columns = [_column(name, data) for name in table.column_names if name not in ignored]
    for column in columns:
        if _is_measured(column):
            _check_numeric(encode.column_of(table, column.read_from), column.name)
    fit_rows = table if rows is None else table.take(pa.array(rows))
    fitted = schema_fit.schema(fit_rows, columns, default if rows is None else default[rows], data.max_levels)
    if not fitted.features:
        raise DataError(
            "the table must have at least one feature, however: every column has another role or was dropped"
        )
    return replace(fitted, notes=(*notes, *fitted.notes))


def _is_measured(column: Column) -> bool:
    return column.kind is Kind.NUMERIC and column.role in (Role.FEATURE, Role.PROTECTED, Role.AMOUNT)


def check_names(names: Collection[str], data: Data) -> None:
    """Holds what the TOML says of columns against those that there are. Raises: DataError."""
    roles: dict[str, str] = {}
    for key, name in _roles(data):
        _check_known(key, name, names)
        if name in roles:
            raise DataError(f"data.{key}: a column has one role, however: {name!r} is in data.{roles[name]} too")
        roles[name] = key
    _check_features(names, data, roles)
    for key, numeric in (("monotone", [name for name in data.monotone if data.monotone[name]]), ("codes", data.codes)):
        if mixed := [name for name in numeric if name in data.categorical]:
            raise DataError(f"data.{key}: must name numbers, however: {mixed[0]!r} is in data.categorical")
    _check_actionable(data)
    _check_sequence(data)
    for key, listed in (("nulls", data.nulls), ("where", data.where)):
        for name in listed:
            _check_known(key, name, names)
    if data.amount_scores and data.amount is None:
        raise DataError("data.amount_scores: needs data.amount, the column that it is about")
    for name, (low, high) in data.ranges.items():
        if not low <= high:
            raise DataError(f"data.ranges.{name}: must be [low, high], however: [{low:g}, {high:g}]")


def _check_features(names: Collection[str], data: Data, roles: dict[str, str]) -> None:
    listed: dict[str, Collection[str]] = {
        "categorical": data.categorical,
        "monotone": data.monotone,
        "codes": data.codes,
        "ranges": data.ranges,
        "costs": data.costs,
        **{f"vendors.{name}": vendor.features for name, vendor in data.vendors.items()},
        "actionable": data.actionable,
        "sequence": [name for columns in data.channels.values() for name in columns],
    }
    for key, those in listed.items():
        for name in those:
            _check_known(key, name, names)
            scored = roles.get(name) == "amount" and data.amount_scores
            if not scored and roles.get(name) in ("target", "id", "time", "amount", "borrower", "weight"):
                raise DataError(f"data.{key}: must name features, however: {name!r} is the {roles[name]}")


def _check_actionable(data: Data) -> None:
    for name, way in data.actionable.items():
        if name in data.protected:
            raise DataError(f"data.actionable: must not name protected columns, however: {name!r} is one")
        if way != "any" and name in data.categorical:
            raise DataError(f"data.actionable.{name}: must be any for a category, however: {way!r}")


def _check_sequence(data: Data) -> None:
    for channel, columns in data.channels.items():
        if mixed := [name for name in columns if name in data.categorical]:
            raise DataError(f"data.sequence.{channel}: must name numbers, however: {mixed[0]!r} is in data.categorical")


def _roles(data: Data) -> Iterator[tuple[str, str]]:
    for key in ("target", "id", "time", "amount", "borrower", "weight"):
        if (name := getattr(data, key)) is not None:
            yield key, name
    for key, several in (("protected", data.protected), ("ignore", data.ignore)):
        for name in several:
            yield key, name


def _check_known(key: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise DataError(f"data.{key}: no column {name!r}; {near(name, list(names))}")


def _column(name: str, data: Data) -> Column:
    roles = (Role.TARGET, Role.ID, Role.TIME, Role.AMOUNT, Role.BORROWER, Role.WEIGHT)
    single = {getattr(data, role.value): role for role in roles}
    column = Column(
        name,
        Role.PROTECTED if name in data.protected else single.get(name, Role.FEATURE),
        Kind.CATEGORICAL if name in data.categorical else Kind.NUMERIC,
        categories=bad_level(data) if name == data.target else (),
        monotone=data.monotone.get(name, 0),
        used=data.amount_scores if name == data.amount else data.protected.get(name, True),
        codes=tuple(float(code) for code in data.codes.get(name, ())),
        cost=data.price_of(name),
        vendor=data.vendor_of(name),
        nulls=tuple(data.nulls[name]) if name in data.nulls else None,
    )
    low, high = data.ranges.get(name, (None, None))
    return replace(column, low=low, high=high)


def _check_numeric(column: pa.Array, name: str) -> None:
    if not encode.is_number(column.type):
        raise DataError(
            f"column {name!r} must be a number, however: {column.type}{first_text(column)}; "
            "name it in data.categorical or data.ignore"
        )
    infinite = np.isinf(encode.numbers(column, name))
    if infinite.any():
        raise DataError(
            f"column {name!r} must be finite or missing, however: infinite in {infinite.sum()} rows, "
            f"first in row {first(infinite)}"
        )
