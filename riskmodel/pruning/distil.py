"""A small ensemble that is trained afresh on a mix of the outcomes and the scorer's own PD (Hinton et al. 2015).

The PD says what a single outcome cannot: how sure one may be. It is less noisy than the outcomes, and the small scorer
stays closer to the one that it replaces. Refuses scorers without trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer
from riskmodel.pruning.algorithms.students.teacher import Mix, budget, student

SIZES = (4, 8, 16)


@dataclass(frozen=True)
class DistilPruner(Pruner):
    """Nothing is cut: the best student with `keep` of the leaves takes the scorer's place."""

    unit = "scorer"
    learns = True

    mix: Mix = 0.8  # the share of the PD in what the student learns; 1 does without outcomes

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:  # noqa: ARG002
        """The value of the one unit is the number of leaves that it may have."""
        return [Decision((scorer.kind,), np.ones(1), (0,), (float(budget(scorer, keep)),)) for keep in keeps]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        return scorer if plan.keep == 1 else student(scorer, development, self.mix, int(plan.values[0]), SIZES)
