"""Keep the features with the largest mean |SHAP| on tune, and refit the same recipe without the others.

What a feature costs an application counts against it: `data.costs` in the TOML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer
from riskmodel.explanation import importance
from riskmodel.pruning._features.lists import prices


@dataclass(frozen=True)
class FeaturesPruner(RankingPruner):
    """Features that move the margin least for what they cost go first: by mean |SHAP| / (1 + cost_weight * cost)."""

    unit = "feature"
    same_columns = False
    rows: int = 2000  # of tune, at most
    cost_weight: Annotated[float, Field(ge=0)] = 1.0  # of what a feature costs; 0 leaves costs out

    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        rows = development.tune.representative(self.rows).columns(scorer.features)
        names = tuple(column.name for column in scorer.features)
        worth = importance(scorer, rows) / prices(scorer.features, self.cost_weight)
        return Ranking(names, worth, np.ones(len(names)))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        if not plan.dropped:
            return scorer
        return scorer.refit(development, [scorer.features[i] for i in plan.kept])
