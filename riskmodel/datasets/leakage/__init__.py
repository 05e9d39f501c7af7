"""Screens a table for what no application knows: leaks of the outcome, ids, copies, the same borrower twice.

Only development rows are looked at, but for the question who stands on both sides of the split, which needs no outcome.
Each screen is a file; what it finds blocks, warns or notes. A suspect that blocks is answered in the run's TOML
(data.ignore drops its column, data.kept says why it stays) before training goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from riskmodel.config import Data
from riskmodel.core import Column, Schema, Tick
from riskmodel.datasets.leakage import (
    duplicates,
    ids,
    low_information,
    names,
    pandas_index,
    post_outcome_dates,
    univariate,
    window,
)
from riskmodel.datasets.leakage.resolutions import (
    can_drop,
    check_kept,
    idle,
    key,
    recorded,
    refuse_unanswered,
    unanswered,
)
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView, feature, view_of
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.split import RowKeys, Rows

__all__ = [
    "Suspect",
    "SuspectSeverity",
    "can_drop",
    "key",
    "recorded",
    "refuse_unanswered",
    "screened",
    "suspects",
    "unanswered",
]

_Screen = Callable[[Feature, ScreeningView], Iterator[Suspect]]
_SCREENS: tuple[_Screen, ...] = (
    pandas_index.screen,
    univariate.screen,
    post_outcome_dates.screen,
    ids.screen,
    names.screen,
    low_information.screen,
)


def suspects(
    table: pa.Table, columns: Schema, data: Data, keys: RowKeys, rows: Rows, *, tick: Tick = lambda: None
) -> tuple[Suspect, ...]:
    """All that the screens find, what blocks first; equals in the order of the schema.

    `keys` are the outcome and the day of every row of the table, `rows` the positions of each sample; `tick` is called
    after each column of `screened`.

    Raises: DataError for a reason in data.kept whose column is not in the table.
    """
    check_kept(data, table.column_names)
    own = view_of(table, keys, np.concatenate([rows.train, rows.tune]))
    suspected: list[Suspect] = []
    for column in screened(columns):
        suspected += _of_one(feature(own, column), own)
        tick()
    suspected += [*ids.of_schema(columns, own), *duplicates.of_schema(table, columns, rows)]
    suspected += window.of_table(data, keys, rows)
    order = list(SuspectSeverity)
    return tuple(sorted([*suspected, *idle(data, suspected)], key=lambda suspect: order.index(suspect.severity)))


def screened(columns: Schema) -> tuple[Column, ...]:
    """The columns that are looked at one by one: all that a scorer may use, but for indicators of another's codes."""
    return tuple(column for column in columns.features if not column.source)


def _of_one(one: Feature, own: ScreeningView) -> Iterator[Suspect]:
    """What the screens say of one feature: the first that blocks, and all that does not."""
    blocked = False
    for suspect in (suspect for screen in _SCREENS for suspect in screen(one, own)):
        blocks = suspect.severity is SuspectSeverity.BLOCKS
        if not (blocks and blocked):
            yield suspect
        blocked |= blocks
