"""Which leaves hang below a split: in a layout they are neighbours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.layout import TreeLayout


class LeafSpans(NamedTuple):
    """Of each split: leaves start : middle are below its left, middle : stop below its right."""

    start: NDArray[np.int64]
    middle: NDArray[np.int64]
    stop: NDArray[np.int64]


def spans(layout: TreeLayout) -> LeafSpans:
    """The leaves below each split of a layout."""
    splits = np.arange(len(layout.nodes))
    start = np.zeros(len(splits), np.int64)
    for split, left in enumerate(layout.left):
        start[split] = start[left] if left >= 0 else ~left
    stop = start + splits - layout.first + 2
    middle = np.where(layout.right < 0, ~layout.right, np.append(start, 0)[layout.right])
    return LeafSpans(start, middle, stop)


def sums(amount: Vector, start: NDArray[np.int64], stop: NDArray[np.int64]) -> Vector:
    """The sum of an amount, one a leaf, over each span."""
    running = np.concatenate([[0.0], np.cumsum(amount)])
    total: Vector = running[stop] - running[start]
    return total
