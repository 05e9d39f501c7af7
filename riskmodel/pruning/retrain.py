"""The rival that no pruner may go without: the same recipe, trained from scratch at the smaller size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer


@dataclass(frozen=True)
class RetrainPruner(RankingPruner):
    """Nothing is cut: a new scorer is fitted with `keep` of the leaves or of the neurons."""

    unit = "scorer"

    def rank(self, scorer: Scorer, development: Development) -> Ranking:  # noqa: ARG002 - there is nothing to rank
        return Ranking((scorer.kind,), np.ones(1), np.ones(1))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        return scorer if plan.keep == 1 else scorer.refit(development, scorer.features, plan.keep)
