"""Take away what changes no score: dead branches, equal siblings, trees that say together what one tree can say.

`keep` is ignored: what goes, goes at any share. Margins move by rounding alone: double precision in LightGBM, single in
XGBoost (see `riskmodel.trees.edit.simplify`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer
from riskmodel.trees import HasTrees
from riskmodel.trees.edit.simplify import constants_gone, simplified
from riskmodel.trees.units import trees_of


@dataclass(frozen=True)
class LosslessPruner(Pruner):
    """A tree that goes was merged into one that stays, or was a constant; importance is the nodes left of it."""

    unit = "tree"
    share_of = "nothing"

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:  # noqa: ARG002
        trees = simplified(trees_of(scorer)).trees
        nodes = np.array([len(tree) for tree in trees], np.float64)
        units = tuple(f"tree {i}" for i in range(len(trees)))
        standing = tuple(np.flatnonzero(nodes > 1).tolist()) or (len(trees) - 1,)
        return [Decision(units, nodes, standing) for _ in keeps]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:  # noqa: ARG002 - the trees say all
        trees = trees_of(scorer)
        less = constants_gone(simplified(trees))
        if not isinstance(scorer, HasTrees) or less.trees == trees.trees:
            return scorer
        return scorer.with_ensemble(less)
