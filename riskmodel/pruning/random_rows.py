"""Rows of train at random, stratified by outcome and, where dates are named, by tenths of time.

The rival that every other way to choose rows must beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Development, Scorer
from riskmodel.pruning.algorithms.rows import draws
from riskmodel.pruning.algorithms.rows.row_pruner import RowOrder, RowPruner

PERIODS = 10


@dataclass(frozen=True)
class RandomRowsPruner(RowPruner):
    """`keep` of train's bads and of its goods, of each tenth of time, stays."""

    def order(self, scorer: Scorer, development: Development) -> RowOrder:  # noqa: ARG002 - chance alone decides
        train = development.train
        strata = train.default.astype(np.intp)
        if train.days is not None:
            rank = np.argsort(np.argsort(train.days, kind="stable"), kind="stable")
            strata = strata * PERIODS + rank * PERIODS // len(train)
        return RowOrder(draws.shuffled(strata, self.seed), "not drawn")
