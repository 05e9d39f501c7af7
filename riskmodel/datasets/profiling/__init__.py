"""Looks at a table for the first time: what each column is stored as, what it may be, and which value is a bad.

Nothing here is proof: every suspicion has its reason, and a person decides. What needs a fit is left to the screens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from riskmodel.core import Role
from riskmodel.datasets import split
from riskmodel.datasets.outcome import outcome as read_outcome
from riskmodel.datasets.outcome_window import Closing, closing
from riskmodel.datasets.profiling._dates import ordered_dates
from riskmodel.datasets.profiling._measure import measure
from riskmodel.datasets.profiling._outcome import Target, target_of, without_outcome
from riskmodel.datasets.profiling._report import ColumnProfile, Profile, Suspicion, Trait
from riskmodel.datasets.profiling._roles import assigned
from riskmodel.datasets.profiling._suspect import kind_of, suspicions
from riskmodel.errors import DataError
from riskmodel.tables import near

__all__ = ["ColumnProfile", "Profile", "Suspicion", "Target", "Trait", "profile"]


def profile(table: pa.Table, target: str, given: Mapping[str, Role] | None = None) -> Profile:
    """The profile of the rows with an outcome, `target`; `given` are roles that a person has decided already.

    One column at a time, so that memory beyond the table stays that of one column.

    Raises: DataError where the target is absent, missing in all rows or has not two values, or a given column is
    absent.
    """
    unresolved = without_outcome(table, target)
    if unresolved.any():
        table = table.filter(pa.array(~unresolved))
    outcome = target_of(table, target)
    roles = dict(given or {})
    for name, role in roles.items():
        if name not in table.column_names:
            raise DataError(f"data.{role}: no column {name!r}; {near(name, table.column_names)}")
        if role is Role.WEIGHT and not _is_number(table.schema.field(name).type):
            raise DataError(f"data.weight: {name!r} must be a number, however: {table.schema.field(name).type}")
    if target in roles:
        raise DataError(f"data.{roles[target]}: a column has one role, however: {target!r} is the target too")
    columns = assigned(ordered_dates(table, tuple(_columns(table))), {**roles, target: Role.TARGET})
    return Profile(table.num_rows, outcome, columns, _closing(table, outcome, columns), int(unresolved.sum()))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _closing(table: pa.Table, target: Target, columns: Sequence[ColumnProfile]) -> Closing | None:
    dated = [column.name for column in columns if column.role is Role.TIME]
    if not dated:
        return None
    try:
        days = split.dates(table.select(dated[:1]), dated[0])
    except DataError:  # a column that a person gave; training tells what is wrong with it
        return None
    bad = str(target.bad).lower() if isinstance(target.bad, bool) else str(target.bad)
    return closing(days, read_outcome(table, target.name, bad))


def _columns(table: pa.Table) -> Iterator[ColumnProfile]:
    name_by_digest: dict[bytes, str] = {}
    for name in table.column_names:
        facts = measure(table, name)
        first = name_by_digest.setdefault(facts.digest, name) if facts.digest else name
        suspected = tuple(suspicions(facts, None if first == name else first))
        share = facts.missing / facts.rows
        yield ColumnProfile(name, facts.type, kind_of(facts), facts.distinct, share, suspected, Role.FEATURE)
