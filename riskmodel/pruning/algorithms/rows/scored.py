"""Rows by a score of how much they teach: the hardest, the easiest, or a draw with a chance by the score."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Development, Sample, Scorer, Vector
from riskmodel.pruning.algorithms.rows import draws
from riskmodel.pruning.algorithms.rows.row_pruner import RowOrder, RowPruner

FLOOR = 0.1  # of the mean score: no row counts for more than ten times the mean


@dataclass(frozen=True)
class ScoredRowsPruner(RowPruner):
    """Rows by a score that is measured on folds which did not fit.

    how: "sampled" draws rows with a chance in proportion to the score and weighs each by one over its chance, so that
    sums over rows stay what they are (Horvitz and Thompson 1952; Ting and Brochu 2018; Wang, Zhu and Ma 2018).
    "hardest" keeps those with the largest scores of each class, as Paul et al. 2021 do, "easiest" those with the
    smallest (Sorscher et al. 2022, for little data). `skip` of each class, those with the largest scores, go first.
    """

    folds: Annotated[int, Field(ge=2, le=20)] = 4
    how: Literal["sampled", "hardest", "easiest"] = "sampled"
    skip: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @abstractmethod
    def scores(self, scorer: Scorer, development: Development) -> Vector:
        """How much each row of train (n) teaches, at least 0."""

    def order(self, scorer: Scorer, development: Development) -> RowOrder:
        train, scores = development.train, self.scores(scorer, development)
        if self.how == "sampled":
            size = _size(scores, train.weight)
            return RowOrder(draws.by_chance(size, self.seed), "not drawn")
        hardest = draws.by_class(train.default, scores, self.seed)
        importance = hardest if self.how == "hardest" else 1 - hardest
        skipped = hardest > 1 - self.skip
        reasons = np.where(skipped, "skipped as the hardest", "easier" if self.how == "hardest" else "harder")
        return RowOrder(np.where(skipped, importance - 2, importance), reasons.tolist())

    def weights(self, train: Sample, order: RowOrder, kept: NDArray[np.intp]) -> Vector | None:
        if self.how != "sampled" or len(kept) == len(train):
            return None
        chance = np.random.default_rng(self.seed).uniform(1e-12, 1, len(train))  # as the draw had it
        size = order.importance * chance
        weight = 1 / draws.inclusion(size, len(kept))[kept]
        weight *= 1.0 if train.weight is None else train.weight[kept]
        return np.asarray(weight / weight.mean(), np.float64)


def _size(scores: Vector, weight: Vector | None) -> Vector:
    floored = np.maximum(scores, FLOOR * scores.mean())
    return np.asarray(floored if weight is None else floored * weight, np.float64)
