"""Keep the trees that add most on the tune sample: greedy forward selection, the margin re-scaled at each step.

Caruana et al. 2004 select members of an average; here the members are centred trees, and since a few trees of a slow
learner add up to a timid margin, each step first fits the straight line that recalibration will fit in the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from riskmodel.core import Development, Matrix, Outcome, PruningPlan, Ranking, RankingPruner, Scorer, Vector
from riskmodel.pruning._trees import kept_trees, ranked_trees, trees_of


@dataclass(frozen=True)
class TreesPruner(RankingPruner):
    """Trees that were chosen late go first."""

    unit = "tree"

    def rank(self, scorer: Scorer, seen: Development) -> Ranking:
        trees = trees_of(scorer)
        margins = trees.tree_margins(seen.tune.columns(scorer.features))
        order = chosen_order(margins - margins.mean(axis=0), seen.tune.default)
        importance = np.empty(len(order))
        importance[order] = np.arange(len(order), 0, -1)
        return ranked_trees(trees, importance)

    def cut(self, scorer: Scorer, plan: PruningPlan, seen: Development) -> Scorer:  # noqa: ARG002 - nothing is refitted
        return kept_trees(scorer, plan)


def chosen_order(margins: Matrix, default: Outcome) -> list[int]:
    """Columns of centred tree margins (n x trees) in the order of choice.

    Each step takes the tree with the largest second-order fall of log-loss, g'm - m'Hm / 2, at the recalibrated margin.
    """
    left, total, line = list(range(margins.shape[1])), np.zeros(len(margins)), np.array([_base(default), 1.0])
    order = []
    while left:
        line = _refit(line, total, default)
        pd = expit(line[0] + line[1] * total)
        step = margins[:, left] * line[1]
        gain = (default - pd) @ step - 0.5 * (pd * (1 - pd)) @ step**2
        order.append(left.pop(int(np.argmax(gain))))
        total = total + margins[:, order[-1]]
    return order


def _base(default: Outcome) -> float:
    rate = float(default.mean())
    return float(np.log(rate / (1 - rate)))


def _refit(line: Vector, total: Vector, default: Outcome) -> Vector:
    """Two Newton steps of intercept and slope: from the last step's line that is enough."""
    rows = np.column_stack([np.ones_like(total), total])
    for _ in range(2):
        pd = expit(rows @ line)
        hessian = rows.T @ (rows * (pd * (1 - pd))[:, None]) + 1e-6 * np.eye(2)
        line = line + np.linalg.solve(hessian, rows.T @ (default - pd))
    return np.array([line[0], np.clip(line[1], 0.1, 100.0)])
