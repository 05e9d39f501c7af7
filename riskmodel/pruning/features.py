"""Keep the features with the largest mean |SHAP| on tune, and refit the same recipe without the others.

What a feature costs an application counts against it: `data.costs` and `data.vendors` in the TOML. Constants go first,
and of perfect twins the dearer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.core import Column, Decision, Development, PruningPlan, Ranking, RankingPruner, Scorer
from riskmodel.explanation import importance
from riskmodel.pruning.algorithms.features.groups import repeated
from riskmodel.pruning.algorithms.features.lists import feature_lists, prices


@dataclass(frozen=True)
class FeaturesPruner(RankingPruner):
    """Features that move the margin least for what they cost go first: by mean |SHAP| / (1 + cost_weight * cost)."""

    unit = "feature"
    same_columns = False
    rows: int = 2000  # of tune, at most
    cost_weight: Annotated[float, Field(ge=0)] = 1.0  # of what a feature costs; 0 leaves costs out
    must_keep: Sequence[str] = ()
    must_drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("must_keep", "must_drop"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # TOML and JSON have lists

    def check_features(self, features: Sequence[Column]) -> None:
        feature_lists(features, self.must_keep, self.must_drop, ())

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        lists = feature_lists(scorer.features, self.must_keep, self.must_drop, keeps)
        worth = self.rank(scorer, development).importance
        twins = repeated(development.train.columns(scorer.features), [column.cost for column in scorer.features])
        going = sorted(lists.free, key=lambda place: (place not in twins, worth[place], -place))
        return [replace(lists.decision(keep, going), importance=worth) for keep in keeps]

    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        rows = development.tune.representative(self.rows).columns(scorer.features)
        names = tuple(column.name for column in scorer.features)
        worth = importance(scorer, rows) / prices(scorer.features, self.cost_weight)
        return Ranking(names, worth, np.ones(len(names)))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        if not plan.dropped:
            return scorer
        return scorer.refit(development, [scorer.features[i] for i in plan.kept])
