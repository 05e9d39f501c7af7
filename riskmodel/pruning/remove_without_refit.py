"""Whole features out of a trained booster, without its recipe and without training it again.

Each split on a feature that goes gives way to a surrogate on one that stays (`algorithms/trees/surrogate_splits.py`),
then all leaves are fitted jointly to the given PDs by a penalised logistic regression. Features go one at a time: of
the few that say least of the margin for their price, the one that the others can best say
(`algorithms/features/unexplained.py`). Columns keep their places, so that given and cut model can be compared applicant
by applicant. Refuses scorers without trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.special import expit

from riskmodel.core import Column, Decision, Development, Pruner, PruningPlan, Sample, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.pruning.algorithms.features.lists import FeatureLists, feature_lists, prices
from riskmodel.pruning.algorithms.features.unexplained import Rows, Unexplained
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

    mix: Annotated[float, Field(ge=0, le=1)] = 1.0  # the teacher's share of the target; at 1 labels are not looked at
    monotone: bool = True  # constraints that held before hold after
    rows: Annotated[int, Field(ge=100)] = 20_000  # of train, at most, for surrogates; the refit takes all
    order_rows: Annotated[int, Field(ge=100)] = 6000  # of train and of tune, at most, for the order
    tried: Annotated[int, Field(ge=1)] = 3  # of the weakest features, at each step
    cost_weight: Annotated[float, Field(ge=0)] = 1.0  # of what a feature costs; 0 leaves costs out
    must_keep: Sequence[str] = ()
    must_drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("must_keep", "must_drop"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # TOML and JSON have lists

    def check_features(self, features: Sequence[Column]) -> None:
        feature_lists(features, self.must_keep, self.must_drop, ())

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        trees_of(scorer)
        lists = feature_lists(scorer.features, self.must_keep, self.must_drop, keeps)
        going = self._order(scorer, development, lists)
        return [lists.decision(keep, going) for keep in keeps]

    def _order(self, scorer: Scorer, development: Development, lists: FeatureLists) -> list[int]:
        """The free features, first those that go first."""
        used = set(trees_of(scorer).used_features)
        order = [place for place in lists.free if place not in used]
        left, stays = [p for p in lists.free if p in used], [p for p in lists.must_keep if p in used]
        unexplained, price = self._unexplained(scorer, development), prices(scorer.features, self.cost_weight)
        while len(left) > 1:
            going = self._next(unexplained, left, stays, price)
            order += going
            left = [place for place in left if place not in going]
        return order + left

    def _next(self, unexplained: Unexplained, left: Sequence[int], stays: Sequence[int], price: Vector) -> list[int]:
        """What goes in a step: a tenth of many features, or of a few weak ones that which the others can best say."""
        stands = [*stays, *left]
        now, gains = unexplained(stands)
        worth = dict(zip(stands, gains / price[stands], strict=True))
        weakest = sorted(left, key=lambda place: (worth[place], place))
        if len(left) > MANY:
            return weakest[: int(AT_ONCE * len(left))]
        rises = {}
        for place in weakest[: self.tried]:
            error, _ = unexplained([other for other in stands if other != place])
            rises[place] = max(error - now, 0.0) / price[place]
        return [min(rises, key=rises.__getitem__)]

    def _unexplained(self, scorer: Scorer, development: Development) -> Unexplained:
        return Unexplained(
            scorer.features,
            _margins(scorer, development.train.representative(self.order_rows)),
            _margins(scorer, development.tune.representative(self.order_rows)),
        )

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


def _margins(scorer: Scorer, sample: Sample) -> Rows:
    """Rows, the margin of the trees, and the hessian of its log-loss."""
    matrix = sample.columns(scorer.features)
    margin = trees_of(scorer).margins(matrix)
    pd = expit(margin)
    return matrix, margin, np.maximum(pd * (1 - pd), 1e-6)


def _removal(scorer: Scorer, development: Development, rows: int) -> FeatureRemoval:
    matrix, _, weight = _margins(scorer, development.train.representative(rows))
    return FeatureRemoval(trees_of(scorer), matrix, weight)


def _with(scorer: Scorer, trees: TreeEnsemble) -> Scorer:
    if not isinstance(scorer, HasTrees):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no trees")
    made: Scorer = scorer.with_ensemble(trees)
    return made
