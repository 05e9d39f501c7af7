"""What tree pruners share, those of other packages too: trees as units that cost their leaves."""

from __future__ import annotations

import numpy as np

from riskmodel.core import PruningPlan, Ranking, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import HasTrees, TreeEnsemble


def trees_of(scorer: Scorer) -> TreeEnsemble:
    """The trees of a scorer. Raises: UnsupportedScorer if it has none."""
    if not isinstance(scorer, HasTrees):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no trees")
    return scorer.ensemble


def ranked_trees(trees: TreeEnsemble, importance: Vector) -> Ranking:
    """Each tree at the cost of its leaves.

    Parameters
    ----------
    trees
        The ensemble; its trees are the units, "tree 0" and on.
    importance
        What each tree is worth (trees), in any unit: the larger stay.

    Returns
    -------
    The ranking, whose cost (trees) is in leaves.
    """
    cost = np.array([tree.n_leaves for tree in trees.trees], np.float64)
    return Ranking(tuple(f"tree {i}" for i in range(len(trees.trees))), importance, cost)


def kept_trees(scorer: Scorer, plan: PruningPlan) -> Scorer:
    """The scorer with the trees that a plan keeps; one that keeps all is the scorer itself.

    Each tree that goes leaves its mean in the intercept, so that the level of risk stays.

    Parameters
    ----------
    scorer
        A scorer with trees.
    plan
        One whose units are the scorer's trees, in their order.

    Returns
    -------
    A scorer of the same library.

    Raises
    ------
    UnsupportedScorer
        If the scorer has no trees.
    """
    trees = trees_of(scorer)
    if not plan.dropped or not isinstance(scorer, HasTrees):
        return scorer
    return scorer.with_ensemble(trees.keep_trees(plan.kept))
