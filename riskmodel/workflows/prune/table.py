"""Somebody's table for somebody's model: its features found by name, its rows in four samples with one job each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from riskmodel import tables
from riskmodel.config import SplitShares
from riskmodel.core import Column, Matrix, Role, Schema, Split
from riskmodel.datasets import encode, outcome, split
from riskmodel.datasets.split import RowKeys
from riskmodel.errors import DataError

SHARES = SplitShares()


@dataclass(frozen=True)
class Spelling:
    """How a table is held to the levels of a model: what it spells missing as, how many rows may have other levels."""

    nulls: tuple[str, ...] = ()  # none: as usual
    unknown: float = 0.05  # share of the rows of a column
    say: Callable[[str], None] = lambda _line: None  # told of every column with some


AS_USUAL = Spelling()


def samples(  # noqa: PLR0917 - what a table is read by
    path: Path,
    features: Sequence[Column],
    target: str,
    id_column: str | None,
    seed: int,
    weight: str | None = None,
    spelling: Spelling = AS_USUAL,
    bad: str | None = None,
    check: Callable[[pa.Table], None] = lambda _table: None,
) -> Split:
    """The samples of a table that has the features, the outcome and, if named, an id and a weight of each row.

    Weights count where something is fitted and where it is judged; a row of weight 0 is left out. `bad` is the value of
    a bad where the outcome is not 0 and 1; `check` is shown the table before anything is drawn from it.
    Raises: DataError for a column that is missing or unfit, an id that stands twice, too few bads or goods.
    """
    whole = checked(path, features, {"target": target, "id": id_column, "weight": weight}, spelling, check)
    if weight is not None and _is_number(whole, weight):
        whole = whole.filter(pc.fill_null(pc.not_equal(encode.column_of(whole, weight), 0), True))
    counted = split.weights(whole, weight) if weight is not None else None
    outcomes = outcome.outcome(whole, target, bad, said=outcome.OPTIONS)
    rows = split.draw(outcomes, SHARES, seed)
    return split.split(whole, Schema((*features, Column(target, Role.TARGET))), rows, RowKeys(outcomes, weight=counted))


def checked(
    path: Path,
    features: Sequence[Column],
    roles: Mapping[str, str | None],
    spelling: Spelling,
    check: Callable[[pa.Table], None],
) -> pa.Table:
    """The table of a model's features and of the named columns (target, id, weight). Raises: DataError."""
    whole = opened(path, features, roles["id"], spelling)
    _check(path, whole, features, roles)
    check_levels(whole, features, spelling)
    check(whole)
    return whole


def _is_number(whole: pa.Table, name: str) -> bool:
    return encode.is_number(encode.column_of(whole, name).type)


def unlabelled(path: Path, features: Sequence[Column], spelling: Spelling = AS_USUAL) -> Matrix:
    """Applications without outcome, in the features of a model. Raises: DataError."""
    whole = opened(path, features, None, spelling)
    check_features(path, whole.column_names, features)
    check_levels(whole, features, spelling)
    return encode.matrix(whole, features)


def opened(
    path: Path, features: Sequence[Column], id_column: str | None = None, spelling: Spelling = AS_USUAL
) -> pa.Table:
    """The table, its cells read as what the columns of a model are, under the model's names. Raises: DataError."""
    features = [replace(one, nulls=spelling.nulls) for one in features] if spelling.nulls else features
    own = [*features, *([Column(id_column, Role.ID)] if id_column else [])]
    rules = tables.rules_of(own)
    blank = tables.rules_of([replace(column, name=_blank(column.name)) for column in own if not column.source])

    def rule(name: str) -> tables.CellRule:
        cell_rule = rules(name)
        return blank(_blank(name)) if cell_rule == tables.CellRule() else cell_rule

    return renamed(tables.read(path, rules=rule), features)


def check_levels(whole: pa.Table, features: Sequence[Column], spelling: Spelling) -> None:
    """Tells of levels that the model does not know.

    Raises: DataError for more rows of a column with such levels than `spelling` allows.
    """
    for one in encode.refuse_unknown(whole, features, spelling.unknown):
        spelling.say(f"column {one.column!r} {one.in_words}: they count as missing")


def _blank(name: str) -> str:
    return name.replace(" ", "_")


def renamed(whole: pa.Table, features: Sequence[Column]) -> pa.Table:
    """The columns under the names of a model: LightGBM writes the blanks in a name as underscores."""
    wanted = {column.name for column in features} - set(whole.column_names)
    names = [blank if (blank := _blank(name)) in wanted else name for name in whole.column_names]
    return whole.rename_columns(names)


def _check(path: Path, whole: pa.Table, features: Sequence[Column], roles: Mapping[str, str | None]) -> None:
    names = whole.column_names
    check_features(path, names, features)
    for role, name in roles.items():
        if name is None:
            continue
        if name not in names:
            raise DataError(f"{path}: no column {name!r} for {role}; {tables.near(name, names)}")
        if name in {column.name for column in features}:
            raise DataError(f"{role} must not be a feature of the model, however: {name!r} is one")
    if (id_column := roles["id"]) is not None:
        _check_id(path, encode.column_of(whole, id_column), id_column)


def check_features(path: Path, names: Sequence[str], features: Sequence[Column]) -> None:
    """Raises: DataError where a column of the model is not in the table."""
    if missing := [column.name for column in features if column.name not in names]:
        more = f" and {len(missing) - 1} more of the model's {len(features)} features" if len(missing) > 1 else ""
        raise DataError(f"{path}: no column {missing[0]!r}{more}; {tables.near(missing[0], names)}")


def _check_id(path: Path, column: pa.Array, name: str) -> None:
    """A row that stands twice could sit in the sample that chooses and in the one that confirms."""
    counts = pc.value_counts(column)
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        raise DataError(f"{path}: {name!r} must name each row once, however: {twice[0]['values']} stands twice or more")
