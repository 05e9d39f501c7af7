"""The simplest sub-model: a scorecard of a few features, averages and differences of two, taught the scorer's PDs.

Anybody can check it by hand. Terms are chosen one after the other on train, and as many stay as tune has use for: it
shows how much of a champion a handful of ratios explains. It refuses a champion that is smaller still.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Recipe, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.pruning.algorithms.students.teacher import Mix
from riskmodel.pruning.surrogate_network import targets
from riskmodel.registry import SCORERS


@dataclass(frozen=True)
class SurrogateScorecardPruner(Pruner):
    """Nothing is cut: `keep` of the number of features is how many terms there may be, and `most` of them at most."""

    unit = "scorer"
    same_kind = False
    share_of = "features"
    learns = True

    mix: Mix = 0.5  # the share of the PD in what is learnt
    most: Annotated[int, Field(ge=1, le=100)] = 12

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:  # noqa: ARG002
        """The value of the one unit is the number of terms."""
        terms = [min(self.most, max(1, int(keep * len(scorer.features) + 1e-9))) for keep in keeps]
        return [Decision((scorer.kind,), np.ones(1), (0,), (float(count),)) for count in terms]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        if plan.keep == 1:
            return scorer
        recipe = SCORERS.make("simple", Recipe, {"terms": int(plan.values[0])})
        taught = recipe.fit(development, scorer.features, seed=0, targets=targets(scorer, development, self.mix))
        numbers, given = taught.complexity().connections, scorer.complexity().connections
        if numbers > given:
            raise UnsupportedScorer(
                f"a scorecard must be no larger than its teacher of {given} numbers, however: {numbers}"
            )
        return taught
