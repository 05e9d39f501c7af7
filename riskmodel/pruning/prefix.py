"""Keep the first trees of a boosted model: what stopping earlier would have given, every tree pruner's rival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer
from riskmodel.trees.units import kept_trees, ranked_trees, trees_of


@dataclass(frozen=True)
class PrefixPruner(RankingPruner):
    """Later trees go first."""

    unit = "tree"

    def rank(self, scorer: Scorer, development: Development) -> Ranking:  # noqa: ARG002 - the order alone decides
        trees = trees_of(scorer)
        return ranked_trees(trees, -np.arange(len(trees.trees), dtype=np.float64))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:  # noqa: ARG002
        return kept_trees(scorer, plan)
