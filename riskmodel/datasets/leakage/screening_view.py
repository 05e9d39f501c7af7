"""The development rows as the screens see them: one feature at a time, so that memory stays bounded.

At most 200,000 rows are looked at, drawn at random: an AUC is then known to within 0.01, and a bad rate as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.core import Column, Kind, Outcome, Vector
from riskmodel.datasets import encode
from riskmodel.datasets.leakage.dates import as_days
from riskmodel.datasets.leakage.ordering import FOLDS
from riskmodel.datasets.split import Days, RowKeys

MOST = 200_000
_BINS = 64

Levels = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ScreeningView:
    """Development rows, all or a draw of them; `default` is their outcome."""

    table: pa.Table
    rows: NDArray[np.int64]  # positions in the table
    of: int  # how many development rows there are
    default: Outcome
    days: Days | None  # the date of each of these rows, where the run has a time column

    @property
    def basis(self) -> str:
        """The rows in words."""
        drawn = "" if len(self.rows) == self.of else f" drawn from {self.of:,}"
        return f"{len(self.rows):,} development rows{drawn}, {int(self.default.sum()):,} bads"

    def column(self, name: str) -> pa.Array:
        """One column of these rows."""
        return encode.column_of(self.table.select([name]).take(pa.array(self.rows)), name)

    @cached_property
    def folds(self) -> Levels:
        """A fold for each row, with the same share of bads in each."""
        order = np.random.default_rng(0).permutation(len(self.default))
        order = order[np.argsort(self.default[order], kind="stable")]
        fold = np.empty(len(order), np.intp)
        fold[order] = np.arange(len(order)) % FOLDS
        return fold

    @cached_property
    def order(self) -> Vector | None:
        """Each row's place in time."""
        return None if self.days is None else self.days.astype("M8[D]").astype(np.float64)


def view_of(table: pa.Table, keys: RowKeys, development: NDArray[np.int64]) -> ScreeningView:
    """What is looked at of the development rows (positions); `keys` are those of all rows of the table."""
    rows = np.sort(development)
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST, replace=False))
    days = None if keys.days is None else keys.days[rows]
    return ScreeningView(table, rows, len(development), keys.default[rows], days)


@dataclass(frozen=True, eq=False)
class Feature:
    """One feature on the rows that are seen: numbers, or the codes of `names`; missing is NaN."""

    column: Column
    values: Vector
    names: tuple[str, ...]  # the levels of a category, sorted; of a number none
    days: Days | None  # where its values are dates

    @property
    def name(self) -> str:
        return self.column.name

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        return np.isnan(self.values)

    @cached_property
    def present(self) -> Vector:
        return self.values[~self.missing]

    @cached_property
    def distinct(self) -> tuple[Vector, Levels, Levels]:
        """The different values that are present, which of them each present row has, and how often each stands."""
        values, at, times = np.unique(self.present, return_inverse=True, return_counts=True)
        return values, at, times

    @cached_property
    def upper(self) -> Vector:
        """The upper edges of the bins of a number, the last one open: quantiles, or all values where they are few."""
        values, _, times = self.distinct
        if not len(values):
            return values
        if len(values) <= _BINS:
            return values[:-1]
        bins = min(_BINS, max(20, len(self.values) // 50))
        edges = np.searchsorted(np.cumsum(times), np.arange(1, bins) / bins * len(self.present))
        return values[np.unique(edges)]

    @cached_property
    def levels(self) -> Levels:
        """Each row's level: a category's own or a number's bin, then one for missing, then one a special code."""
        last = len(self.names) if self.column.kind is Kind.CATEGORICAL else len(self.upper) + 1
        whole = np.full(len(self.values), last, np.intp)
        if self.column.kind is Kind.CATEGORICAL:
            whole[~self.missing] = self.present.astype(np.intp)
            return whole
        whole[~self.missing] = np.searchsorted(self.upper, self.present)
        for i, code in enumerate(self.column.codes, start=1):
            whole[self.values == code] = last + i
        return whole


def feature(rows: ScreeningView, column: Column) -> Feature:
    """One column of the schema on the rows that are seen, with every level that it has there. Raises: DataError."""
    cells = rows.column(column.name)
    if column.kind is Kind.NUMERIC:
        return Feature(column, encode.numbers(cells, column.name), (), as_days(cells))
    coded = encode.levels(cells, column.name).dictionary_encode()
    names = np.asarray(coded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(names, kind="stable")
    place = np.empty(len(order))
    place[order] = np.arange(len(order))
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.float64)
    known = ~np.isnan(codes)
    values = np.full(len(codes), np.nan)
    values[known] = place[codes[known].astype(np.intp)]
    return Feature(column, values, tuple(names[order]), as_days(cells))
