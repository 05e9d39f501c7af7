"""The rows of a review: one table, read once, in the columns of each model; nothing is fitted to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel import tables as table
from riskmodel.core import Column, Kind, Outcome, Role, Vector
from riskmodel.datasets import encode, outcome, split
from riskmodel.errors import DataError
from riskmodel.review.evidence.periods import Dated
from riskmodel.workflows import library_parity
from riskmodel.workflows.prune import table as prune_table
from riskmodel.workflows.review import decision_rows
from riskmodel.workflows.review.model import ReviewedModel

LEVELS = 12  # a protected number with more values than this is cut into bands


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are for, beside those that the models read."""

    target: str | None = None
    protected: tuple[str, ...] = ()
    amount: str | None = None
    time: str | None = None
    id: str | None = None
    cluster: str | None = None  # rows of one value belong together
    bad: str | None = None  # the value of a bad, where the outcome is not 0 and 1
    weight: str | None = None  # for how many rows of the population each was drawn


@dataclass(frozen=True, eq=False)
class RowsPart:
    """Some rows of the table, and what they are judged by."""

    table: pa.Table
    default: Outcome | None
    protected: dict[str, NDArray[Any]] = field(default_factory=dict)
    amount: Vector | None = None
    dates: NDArray[np.datetime64] | None = None
    ids: Sequence[Any] | None = None
    clusters: NDArray[Any] | None = None
    weight: Vector | None = None


@dataclass(frozen=True, eq=False)
class Read:
    """The reviewed rows, and those before them where a date parts the table."""

    now: RowsPart
    earlier: RowsPart | None
    sha256: str
    file: str


def read(
    path: Path,
    models: Sequence[ReviewedModel],
    columns: Columns,
    since: date | None = None,
    spelling: prune_table.Spelling = prune_table.AS_USUAL,
    *,
    decisions: Path | None = None,
) -> Read:
    """The table with every column that is asked for; the champion is the first model.

    `decisions` is the log of a service: rows that it did not decide are left out, the others get their day from it.
    Raises: DataError, naming the column or date that is wrong.
    """
    features = [column for model in models for column in model.scorer.features]
    whole = prune_table.opened(path, features, columns.id, spelling)
    _check(path, whole.column_names, features, columns)
    prune_table.check_levels(whole, features, spelling)
    if decisions is not None:
        decided = decision_rows.decided(whole, decisions, columns.id)
        decided.check(models[0], spelling.say)
        whole, columns = decided.table, replace(columns, time=decision_rows.DAY)
    if since is not None and columns.time is None:
        raise DataError("since needs time, the column that dates each row, or decisions, the log that does")
    for model in models:
        if model.foreign is not None:
            library_parity.hold_table(model.foreign, whole, f"{path.name}, by {model.name},")
    part = _part(whole, columns)
    if since is None or part.dates is None:
        return Read(part, None, table.sha256_of(path), path.name)
    late = part.dates >= np.datetime64(since)
    if not late.any() or late.all():
        side = "before" if late.all() else "from"
        raise DataError(f"since: there must be rows before and from {since}, however: none {side} that day")
    now, earlier = (_taken(part, np.flatnonzero(mask)) for mask in (late, ~late))
    return Read(now, earlier, table.sha256_of(path), path.name)


def _check(path: Path, names: Sequence[str], features: Sequence[Column], columns: Columns) -> None:
    asked = [Column(column.read_from) for column in features]
    prune_table.check_features(path, names, asked)
    singles = [
        ("target", columns.target),
        ("amount", columns.amount),
        ("time", columns.time),
        ("id", columns.id),
        ("cluster", columns.cluster),
        ("weight", columns.weight),
    ]
    for role, name in (*singles, *(("protected", name) for name in columns.protected)):
        if name is not None and name not in names:
            raise DataError(f"{path}: no column {name!r} for {role}; {table.near(name, names)}")
    if columns.target in {column.read_from for column in features}:
        raise DataError(f"target must not be a feature of a model, however: {columns.target!r} is one")
    if columns.weight in {column.read_from for column in features}:
        raise DataError(f"weight must not be a feature of a model, however: {columns.weight!r} is one")


def _part(whole: pa.Table, columns: Columns) -> RowsPart:
    return RowsPart(
        whole,
        outcome.outcome(whole, columns.target, columns.bad, said=outcome.OPTIONS) if columns.target else None,
        {name: _group(whole, name) for name in columns.protected},
        _amount(whole, columns.amount) if columns.amount else None,
        split.dates(whole, columns.time) if columns.time else None,
        encode.column_of(whole, columns.id).to_pylist() if columns.id else None,
        _clusters(whole, columns) if columns.cluster else None,
        split.weights(whole, columns.weight) if columns.weight else None,
    )


def _clusters(whole: pa.Table, columns: Columns) -> NDArray[Any]:
    """A row without a value is alone; a column of dates makes blocks of a month or a quarter."""
    name = columns.cluster or ""
    return Dated.of(split.dates(whole, name)).names if name == columns.time else split.borrowers(whole, name)


def _group(whole: pa.Table, name: str) -> NDArray[Any]:
    """Numbers only where they are many: 1 and 2 are levels."""
    values = encode.attribute(whole, Column(name, Role.PROTECTED))
    if values.dtype.kind == "f" and len(np.unique(values[~np.isnan(values)])) > LEVELS:
        return values
    return encode.attribute(whole, Column(name, Role.PROTECTED, Kind.CATEGORICAL))


def _amount(whole: pa.Table, name: str) -> Vector:
    values = encode.numbers(encode.column_of(whole, name), name)
    wrong = ~(np.isfinite(values) & (values >= 0))
    if wrong.any():
        raise DataError(f"amount: {name!r} must be 0 or more in every row, however: {values[wrong][0]:g}")
    return values


def _taken(part: RowsPart, rows: NDArray[np.intp]) -> RowsPart:
    return RowsPart(
        part.table.take(pa.array(rows)),
        None if part.default is None else part.default[rows],
        {name: values[rows] for name, values in part.protected.items()},
        None if part.amount is None else part.amount[rows],
        None if part.dates is None else part.dates[rows],
        None if part.ids is None else [part.ids[i] for i in rows.tolist()],
        None if part.clusters is None else part.clusters[rows],
        None if part.weight is None else part.weight[rows],
    )
