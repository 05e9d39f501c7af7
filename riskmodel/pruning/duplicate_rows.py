"""Near duplicates of train go first: rows of one outcome whose features lie in the same quantile bins.

Grids of 32, 16, 8 and 4 bins a feature, the finest first; a row that goes leaves its weight to the one that stands for
it. When every cell of the coarsest grid has one row left, more go at random. On wide tables few rows are near, and this
is little else than chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Development, Sample, Scorer, Vector
from riskmodel.pruning.algorithms.rows import draws
from riskmodel.pruning.algorithms.rows.hashes import row_hashes
from riskmodel.pruning.algorithms.rows.near import LEVELS, Nearness, nearness
from riskmodel.pruning.algorithms.rows.row_pruner import RowOrder, RowPruner


@dataclass(frozen=True)
class NearOrder(RowOrder):
    """The order with who is near to whom."""

    near: Nearness | None = None


@dataclass(frozen=True)
class DuplicateRowsPruner(RowPruner):
    """Of rows that are alike one at random stays and counts for the others; the more alike, the sooner they go."""

    weighed: bool = True  # whether a row that stays counts for those that go

    def order(self, scorer: Scorer, development: Development) -> NearOrder:
        train = development.train
        chance = draws.shuffled(train.default, self.seed)
        near = nearness(train.columns(scorer.features), scorer.features, train.default, -chance)
        names = row_hashes(train)
        reasons = ["not drawn" if other < 0 else f"near {names[other]}" for other in near.parent.tolist()]
        return NearOrder(LEVELS - near.tier + chance, reasons, near=near)

    def weights(self, train: Sample, order: RowOrder, kept: NDArray[np.intp]) -> Vector | None:
        if not self.weighed or not isinstance(order, NearOrder) or order.near is None or len(kept) == len(train):
            return None
        stays = np.zeros(len(train), np.bool_)
        stays[kept] = True
        heirs = order.near.heirs(stays)
        own = np.ones(len(train)) if train.weight is None else train.weight
        weight = np.bincount(heirs[heirs >= 0], own[heirs >= 0], len(train))[kept]
        return np.asarray(weight / weight.mean(), np.float64)
