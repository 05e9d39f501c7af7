"""Weights of trees, none below zero: what was chosen greedily, weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from riskmodel.core import Matrix, Outcome, Vector
from riskmodel.stats import log_loss
from riskmodel.trees import Tree, TreeEnsemble

PULL = 2.0  # of the ridge, against what the rows say of an average tree


def fitted_weights(margins: Matrix, default: Outcome, pull: float = PULL, rows: Vector | None = None) -> Vector:
    """The weights w >= 0 of centred tree margins (n x trees) with the least log-loss, held near one common slope.

    Minimises mean log-loss + ridge / 2 * |w - slope|^2 over w, slope and intercept (L-BFGS-B, Byrd et al. 1995); the
    ridge is `pull` times the mean curvature of the loss in a tree's weight, so that it means the same for any learner.
    `rows` (n) is how much each row counts.
    """
    mass = np.full(len(default), 1 / len(default)) if rows is None else rows / rows.sum()
    rate = float(np.clip(mass @ default, 1e-6, 1 - 1e-6))
    ridge = pull * rate * (1 - rate) * float(mass @ (margins**2).mean(axis=1))
    start = np.concatenate([[np.log(rate / (1 - rate)), 1.0], np.ones(margins.shape[1])])

    def loss(x: Vector) -> tuple[float, Vector]:
        margin, apart = x[0] + margins @ x[2:], x[2:] - x[1]
        residual = mass * (expit(margin) - default)
        value = mass @ log_loss.of_margin(margin, default) + ridge / 2 * (apart @ apart)
        slope = np.concatenate([[residual.sum(), -ridge * apart.sum()], margins.T @ residual + ridge * apart])
        return float(value), slope

    bounds = [(None, None)] + [(0.0, None)] * (len(start) - 1)
    weights: Vector = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[2:]
    return weights


def weighed(trees: TreeEnsemble, kept: Sequence[int], weights: Sequence[float]) -> TreeEnsemble:
    """The given trees times their weights; what their means lose goes into the intercept. A weight of 0 is no tree."""
    pairs = [(tree, weight) for tree, weight in zip(kept, weights, strict=True) if weight > 0] or [(kept[0], 1.0)]
    fewer = trees.keep_trees([tree for tree, _ in pairs])
    scaled = tuple(_times(tree, weight) for tree, (_, weight) in zip(fewer.trees, pairs, strict=True))
    lost = sum((1 - weight) * tree.mean for tree, (_, weight) in zip(fewer.trees, pairs, strict=True))
    return replace(fewer, trees=scaled, intercept=fewer.intercept + lost)


def _times(tree: Tree, weight: float) -> Tree:
    notes = {**tree.carried}
    if "inner" in notes:
        notes["inner"] = notes["inner"] * weight
    return replace(tree, value=tree.value * weight, carried=notes)
