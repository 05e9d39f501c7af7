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
    Scorer,
)
from riskmodel.ensemble import HasTrees
from riskmodel.pruning._line import fitted_line, level
from riskmodel.pruning._objective import mixed
from riskmodel.pruning._trees import kept_trees, ranked_trees, trees_of
from riskmodel.pruning._weigh import fitted_weights, weighed


@dataclass(frozen=True)
class TreesPruner(RankingPruner):
    """Trees that were chosen late go first."""

    unit = "tree"

    weights: bool = True  # False: each kept tree counts as it did

    def rank(self, scorer: Scorer, seen: Development) -> Ranking:
        order = chosen_order(_centred(scorer, seen), seen.tune.default)
        importance = np.empty(len(order))
        importance[order] = np.arange(len(order), 0, -1)
        return ranked_trees(trees_of(scorer), importance)

    def decide(self, scorer: Scorer, seen: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """The values of a plan are the weights of its trees."""
        decisions = super().decide(scorer, seen, keeps)
        if not self.weights:
            return decisions
        margins = _centred(scorer, seen)
        return [self._weighed(decision, margins, seen.tune.default) for decision in decisions]

    def _weighed(self, decision: Decision, margins: Matrix, default: Outcome) -> Decision:
        if len(decision.kept) == len(decision.units):
            return decision
        weights = fitted_weights(margins[:, list(decision.kept)], default)
        return replace(decision, values=tuple(float(weight) for weight in weights))

    def cut(self, scorer: Scorer, plan: PruningPlan, seen: Development) -> Scorer:  # noqa: ARG002 - the plan says all
        if not plan.values or not isinstance(scorer, HasTrees):
            return kept_trees(scorer, plan)
        return scorer.with_ensemble(weighed(scorer.ensemble, plan.kept, plan.values))


def _centred(scorer: Scorer, seen: Development) -> Matrix:
    """What each tree adds on tune, less its mean: n x trees."""
    margins = trees_of(scorer).tree_margins(seen.tune.columns(scorer.features))
    centred: Matrix = margins - margins.mean(axis=0)
    return centred


def chosen_order(margins: Matrix, default: Outcome) -> list[int]:
    """Columns of centred tree margins (n x trees) in the order of choice.

    Each step takes the tree with the largest second-order fall of log-loss, g'm - m'Hm / 2, at the recalibrated margin.
    """
    objective = mixed(default, np.zeros(len(default)), mix=0)
    left, total, line = list(range(margins.shape[1])), np.zeros(len(margins)), level(objective)
    order = []
    while left:
        line = fitted_line(objective, total, line, 2)
        now, step = line[0] + line[1] * total, margins[:, left] * line[1]
        gain = objective.residual(now) @ step - 0.5 * objective.hessian(now) @ step**2
        order.append(left.pop(int(np.argmax(gain))))
        total = total + margins[:, order[-1]]
    return order
