"""Whole features out of a trained booster, without its recipe and without training it again.

Each split on a feature that goes gives way to a surrogate on one that stays (`algorithms/trees/surrogate_splits.py`),
then all leaves are fitted jointly to the given PDs and the labels by a penalised logistic regression. Features go one
at a time: of the few that move the margin least for their price, the one whose removal raises tune's loss least.
Columns keep their places, so that given and cut model can be compared applicant by applicant. Refuses scorers without
trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.special import expit

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation import importance
from riskmodel.pruning.algorithms.features.lists import FeatureLists, feature_lists, prices
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.pruning.algorithms.trees.problem import stated
from riskmodel.pruning.algorithms.trees.refit import refitted
from riskmodel.pruning.algorithms.trees.surrogate_splits import FeatureRemoval
from riskmodel.pruning.algorithms.trees.truncation import stumps
from riskmodel.trees import HasTrees, TreeEnsemble
from riskmodel.trees.edit.simplify import constants_gone
from riskmodel.trees.units import trees_of

AT_ONCE = 0.1  # of the features that are left, where there are many
MANY = 30


@dataclass(frozen=True)
class RemoveWithoutRefitPruner(Pruner):
    """Features that the trees can best say by others go first; `keep` is a share of the features."""

    unit = "feature"

    mix: Annotated[float, Field(ge=0, le=1)] = 0.8  # the teacher's share of the target; at 1 labels are not looked at
    monotone: bool = True  # constraints that held before hold after
    rows: Annotated[int, Field(ge=100)] = 10_000  # of train, at most, for surrogates; the refit takes all
    order_rows: Annotated[int, Field(ge=100)] = 3000  # of train and of tune, at most, for the order
    tried: Annotated[int, Field(ge=1)] = 3  # of the weakest features, at each step
    cost_weight: Annotated[float, Field(ge=0)] = 1.0  # of what a feature costs; 0 leaves costs out
    must_keep: Sequence[str] = ()
    must_drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("must_keep", "must_drop"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # TOML and JSON have lists

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        trees_of(scorer)
        lists = feature_lists(scorer.features, self.must_keep, self.must_drop, keeps)
        going = self._order(scorer, development, lists)
        return [lists.decision(keep, going) for keep in keeps]

    def _order(self, scorer: Scorer, development: Development, lists: FeatureLists) -> list[int]:
        """The free features, first those that go first."""
        tune = development.tune.representative(self.order_rows)
        matrix, price = tune.columns(scorer.features), prices(scorer.features, self.cost_weight)
        removal, trees = _removal(scorer, development, self.order_rows), trees_of(scorer)
        objective = mixed(tune.default, expit(trees.margins(matrix)), self.mix, tune.weight)
        gone = list(lists.must_drop)
        trees = removal.without(trees, gone)
        left, order = list(lists.free), list[int]()
        while left:
            worth = importance(_with(scorer, trees), matrix) / price
            weakest = sorted(left, key=lambda place: (worth[place], place))
            many = int(AT_ONCE * len(left)) if len(left) > MANY else 0
            going = [place for place in weakest if worth[place] == 0] or weakest[:many]
            if not going:
                now = objective.loss(trees.margins(matrix))
                rises = {}
                for place in weakest[: self.tried]:
                    without = removal.without(trees, [*gone, place])
                    rises[place] = max(objective.loss(without.margins(matrix)) - now, 0.0) / price[place]
                going = [min(rises, key=rises.__getitem__)]
            order, gone = order + going, gone + going
            left = [place for place in left if place not in going]
            trees = removal.without(trees, gone) if left else trees
        return order

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        trees = trees_of(scorer)
        if not set(plan.dropped) & set(trees.used_features):
            return scorer
        removed = _removal(scorer, development, self.rows).without(trees, plan.dropped)
        student = _with(scorer, constants_gone(removed))
        problem = stated(student, development, self.mix, self.monotone, trees)
        whole = stumps(problem.layouts, tuple(np.ones(len(layout.nodes), np.bool_) for layout in problem.layouts))
        values, intercept = refitted(problem, whole)
        leaves = {
            (stump.tree, int(node)): float(value)
            for stump, ends in zip(whole, values, strict=True)
            for node, value in zip(stump.layout.leaves, ends, strict=True)
        }
        return _with(scorer, problem.ensemble.with_leaves(leaves, intercept))


def _removal(scorer: Scorer, development: Development, rows: int) -> FeatureRemoval:
    trees, matrix = trees_of(scorer), development.train.representative(rows).columns(scorer.features)
    pd = expit(trees.margins(matrix))
    return FeatureRemoval(trees, matrix, np.maximum(pd * (1 - pd), 1e-6))


def _with(scorer: Scorer, trees: TreeEnsemble) -> Scorer:
    if not isinstance(scorer, HasTrees):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no trees")
    made: Scorer = scorer.with_ensemble(trees)
    return made
