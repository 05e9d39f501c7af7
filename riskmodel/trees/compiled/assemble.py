"""From an ensemble to its compiled form."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from riskmodel.trees.compiled.form import CompiledTrees
from riskmodel.trees.compiled.layout import LANES, LARGE, MASKED, PLAIN
from riskmodel.trees.compiled.row_lanes import Lanes, lanes
from riskmodel.trees.compiled.split_encoding import FULL, Bytes, Questions, questions
from riskmodel.trees.compiled.tree_order import Splits, ordered
from riskmodel.trees.ensemble import TreeEnsemble

MOST_LEAVES = 256  # a leaf fits into a byte
MOST_COLUMNS = 1 << 16
ALIGNED = 64


def compile_trees(ensemble: TreeEnsemble) -> CompiledTrees:
    """The compiled form of an ensemble, in milliseconds."""
    splits = ordered(ensemble.trees)
    asked = questions(splits, ensemble.rules)
    small = splits.counts < MOST_LEAVES if asked.n_columns <= MOST_COLUMNS else splits.counts == 0
    form, bounds = _joined(_tables(splits, asked, lanes(splits, asked, small), small), asked.n_columns)
    return CompiledTrees(form, bounds, ensemble.intercept, ensemble.n_features)


def _tables(splits: Splits, asked: Questions, side: Lanes, small: NDArray[np.bool_]) -> list[NDArray[np.generic]]:
    """In the order in which the kernels name them."""
    large = np.repeat(~small, splits.counts)
    masked = np.add.reduceat(np.append(asked.mask < FULL, 0), splits.starts[:-1]) if len(small) else np.zeros(0)
    kind = np.where(small, np.where((masked > 0) & (splits.counts > 0), MASKED, PLAIN), LARGE)
    start = np.where(small, splits.starts[:-1], np.append(0, np.cumsum(large))[splits.starts[:-1]])
    return [
        asked.features,
        np.column_stack([start, splits.starts[1:], splits.leaf_starts[:-1], kind, side.slot]).astype(np.int64),
        side.steps,
        asked.edges,
        splits.values,
        asked.column * LANES,
        _walked(splits, asked, large),
        np.column_stack([asked.mask, asked.limit, splits.first, splits.second]).astype(np.uint8),
        side.columns,
        side.asks,
        asked.bytes,
    ]


def _walked(splits: Splits, asked: Questions, large: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The splits of large trees: column, mask, limit, left, right; a leaf is its complement."""
    first, second, last = (ends[large] for ends in (splits.first, splits.second, splits.last))
    here = np.arange(len(first))
    left = np.where(second - first == 1, ~first, here + 1)
    right = np.where(last - second == 1, ~second, here + second - first)
    asks = (asked.column[large], asked.mask[large], asked.limit[large])
    return np.column_stack([*asks, left, right]).astype(np.int32)


def _joined(tables: Sequence[NDArray[np.generic]], n_columns: int) -> tuple[Bytes, NDArray[np.int64]]:
    """All tables end to end; where each starts and how long it is; last the columns."""
    sizes = [-(-table.nbytes // ALIGNED) * ALIGNED for table in tables]
    starts = list(accumulate(sizes, initial=0))
    form = np.zeros(starts[-1], np.uint8)
    for start, table in zip(starts, tables, strict=False):
        form[start : start + table.nbytes] = np.ascontiguousarray(table).reshape(-1).view(np.uint8)
    return form, np.array([starts, [*map(len, tables), n_columns]], np.int64)
