"""SHAP values of any scorer, in log-odds (Lundberg & Lee 2017)."""

from __future__ import annotations

from typing import Protocol, TypeGuard, runtime_checkable

import numpy as np

from riskmodel.core import Matrix, Sample, Scorer, Vector
from riskmodel.trees import HasTrees, TreeEnsemble
from riskmodel.trees.targets import HasOwnPd

BACKGROUND, EXPLAINED = 50, 200  # rows, where no exact algorithm exists and each costs thousands of scores


@runtime_checkable
class HasContributions(Protocol):
    """A scorer whose library computes exact SHAP values."""

    def contributions(self, matrix: Matrix) -> Matrix: ...


def summed_trees(scorer: Scorer) -> TreeEnsemble | None:
    """The trees that add up to a scorer's margin; None where it has none, as a forest, whose PDs are their mean."""
    return scorer.ensemble if isinstance(scorer, HasTrees) and not isinstance(scorer, HasOwnPd) else None


def has_contributions(scorer: Scorer) -> TypeGuard[HasContributions]:
    """Whether its library's SHAP values are those of its margin."""
    return isinstance(scorer, HasContributions) and not isinstance(scorer, HasOwnPd)


def attributions(scorer: Scorer, matrix: Matrix) -> Matrix:
    """SHAP values (Lundberg and Lee 2017): exact of trees and where the scorer has them, else by permutation.

    By permutation only the first EXPLAINED rows are explained, against the first BACKGROUND rows as background.

    Parameters
    ----------
    scorer
        Any scorer; what is explained is its raw margin, before calibration.
    matrix
        Rows (n x features), in the order of the scorer's features; NaN is missing.

    Returns
    -------
    What each feature adds to the margin of each row (n x features, at most EXPLAINED rows by permutation), in
    log-odds.
    """
    if (trees := summed_trees(scorer)) is not None:
        from riskmodel.trees.shap.treeshap import TreeShap  # noqa: PLC0415 - compiled, and only for trees

        return TreeShap(trees)(matrix)
    if has_contributions(scorer):
        return scorer.contributions(matrix)[:, :-1]
    from shap import PermutationExplainer  # noqa: PLC0415 - slow to import, and not needed for trees

    explainer = PermutationExplainer(scorer.raw_margin, matrix[:BACKGROUND], seed=0)
    values = explainer(matrix[:EXPLAINED], max_evals=4 * matrix.shape[1] + 2, silent=True).values
    return np.asarray(values, np.float64)


def ranked(scorer: Scorer, sample: Sample) -> tuple[tuple[str, float], ...]:
    """Each feature of a scorer by name with its importance on these rows, the largest first."""
    values = importance(scorer, sample.columns(scorer.features))
    names = (column.name for column in scorer.features)
    return tuple(sorted(zip(names, values.tolist(), strict=True), key=lambda pair: -pair[1]))


def importance(scorer: Scorer, matrix: Matrix) -> Vector:
    """How much each feature matters: its mean |SHAP value| over rows.

    Parameters
    ----------
    scorer
        Any scorer.
    matrix
        Rows (n x features); NaN is missing.

    Returns
    -------
    One number a feature (features), in log-odds, never below 0.
    """
    mean: Vector = np.abs(attributions(scorer, matrix)).mean(axis=0)
    return mean
