"""The compiled loops: a block of 256 rows against each tree, or one row against 256 trees.

A tree of up to 256 leaves needs no walk. A lane holds the first leaf that its row can still come to, at the start 0.
Splits come before their branches: a split whose first leaf is not the lane's own is off its path, and one that the row
passes on the right moves the lane on to the first leaf there. What is left in the end is the row's leaf. So each split
costs a comparison, a comparison and a choice, for 256 lanes at a time and without a branch (after QuickScorer,
Lucchese et al. 2015, which keeps a bit a leaf). Larger trees are walked.

Values of the leaves are added in the order of the trees, in double precision, as LightGBM does: to the last bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from riskmodel.trees.compiled import vectors as v
from riskmodel.trees.compiled.layout import (
    COLUMNS,
    EDGES,
    FEATURES,
    LANES,
    LARGE,
    MASKED,
    N_COLUMNS,
    SIDE_ASKS,
    SIDE_COLUMNS,
    SPLITS,
    STEPS,
    TABLE,
    TREES,
    VALUES,
    WALKED,
    WIDE,
)

FEW_EDGES = 32
BYTE_COLUMNS = 256

_form = types.Array(types.uint8, 1, "C", readonly=True)
_bounds = types.Array(types.int64, 2, "C", readonly=True)
_rows = types.Array(types.float64, 2, "A", readonly=True)  # by rows or by columns, and never written to
SIGNATURE = types.void(_form, _bounds, types.float64, _rows, types.uint8[::1], types.float64[::1])
OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_part = njit(**OPTIONS, no_cpython_wrapper=True)


def blocks(form: Any, bounds: Any, intercept: float, rows: Any, scratch: Any, margins: Any) -> None:  # noqa: PLR0917
    """Margins of at least 256 rows; the last block overlaps the one before."""
    features, n_features = v.longs(form, bounds[0, FEATURES]), bounds[1, FEATURES]
    edges, table = v.doubles(form, bounds[0, EDGES]), v.octets(form, bounds[0, TABLE])
    totals, places = v.doubles(scratch, 0), v.ints(scratch, 8 * LANES)
    columns = v.octets(scratch, 12 * LANES)
    for block in range(0, rows.shape[0], LANES):
        first = min(block, rows.shape[0] - LANES)
        _answer_block(rows, first, features, n_features, edges, table, places, columns)
        _sum_block(form, bounds, columns, totals)
        for lane in range(LANES):
            margins[first + lane] = totals[lane] + intercept


@_part
def _answer_block(  # noqa: PLR0917
    rows: Any, first: int, features: Any, n_features: int, edges: Any, table: Any, places: Any, columns: Any
) -> None:
    column = 0
    for f in range(n_features):
        feature, first_edge, missing = features[5 * f], features[5 * f + 1], 1 << features[5 * f + 2]
        for lane in range(0, LANES, WIDE):
            number = v.down(rows, first + lane, feature)
            at = v.nowhere()
            step = missing >> 1
            while step:
                at = v.climb(at, number, edges, first_edge + step - 1, step)
                step >>= 1
            v.keep(at, number, missing, places, lane)
        start = features[5 * f + 3]
        for _ in range(features[5 * f + 4]):
            for lane in range(LANES):
                columns[column + lane] = table[start + places[lane]]
            column += LANES
            start += missing + 1


@_part
def _sum_block(form: Any, bounds: Any, columns: Any, totals: Any) -> None:
    trees, values = v.longs(form, bounds[0, TREES]), v.doubles(form, bounds[0, VALUES])
    asked, splits = v.longs(form, bounds[0, COLUMNS]), v.octets(form, bounds[0, SPLITS])
    walked = v.ints(form, bounds[0, WALKED])
    for lane in range(LANES):
        totals[lane] = 0.0
    for t in range(bounds[1, TREES]):
        start, stop, first_value, kind = trees[5 * t], trees[5 * t + 1], trees[5 * t + 2], trees[5 * t + 3]
        if kind == LARGE:
            for lane in range(LANES):
                totals[lane] += values[first_value + _walk(walked, start, columns, LANES, lane)]
            continue
        leaf = v.every(np.uint8(0))
        for s in range(start, stop):
            byte = v.load(columns, asked[s])
            if kind == MASKED:
                byte = v.common(byte, v.every(splits[4 * s]))
            right = v.above(byte, v.every(splits[4 * s + 1]))
            here = v.same(leaf, v.every(splits[4 * s + 2]))
            leaf = v.choose(v.both(right, here), v.every(splits[4 * s + 3]), leaf)
        v.add_at(totals, values, first_value, leaf)


@_part
def _walk(walked: Any, at: int, columns: Any, stride: int, lane: int) -> int:
    """The leaf of a tree; a split's column, mask, limit and branches: a split each, or a leaf as its complement."""
    while at >= 0:
        right = (columns[walked[5 * at] * stride + lane] & walked[5 * at + 1]) > walked[5 * at + 2]
        at = int(walked[5 * at + 4] if right else walked[5 * at + 3])
    return ~at


def one_by_one(form: Any, bounds: Any, intercept: float, rows: Any, scratch: Any, margins: Any) -> None:  # noqa: PLR0917
    """Margins of a few rows."""
    features, n_features = v.longs(form, bounds[0, FEATURES]), bounds[1, FEATURES]
    edges, table = v.doubles(form, bounds[0, EDGES]), v.octets(form, bounds[0, TABLE])
    columns, leaves = v.octets(scratch, LANES), v.octets(scratch, LANES + bounds[1, N_COLUMNS] + 64)
    for row in range(rows.shape[0]):
        answer_row(rows, row, features, n_features, edges, table, columns)
        _descend(form, bounds, v.octets(scratch, 0), columns, leaves)
        margins[row] = _sum_row(form, bounds, columns, leaves) + intercept


@_part
def answer_row(  # noqa: PLR0917
    rows: Any, row: int, features: Any, n_features: int, edges: Any, table: Any, columns: Any
) -> None:
    """The place of each value by halving, and by counting once few edges are left."""
    column = 0
    for f in range(n_features):
        number, first_edge, missing = rows[row, features[5 * f]], features[5 * f + 1], 1 << features[5 * f + 2]
        place, step = 0, missing >> 1
        while step > FEW_EDGES:
            if edges[first_edge + place + step - 1] < number:
                place += step
            step >>= 1
        first = first_edge + place
        for e in range(2 * step - 1):
            place += edges[first + e] < number
        if np.isnan(number):
            place = missing
        start = features[5 * f + 3] + place
        for _ in range(features[5 * f + 4]):
            columns[column] = table[start]
            start += missing + 1
            column += 1


@_part
def _descend(form: Any, bounds: Any, bytes_of: Any, columns: Any, leaves: Any) -> None:
    """The leaf of each small tree, lane by lane."""
    steps, which = v.longs(form, bounds[0, STEPS]), v.shorts(form, bounds[0, SIDE_COLUMNS])
    asks = v.octets(form, bounds[0, SIDE_ASKS])
    step = 0
    for group in range(bounds[1, STEPS]):
        leaf = v.every(np.uint8(0))
        for _ in range(steps[group]):
            byte = picked(columns, bounds[1, N_COLUMNS], which, step * LANES, bytes_of)
            ask = step * 4 * LANES
            right = v.above(v.common(byte, v.load(asks, ask)), v.load(asks, ask + LANES))
            here = v.same(leaf, v.load(asks, ask + 2 * LANES))
            leaf = v.choose(v.both(right, here), v.load(asks, ask + 3 * LANES), leaf)
            step += 1
        v.store(leaves, group * LANES, leaf)


@_part
def _scattered(columns: Any, n_columns: int, which: Any, at: int, picked: Any) -> Any:  # noqa: ARG001
    """The bytes of 256 columns, one after another."""
    for lane in range(LANES):
        picked[lane] = columns[which[at + lane]]
    return v.load(picked, 0)


@_part
def _shuffled(columns: Any, n_columns: int, which: Any, at: int, picked: Any) -> Any:
    """The bytes of 256 columns, 64 columns at a time; one after another where a column's number is no byte."""
    if n_columns > BYTE_COLUMNS:
        return _scattered(columns, n_columns, which, at, picked)
    place = v.low_bytes(which, at)
    byte = v.look_up(columns, 0, place)
    for first in range(64, n_columns, 64):
        beyond = v.above(place, v.every(np.uint8(first - 1)))
        byte = v.choose(beyond, v.look_up(columns, first, place), byte)
    return byte


picked = _shuffled if v.SHUFFLES else _scattered


@_part
def _sum_row(form: Any, bounds: Any, columns: Any, leaves: Any) -> float:
    trees, values = v.longs(form, bounds[0, TREES]), v.doubles(form, bounds[0, VALUES])
    walked = v.ints(form, bounds[0, WALKED])
    total = 0.0
    for t in range(bounds[1, TREES]):
        if trees[5 * t + 3] == LARGE:
            leaf = _walk(walked, trees[5 * t], columns, 1, 0)
        else:
            leaf = np.int64(leaves[trees[5 * t + 4]])
        total += values[trees[5 * t + 2] + leaf]
    return total
