"""Everything that can go from an ensemble without changing what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.trees.edit.merge import same_questions_summed, without_equal_siblings
from riskmodel.trees.edit.reachability import without_unreachable
from riskmodel.trees.edit.step_functions import single_features_merged
from riskmodel.trees.ensemble import TreeEnsemble


def lossless(ensemble: TreeEnsemble) -> TreeEnsemble:
    """The smallest ensemble that the exact edits lead to; nothing is done twice: a second call changes no more.

    Unreachable branches and categories go, equal siblings become a leaf, trees with the same questions are summed, so
    are trees of one numeric feature, and constant trees go into the intercept.

    Margins stay within 2^-50 x (number of trees) x (|intercept| + sum of the trees' largest |leaf|): double rounding,
    1e-12 for any real model. XGBoost adds up in single precision and rounds leaves and base score to it, before as
    after: there the bound is the same with 2^-22.
    """
    return constants_gone(simplified(ensemble))


def simplified(ensemble: TreeEnsemble) -> TreeEnsemble:
    """The same with every tree in its place: one that was merged into another is a constant of 0."""
    rules, alone = ensemble.rules, trimmed(ensemble).trees
    after = replace(ensemble, trees=single_features_merged(same_questions_summed(alone, rules), rules))
    return simplified(after) if _splits(after) < _splits(ensemble) else after


def trimmed(ensemble: TreeEnsemble) -> TreeEnsemble:
    """Each tree by itself, without unreachable branches and equal siblings; margins stay to the last bit."""
    trees = (without_equal_siblings(without_unreachable(tree, ensemble.rules)) for tree in ensemble.trees)
    return replace(ensemble, trees=tuple(trees))


def _splits(ensemble: TreeEnsemble) -> int:
    return ensemble.n_nodes - ensemble.n_leaves


def constants_gone(ensemble: TreeEnsemble) -> TreeEnsemble:
    """Trees of one leaf go into the intercept; if there is nothing else the last tree stays: XGBoost needs one."""
    constant = [len(tree) == 1 for tree in ensemble.trees]
    if constant and all(constant):
        constant[-1] = False
    gone = [float(tree.value[0]) for tree, goes in zip(ensemble.trees, constant, strict=True) if goes]
    trees = tuple(tree for tree, goes in zip(ensemble.trees, constant, strict=True) if not goes)
    return replace(ensemble, trees=trees, intercept=float(np.sum([ensemble.intercept, *gone])))
