"""A forest as the given model: its PDs are its own, and its trees are where a booster starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from riskmodel.core import Matrix, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.native_answer import Answer
from riskmodel.scorers.lgbm import LgbmScorer
from riskmodel.trees import TreeEnsemble, TreePart

LEAST = 1e-4  # a PD of 0 or 1, as a forest may say it, has no log-odds


@dataclass(frozen=True, eq=False)
class ForestScorer(LgbmScorer):
    """A LightGBM model that starts from a forest's trees, with the forest's PDs.

    With other trees it is a LightGBM scorer, and nothing of the forest is left.
    """

    answer: Answer

    def own_pd(self, matrix: Matrix) -> Vector:
        """The forest's PDs (n) of rows (n x features)."""
        return self.answer(matrix)

    def pd(self, matrix: Matrix) -> Vector:
        return self.own_pd(matrix)

    def raw_margin(self, matrix: Matrix) -> Vector:
        margin: Vector = logit(np.clip(self.own_pd(matrix), LEAST, 1 - LEAST))
        return margin

    def tree_parts(self) -> tuple[TreePart, ...]:
        raise UnsupportedScorer("a forest's PD is the mean of its trees, and its log-odds are no sum of trees")

    def with_ensemble(self, ensemble: TreeEnsemble) -> LgbmScorer:  # type: ignore[override]
        return LgbmScorer(self.features, self.calibration, self.native.with_ensemble(ensemble), self.recipe, self.seed)
