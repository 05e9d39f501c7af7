"""Keep the features with the largest mean |SHAP| on tune, and refit the same recipe without the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer
from riskmodel.explanation import importance


@dataclass(frozen=True)
class FeaturesPruner(RankingPruner):
    """Features that move the margin least go first."""

    unit = "feature"
    rows: int = 2000  # of tune, at most

    def rank(self, scorer: Scorer, seen: Development) -> Ranking:
        rows = seen.tune.columns(scorer.features)[: self.rows]
        names = tuple(column.name for column in scorer.features)
        return Ranking(names, importance(scorer, rows), np.ones(len(names)))

    def cut(self, scorer: Scorer, plan: PruningPlan, seen: Development) -> Scorer:
        if not plan.dropped:
            return scorer
        return scorer.refit(seen, [scorer.features[i] for i in plan.kept])
