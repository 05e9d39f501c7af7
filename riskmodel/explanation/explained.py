"""One interface to attributions of every scorer: what each feature adds to the margin, over what, and how exactly.

Without a reference trees and scorecards are explained over development, path-dependent (Lundberg et al. 2020). Against
reference rows every scorer is: sums of trees exactly (interventional), our networks by expected gradients (Erion et al.
2021), all else by permutation (Lundberg and Lee 2017), which adds up by itself. Every batch is added up and checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from riskmodel.core import FIXED_ORDER, Matrix, Scorer, Vector
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.explanation.attributions import has_contributions, summed_trees
from riskmodel.networks import EncodedNetwork, Single, expected_gradients, integrated
from riskmodel.networks.sequences import HasMonths, sequence_gradient
from riskmodel.trees import SumOfTrees, TreePart

Way = Literal["path-dependent", "additive", "interventional", "expected gradients", "permutation"]
GRADIENTS: Way = "expected gradients"
EXACT, SINGLE = 1e-6, 1e-4  # of log-odds that exact values may miss; of what adds up in single precision
MOST = 50  # reference rows, where each costs as much as all rows
PERMUTATIONS = 4  # of the features, each there and back


@dataclass(frozen=True, eq=False)
class Explained:
    """What each feature adds to the raw margin of each row over `base`, in log-odds."""

    values: Matrix  # n x features
    base: float  # the mean margin of the reference
    way: Way
    error: float  # the largest |base + sum of values - margin|
    exact: bool  # whether they are Shapley values but for rounding

    def __len__(self) -> int:
        return len(self.values)


def explain(scorer: Scorer, matrix: Matrix, reference: Matrix | None = None) -> Explained:
    """Attributions of any scorer's raw margin, added up and checked on these rows.

    Parameters
    ----------
    scorer
        Any scorer.
    matrix
        Rows (n x features), in the order of the scorer's features; NaN is missing.
    reference
        Rows (m x features) that a feature is explained against; None is development, of trees and scorecards alone.

    Returns
    -------
    Values, base, the way they were found, and how far they are from adding up.

    Raises
    ------
    UnsupportedScorer
        Without a reference, for what has neither trees nor points.
    DataError
        For a reference without rows, or of other columns.
    RiskModelError
        Where exact values do not add up to the margin.
    """
    if reference is None:
        values, base, way = _over_development(scorer, matrix)
    else:
        if reference.ndim != 2 or not len(reference) or reference.shape[1] != len(scorer.features):
            raise DataError(
                f"reference must have rows of {len(scorer.features)} features, however: shape {reference.shape}"
            )
        values, base, way = _against(scorer, matrix, reference)
    gap = np.abs(base + values.sum(axis=1) - scorer.raw_margin(matrix))
    error = float(gap.max()) if len(gap) else 0.0
    exact = way in ("path-dependent", "additive", "interventional")
    if exact and not error <= (EXACT if _in_doubles(scorer) else SINGLE):
        raise RiskModelError(
            f"attributions must add up to the margin, however: one of the rows misses it by {error:.2g}"
        )
    return Explained(values, base, way, error, exact)


def interactions(scorer: Scorer, matrix: Matrix, reference: Matrix | None = None) -> Matrix:
    """How much each pair of features adds to the raw margin of each row, of sums of trees.

    Parameters
    ----------
    scorer
        A sum of trees.
    matrix
        Rows (n x features).
    reference
        Rows (m x features) to explain against; None is train by the covers of the trees (path-dependent).

    Returns
    -------
    n x features x features, log-odds: each row of a matrix adds up to the feature's attribution; a pair's interaction
    stands by halves on both sides of the diagonal.

    Raises
    ------
    UnsupportedScorer
        For a scorer that is no sum of trees.
    """
    from riskmodel.trees.shap.leaf_games import LeafGames  # noqa: PLC0415 - compiled, and only for trees

    parts = _parts(scorer)
    if parts is None:
        raise UnsupportedScorer(f"interactions are of sums of trees, however: {scorer.kind}")
    return np.asarray(sum(p.weight * LeafGames(p.ensemble, reference).pairs(matrix) for p in parts), np.float64)


def _over_development(scorer: Scorer, matrix: Matrix) -> tuple[Matrix, float, Way]:
    if (trees := summed_trees(scorer)) is not None:
        from riskmodel.trees.shap.treeshap import TreeShap  # noqa: PLC0415 - compiled, and only for trees

        return TreeShap(trees)(matrix), trees.intercept + sum(tree.mean for tree in trees.trees), "path-dependent"
    way: Way = "path-dependent" if _parts(scorer) is None else "additive"
    if has_contributions(scorer):
        parts = scorer.contributions(matrix)
        return parts[:, :-1], float(parts[0, -1]) if len(parts) else 0.0, way
    raise UnsupportedScorer(f"a {scorer.kind} scorer is explained against reference rows, however: none were given")


def _against(scorer: Scorer, matrix: Matrix, reference: Matrix) -> tuple[Matrix, float, Way]:
    base = float(scorer.raw_margin(reference).mean())
    if (parts := _parts(scorer)) is not None:
        from riskmodel.trees.shap.leaf_games import LeafGames  # noqa: PLC0415 - compiled, and only for trees

        values = sum(p.weight * LeafGames(p.ensemble, reference).values(matrix) for p in parts)
        return np.asarray(values, np.float64), base, "interventional"
    some = reference[np.linspace(0, len(reference) - 1, min(MOST, len(reference))).astype(np.intp)]
    base = float(scorer.raw_margin(some).mean())
    if isinstance(scorer, EncodedNetwork):
        return _by_gradients(scorer, partial(expected_gradients, scorer.network), matrix, some), base, GRADIENTS
    if isinstance(scorer, HasMonths):
        way = partial(integrated, partial(sequence_gradient, scorer.sequence_network))
        return _by_gradients(scorer, way, matrix, some), base, GRADIENTS
    return _by_permutation(scorer, matrix, some), base, "permutation"


def _parts(scorer: Scorer) -> tuple[TreePart, ...] | None:
    """The trees that add up to the margin; None where there are none."""
    if not isinstance(scorer, SumOfTrees):
        return None
    try:
        return scorer.tree_parts()
    except UnsupportedScorer:
        return None


def _by_gradients(
    scorer: EncodedNetwork | HasMonths,
    way: Callable[[Single, Single, Vector], Matrix],
    matrix: Matrix,
    reference: Matrix,
) -> Matrix:
    """Those of a feature's inputs, its flag and its levels among them, added up."""
    weight = np.full(len(reference), 1 / len(reference))
    by_input = way(scorer.encoded(matrix), scorer.encoded(reference), weight)
    values = np.zeros(matrix.shape)
    np.add.at(values.T, scorer.input_columns, by_input.T)
    return values


def _by_permutation(scorer: Scorer, matrix: Matrix, reference: Matrix) -> Matrix:
    from shap import PermutationExplainer  # noqa: PLC0415 - slow to import, and not needed for trees

    if not len(matrix):
        return np.zeros(matrix.shape)
    explainer = PermutationExplainer(scorer.raw_margin, reference, seed=0)
    values = explainer(matrix, max_evals=PERMUTATIONS * (2 * matrix.shape[1] + 1), silent=True).values
    return np.asarray(values, np.float64)


def _in_doubles(scorer: Scorer) -> bool:
    """Whether its margin adds up in double precision: XGBoost's leaves, and what a network is among, do not."""
    return scorer.pd_tolerance <= FIXED_ORDER
