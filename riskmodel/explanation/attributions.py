"""SHAP values of any scorer, in log-odds (Lundberg & Lee 2017)."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from riskmodel.core import Matrix, Scorer, Vector

BACKGROUND, EXPLAINED = 50, 200  # rows, where no exact algorithm exists and each costs thousands of scores


@runtime_checkable
class HasContributions(Protocol):
    """A scorer whose library computes exact SHAP values."""

    def contributions(self, matrix: Matrix) -> Matrix: ...


def attributions(scorer: Scorer, matrix: Matrix) -> Matrix:
    """SHAP values, n x features: exact from the library where it has them (raw margin), else by permutation.

    By permutation only the first rows are explained, against the first rows as background; n is then at most EXPLAINED.
    """
    if isinstance(scorer, HasContributions):
        return scorer.contributions(matrix)[:, :-1]
    from shap import PermutationExplainer  # noqa: PLC0415 - slow to import, and not needed for trees

    explainer = PermutationExplainer(scorer.raw_margin, matrix[:BACKGROUND], seed=0)
    values = explainer(matrix[:EXPLAINED], max_evals=4 * matrix.shape[1] + 2, silent=True).values
    return np.asarray(values, np.float64)


def importance(scorer: Scorer, matrix: Matrix) -> Vector:
    """Mean |SHAP| of each feature, log-odds."""
    mean: Vector = np.abs(attributions(scorer, matrix)).mean(axis=0)
    return mean
