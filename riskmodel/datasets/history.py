"""The months of a long table as columns of applications: only what lies before the month of each application.

A row of the long table counts for the month that it names. Month 1 is the one before the application's own, so that
nothing of that month or later can leak in; a month without a row is missing. Where applications have no date, month 1
is the last one of each id: then the long table itself must end before the application.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from riskmodel import tables
from riskmodel.config.history import History
from riskmodel.datasets import encode
from riskmodel.datasets.split.keys import dates
from riskmodel.errors import DataError
from riskmodel.privacy import excerpt

WHERE = "data.history"
SPAN = 10_000  # months: more than lie between two dates that are read

Months = NDArray[np.int64]


def read(path: Path, history: History, id_column: str) -> pa.Table:
    """The long table, ids and months as they are spelt. Raises: DataError for one without the named columns."""
    names = tables.names(path)
    for key, name in _named(history, id_column):
        if name not in names:
            raise DataError(f"{WHERE}.{key}: {path} has no column {name!r}; {tables.near(name, names)}")
    text, number = (tables.CellRule(reading) for reading in (tables.Reading.TEXT, tables.Reading.NUMBER))
    rules = {history.id or id_column: text, history.time: text, **dict.fromkeys(history.columns, number)}
    return tables.read(path, rules=lambda name: rules.get(name, tables.CellRule()))


def _named(history: History, id_column: str) -> list[tuple[str, str]]:
    return [("id", history.id or id_column), ("time", history.time), *(("columns", name) for name in history.columns)]


def widened(rows: pa.Table, long: pa.Table, history: History, id_column: str, time: str | None) -> pa.Table:
    """Applications (n) with a column for each month of each channel.

    Parameters
    ----------
    rows, long
        Applications, and months.
    history
        Which columns of `long`, and how many months.
    id_column, time
        Of the applications; without a date, months are counted back from the last of each id.

    Returns
    -------
    The applications with columns such as pay_3, pay_2, pay_1 after their own; NaN is missing.

    Raises
    ------
    DataError
        For a column that is absent, no number or there already, two rows of one month, or months of nobody.
    """
    if taken := [name for name in history.made if name in rows.column_names]:
        raise DataError(f"{WHERE}: makes a column {taken[0]!r}, however: the applications have one already")
    whose, owner = _codes(rows, id_column, long, history.id or id_column)
    month = _months(long, history.time, f"{WHERE}.time")
    known = owner >= 0
    key = _one_a_month(owner[known] * SPAN + month[known], long.filter(pa.array(known)), history, id_column)
    until = _last(whose, owner[known], month[known]) if time is None else _months(rows, time, "data.time") - 1
    place = _places(key, whose, until, history.months)
    for name, columns in history.channels.items():
        values = encode.numbers(encode.column_of(long, name), name)[known]
        laid = np.where(place >= 0, np.append(values, np.nan)[place], np.nan)
        for at, column in enumerate(columns):
            rows = rows.append_column(column, pa.array(laid[:, at], from_pandas=True))
    return rows


def _codes(rows: pa.Table, id_column: str, long: pa.Table, owner: str) -> tuple[Months, Months]:
    """A number for the id of each application, and of each month (-1 for one of nobody here)."""
    own = encode.levels(encode.column_of(rows, id_column), id_column)
    theirs = encode.levels(encode.column_of(long, owner), owner)
    names = pc.unique(own.drop_null())
    whose, owners = (_at(texts, names) for texts in (own, theirs))
    if not (owners >= 0).any():
        raise DataError(f"{WHERE}: must have months of some {id_column!r}, however: none of its {owner!r} is one")
    return whose, owners


def _at(texts: pa.Array, names: pa.Array) -> Months:
    places: Months = pc.index_in(texts, value_set=names).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _months(table: pa.Table, name: str, said: str) -> Months:
    """Since 1900, of each row."""
    months: Months = dates(table, name, said).astype("M8[M]").astype(np.int64) + 70 * 12
    return months


def _one_a_month(key: Months, long: pa.Table, history: History, id_column: str) -> Months:
    """The keys; each stands once. Raises: DataError."""
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if len(again):
        row = int(order[again[0] + 1])
        name = history.id or id_column
        cells = [excerpt(encode.cell(encode.column_of(long, column), row)) for column in (name, history.time)]
        raise DataError(
            f"{WHERE}: must have one row a month of each {name!r}, however: {len(again)} are further ones, first "
            f"{' in '.join(cells)}"
        )
    return key


def _last(whose: Months, owner: Months, month: Months) -> Months:
    """The last month that each application has rows of; 0 where it has none."""
    latest = np.zeros(max(int(whose.max(initial=-1)), 0) + 1, np.int64)
    np.maximum.at(latest, owner, month)
    last: Months = np.where(whose >= 0, latest[np.maximum(whose, 0)], 0)
    return last


def _places(key: Months, whose: Months, until: Months, months: int) -> Months:
    """Where in `key` each month of each application stands (n x months, the oldest first); -1 is nowhere."""
    order = np.argsort(key, kind="stable")
    wanted = (whose * SPAN + until)[:, None] - np.arange(months - 1, -1, -1)
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    there = (key[order][at] == wanted) & (whose >= 0)[:, None]
    return np.where(there, order[at], -1)
