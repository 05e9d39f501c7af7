"""Rows whose outcome models that were not fitted on them find least likely: confident learning.

Northcutt, Jiang and Chuang 2021 (Journal of Artificial Intelligence Research 70, 1373-1411), written from the paper.
A default is a chance: a good risk that failed is no error. What goes here is to be looked at, and is seldom all wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Development, Outcome, Scorer, Vector
from riskmodel.pruning.algorithms.rows.cross_fitting import error, measured
from riskmodel.pruning.algorithms.rows.row_pruner import RowOrder, RowPruner

REASONS = ("a good that looks bad", "a bad that looks good")


@dataclass(frozen=True)
class LabelNoisePruner(RowPruner):
    """Goes by |p - y| of the recipe fitted on the other folds, the largest first.

    stop: "joint" drops no more than the confident joint says are wrong, "keep" goes as far as keep says.
    """

    folds: Annotated[int, Field(ge=2, le=20)] = 4
    stop: Literal["joint", "keep"] = "joint"

    def order(self, scorer: Scorer, development: Development) -> RowOrder:
        train = development.train
        wrong = measured(scorer, development, self.folds, self.seed, error)
        suspects = suspected(train.default, wrong)
        reasons = [REASONS[outcome] for outcome in train.default.tolist()]
        least = len(train) - int(suspects.sum()) if self.stop == "joint" else 0
        return RowOrder(np.where(suspects, -wrong, 2 - wrong), reasons, least)


def suspected(default: Outcome, wrong: Vector) -> NDArray[np.bool_]:
    """Which rows (n) the confident joint says are wrong: in each class as many as it counts, the largest |p - y| first.

    A row counts for the other class where its probability of it is at least the mean of that class's own rows, and
    larger than that of its own class where it reaches both means.
    """
    means = np.array([1 - wrong[default == outcome].mean() for outcome in (0, 1)])
    own, other = 1 - wrong >= means[default], wrong >= means[1 - default]
    crossed = other & (~own | (wrong > 0.5))
    suspects = np.zeros(len(default), np.bool_)
    for outcome in (0, 1):
        rows = np.flatnonzero(default == outcome)
        confident = int((own | other)[rows].sum())
        count = round(len(rows) * int(crossed[rows].sum()) / confident) if confident else 0
        suspects[rows[np.argsort(-wrong[rows], kind="stable")[:count]]] = True
    return suspects
