"""Take out whole trees backward, and weigh those that stay together: made for machines whose trees are terms (EBM).

The margin of each tree on all rows of development is a column; those go first whose loss the others make up for best.
A pair goes before what it is made of where the data say so. The weights are fitted on the same rows, all together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.core import Decision, Development, Matrix, Outcome, PruningPlan, Ranking, RankingPruner, Scorer, Vector
from riskmodel.pruning.algorithms.trees.surgeon import surgeon_order
from riskmodel.pruning.algorithms.trees.tree_weights import fitted_weights, weighed
from riskmodel.trees import HasTrees
from riskmodel.trees.units import kept_trees, ranked_trees, trees_of


@dataclass(frozen=True)
class TermsPruner(RankingPruner):
    """Trees whose loss the others make up for go first (Hassibi and Stork 1993)."""

    unit = "tree"

    pull: Annotated[float, Field(gt=0)] = 0.05  # of the weights towards one common slope

    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        margins, default, rows = _centred(scorer, development)
        importance = np.empty(margins.shape[1])
        importance[surgeon_order(margins, default, rows)] = np.arange(1, margins.shape[1] + 1)
        return ranked_trees(trees_of(scorer), importance)

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """The values of a plan are the weights of its trees."""
        margins, default, rows = _centred(scorer, development)
        decisions = super().decide(scorer, development, keeps)

        def weights(decision: Decision) -> tuple[float, ...]:
            if len(decision.kept) == len(decision.units):
                return ()
            return tuple(map(float, fitted_weights(margins[:, list(decision.kept)], default, self.pull, rows)))

        return [replace(decision, values=weights(decision)) for decision in decisions]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:  # noqa: ARG002 - the plan says all
        if not plan.values or not isinstance(scorer, HasTrees):
            return kept_trees(scorer, plan)
        return scorer.with_ensemble(weighed(scorer.ensemble, plan.kept, plan.values))


def _centred(scorer: Scorer, development: Development) -> tuple[Matrix, Outcome, Vector]:
    """What each tree adds in all rows of development, less its mean (n x trees); outcomes and weights (n)."""
    samples = (development.train, development.tune)
    margins = np.concatenate([trees_of(scorer).tree_margins(one.columns(scorer.features)) for one in samples])
    rows = np.concatenate([np.ones(len(one)) if one.weight is None else one.weight for one in samples])
    default = np.concatenate([one.default for one in samples])
    return margins - np.average(margins, axis=0, weights=rows), default, rows
