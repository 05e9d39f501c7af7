"""Rows by the error of models that were not fitted on them, EL2N (Paul, Ganguli and Dziugaite 2021, NeurIPS).

For two classes the norm of the error vector is sqrt(2) |p - y|. Where outcomes are chance, as defaults are, the hardest
rows are bad luck as often as lessons; drawn with a chance by it and weighed they leave the level of risk as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Development, Scorer, Vector
from riskmodel.pruning.algorithms.rows.cross_fitting import error, measured
from riskmodel.pruning.algorithms.rows.scored import ScoredRowsPruner


@dataclass(frozen=True)
class El2nPruner(ScoredRowsPruner):
    """A row's score is sqrt(2) |p - y|, by the recipe fitted on the other folds of train."""

    def scores(self, scorer: Scorer, development: Development) -> Vector:
        scores: Vector = np.sqrt(2) * measured(scorer, development, self.folds, self.seed, error)
        return scores
