"""Trees side by side, 256 at a time, so that one row is scored as fast as a block of rows is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.trees.compiled.layout import LANES
from riskmodel.trees.compiled.split_encoding import Bytes, Questions
from riskmodel.trees.compiled.tree_order import Splits


@dataclass(frozen=True, eq=False)
class Lanes:
    """Step i of a group has the i-th split of each of its trees.

    steps: of each group of 256 trees. columns: steps x 256, what is asked. asks: steps x 4 x 256: mask, limit, the
    first leaf below the split, the first leaf on its right. slot: the lane of each tree; -1 where it has none.
    """

    steps: NDArray[np.int64]
    columns: NDArray[np.uint16]
    asks: Bytes
    slot: NDArray[np.int64]


def lanes(splits: Splits, asked: Questions, small: NDArray[np.bool_]) -> Lanes:
    """The small trees, those with the most splits first: trees of like size share a group, and no step is wasted."""
    trees = np.flatnonzero(small)
    trees = trees[np.argsort(-splits.counts[trees], kind="stable")]
    slot = np.full(len(small), -1, np.int64)
    slot[trees] = np.arange(len(trees))
    steps = splits.counts[trees[::LANES]]
    before = np.concatenate([[0], np.cumsum(steps)])

    split = np.flatnonzero(np.repeat(small, splits.counts))
    tree = np.repeat(np.arange(len(small)), splits.counts)[split]
    group, lane = np.divmod(slot[tree], LANES)
    step = before[group] + split - splits.starts[tree]
    columns = np.zeros((before[-1], LANES), np.uint16)
    asks = np.zeros((before[-1], 4, LANES), np.uint8)  # a lane without a split has mask 0: it never goes right
    columns[step, lane] = asked.column[split]
    each: tuple[NDArray[Any], ...] = (asked.mask, asked.limit, splits.first, splits.second)
    for place, values in enumerate(each):
        asks[step, place, lane] = values[split]
    return Lanes(steps, columns, asks, slot)
