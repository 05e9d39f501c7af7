"""Exact path-dependent SHAP values of one row, compiled: one walk up and one down, split by split.

The values are those of `treeshap`, within rounding; a block of rows would do a row's work for all of its lanes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from riskmodel.core import Vector
from riskmodel.jit import jitted
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.compiled import vectors as v
from riskmodel.trees.compiled.kernels import answer_row, picked
from riskmodel.trees.compiled.layout import LANES
from riskmodel.trees.shap.row_schedule import AT_ONCE, RowSchedule
from riskmodel.trees.shap.row_steps import LEFT, RIGHT, begin, rise, rise_leaves, sink, sink_leaves


@dataclass(frozen=True, eq=False)
class RowShap:
    """The SHAP values of one ensemble for one row at a time, made ready once."""

    n_features: int
    schedule: RowSchedule

    @classmethod
    def of(cls, ensemble: TreeEnsemble) -> RowShap:
        return cls(ensemble.n_features, RowSchedule.of(ensemble.trees, ensemble.rules))

    def __call__(self, row: Vector) -> Vector:
        """Log-odds that each feature adds to the mean margin of train, for one row (n_features)."""
        values = np.empty(self.n_features)
        _explain(row[None], values, *self._arrays)
        return values

    @cached_property
    def _arrays(self) -> tuple[Any, ...]:
        s = self.schedule
        share, held, less, value = s.numbers.T
        change = np.column_stack([1 - share, -share, np.zeros(len(share))])
        leaves = (s.places[:, LEFT] == 0) & (s.places[:, RIGHT] == 0)
        gain = change * (held * np.where(leaves, less, 1.0))[:, None]
        again = np.flatnonzero(s.before >= 0)
        edges = np.column_stack([again, s.before[again], s.side[again]])
        asks = [np.zeros(-(-len(share) // LANES) * LANES, kind) for kind in (np.uint16, np.uint8, np.uint8)]
        for of, asked in zip(asks, s.asks.T, strict=True):
            of[: len(asked)] = asked
        return (
            s.asked.n_columns,
            s.asked.features.ravel(),
            s.asked.edges,
            s.asked.bytes,
            *asks,
            edges.astype(np.int32).ravel(),
            (AT_ONCE * s.places).astype(np.int32).ravel(),
            np.column_stack([share, less, value, change, gain]).ravel(),
            s.passes * [1, 1, 1, AT_ONCE],
            s.starts.ravel(),
            s.factors.ravel(),
        )


@jitted(nogil=True, error_model="numpy")
def _explain(  # type: ignore[no-untyped-def]  # noqa: PLR0917 - a call with arrays costs as much as a step
    rows,
    values,
    n_columns,
    features,
    edges_of,
    table,
    column,
    mask,
    limit,
    again,
    places,
    numbers,
    passes,
    starts,
    factors,
):
    columns, n_features = np.empty(n_columns + 64, np.uint8), len(features) // 5
    octets = v.octets(columns, 0)
    answer_row(rows, 0, v.longs(features, 0), n_features, v.doubles(edges_of, 0), v.octets(table, 0), octets)
    way = np.empty(len(column), np.uint8)
    _ways(v.octets(way, 0), len(way), octets, n_columns, v.shorts(column, 0), v.octets(mask, 0), v.octets(limit, 0))
    _mark(v.octets(way, 0), v.ints(again, 0), len(again) // 3)
    phi = np.zeros(len(values) * AT_ONCE)
    _sum(way, places, numbers, passes, starts, factors, phi)
    for f in range(len(values)):
        at = f * AT_ONCE
        values[f] = (phi[at] + phi[at + 1]) + (phi[at + 2] + phi[at + 3])


@jitted(nogil=True)
def _ways(way, splits, columns, n_columns, column, mask, limit):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """0 where the row goes left, 1 where right, for 256 splits at a time."""
    one_by_one = v.octets(np.empty(LANES, np.uint8), 0)
    for s in range(0, splits, LANES):
        byte = v.common(picked(columns, n_columns, column, s, one_by_one), v.load(mask, s))
        v.store(way, s, v.choose(v.above(byte, v.load(limit, s)), v.every(np.uint8(1)), v.every(np.uint8(0))))


@jitted(nogil=True)
def _mark(way, again, edges):  # type: ignore[no-untyped-def]
    """2 where an edge above with the split's feature does not hold."""
    for e in range(edges):
        split, before = again[3 * e], again[3 * e + 1]
        way[split] = way[split] if way[before] == again[3 * e + 2] else 2


@jitted(nogil=True, error_model="numpy")
def _sum(way, places, numbers, passes, starts, factors, phi):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    most = 1
    for p in range(len(passes)):
        most = max(most, passes[p, 2] - passes[p, 0])
    worth, reach = np.zeros((most + 1) * AT_ONCE), np.empty((most + 1) * AT_ONCE)
    gap, weight = np.empty((most + 1) * AT_ONCE), np.empty((most + 1) * AT_ONCE)
    for p in range(len(passes)):
        first, middle, last, row = passes[p, 0], passes[p, 1], passes[p, 2], passes[p, 3]
        for s in range(middle, last):
            rise_leaves(worth, first, s, row, way, places, numbers, factors)
        for back in range(middle - first):
            rise(worth, gap, weight, first, middle - 1 - back, row, way, places, numbers, factors)
        begin(reach, AT_ONCE, starts, p * AT_ONCE)
        for s in range(first, middle):
            sink(reach, gap, weight, phi, first, s, row, way, places, numbers, factors)
        for s in range(middle, last):
            sink_leaves(reach, phi, first, s, row, way, places, numbers, factors)
