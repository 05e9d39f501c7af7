"""Keep the trees that add most on the tune sample: greedy forward selection, the margin re-scaled at each step; then
weigh those that are kept together.

Caruana et al. 2004 select members of an average; here the members are centred trees, and since a few trees of a slow
learner add up to a timid margin, each step first fits the straight line that recalibration will fit in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from riskmodel.core import (
    Decision,
    Development,
    Matrix,
    Outcome,
    PruningPlan,
    Ranking,
    RankingPruner,
    Sample,
    Scorer,
    Vector,
)
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.pruning.algorithms.trees.platt_line import fitted_line, level
from riskmodel.pruning.algorithms.trees.tree_weights import fitted_weights, weighed
from riskmodel.trees import HasTrees
from riskmodel.trees.units import kept_trees, ranked_trees, trees_of


@dataclass(frozen=True)
class TreesPruner(RankingPruner):
    """Trees that were chosen late go first."""

    unit = "tree"

    weights: bool = True  # False: each kept tree counts as it did

    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        tune = development.tune
        order = chosen_order(_centred(scorer, development), tune.default, tune.weight)
        importance = np.empty(len(order))
        importance[order] = np.arange(len(order), 0, -1)
        return ranked_trees(trees_of(scorer), importance)

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """The values of a plan are the weights of its trees."""
        decisions = super().decide(scorer, development, keeps)
        if not self.weights:
            return decisions
        margins = _centred(scorer, development)
        return [self._weighed(decision, margins, development.tune) for decision in decisions]

    def _weighed(self, decision: Decision, margins: Matrix, tune: Sample) -> Decision:
        if len(decision.kept) == len(decision.units):
            return decision
        weights = fitted_weights(margins[:, list(decision.kept)], tune.default, rows=tune.weight)
        return replace(decision, values=tuple(float(weight) for weight in weights))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:  # noqa: ARG002 - the plan says all
        if not plan.values or not isinstance(scorer, HasTrees):
            return kept_trees(scorer, plan)
        return scorer.with_ensemble(weighed(scorer.ensemble, plan.kept, plan.values))


def _centred(scorer: Scorer, development: Development) -> Matrix:
    """What each tree adds on tune, less its mean: n x trees."""
    margins = trees_of(scorer).tree_margins(development.tune.columns(scorer.features))
    centred: Matrix = margins - np.average(margins, axis=0, weights=development.tune.weight)
    return centred


def chosen_order(margins: Matrix, default: Outcome, rows: Vector | None = None) -> list[int]:
    """Columns of centred tree margins (n x trees) in the order of choice; `rows` (n) is how much each row counts.

    Each step takes the tree with the largest second-order fall of log-loss, g'm - m'Hm / 2, at the recalibrated margin.
    """
    objective = mixed(default, np.zeros(len(default)), mix=0, weight=rows)
    columns = np.ascontiguousarray(margins.T)
    left, order = np.ones(len(columns), np.bool_), list[int]()
    total, line = np.zeros(len(margins)), level(objective)
    while left.any():
        line = fitted_line(objective, total, line, 2)
        now = line[0] + line[1] * total
        falls = _falls(columns, left, objective.residual(now), objective.hessian(now), line[1])
        order.append(int(np.argmax(falls)))
        left[order[-1]] = False
        total = total + columns[order[-1]]
    return order


@jitted(nogil=True, fastmath={"reassoc", "contract"})
def _falls(columns, left, residual, hessian, slope):  # type: ignore[no-untyped-def]
    """The fall of loss by each column that is left, in one pass over it; sums may be added in any order."""
    falls = np.full(len(columns), -np.inf)
    for tree in range(len(columns)):
        if left[tree]:
            column, first, second = columns[tree], 0.0, 0.0
            for i in range(len(column)):
                first += residual[i] * column[i]
                second += hessian[i] * column[i] * column[i]
            falls[tree] = slope * first - 0.5 * slope * slope * second
    return falls
