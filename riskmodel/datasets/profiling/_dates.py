"""Which of several dates an application cannot have had: those that lie after another date of the same row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from riskmodel.datasets import encode, names
from riskmodel.datasets.leakage.dates import Days, as_days
from riskmodel.datasets.profiling._report import ColumnProfile, Suspicion, Trait

LATER, MOSTLY = 31, 0.5  # days, since a month may be written as its first or its last; and the share of rows
BIRTH = 10 * 365  # days by which all else is later than a date of birth


def ordered_dates(table: pa.Table, columns: Sequence[ColumnProfile]) -> tuple[ColumnProfile, ...]:
    """The columns, each date that mostly lies after another one that may date the application known as later."""
    days = {column.name: _days(table, column) for column in columns if _may_date(column)}
    first = {name: dates_of_other for name, dates_of_other in days.items() if dates_of_other is not None}
    return tuple(_known_later(column, first) if column.name in first else column for column in columns)


def _may_date(column: ColumnProfile) -> bool:
    is_date = column.suspicion(Trait.DATE) or column.suspicion(Trait.UNDATED)
    return bool(is_date) and not column.suspicion(Trait.DUPLICATE) and names.protected(column.name) is None


def _days(table: pa.Table, column: ColumnProfile) -> Days | None:
    return as_days(encode.column_of(table, column.name))


def _known_later(column: ColumnProfile, days: dict[str, Days]) -> ColumnProfile:
    own = days[column.name].astype("M8[D]")
    for other, dates_of_other in days.items():
        gap = (own - dates_of_other.astype("M8[D]")).astype("m8[D]")
        known = ~np.isnat(gap)
        apart = gap[known].astype(np.int64)
        if len(apart) and np.mean((apart > LATER) & (apart < BIRTH)) > MOSTLY and names.time_rank(other) > 0:
            share = float(np.mean(apart > LATER))
            reason = f"dated after {other} in {share:.1%} of the rows: known only later"
            return replace(column, suspicions=(Suspicion(Trait.LATER, reason), *column.suspicions))
    return column
