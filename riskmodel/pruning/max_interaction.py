"""Interactions of many features go: what stays are trees of two features at most, or of one, taught by the scorer.

Such trees merge into one step table a feature and one grid a pair (`riskmodel.trees.lookup_tables`), which a person can
read and check by hand. A tree with one leaf more than it may have features has too few splits to break the rule.
Lou et al. 2013 (GA2M) fit this class from scratch. Refuses scorers without trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer, Vector
from riskmodel.pruning.algorithms.students.teacher import Mix, budget, student, teacher_of
from riskmodel.trees import TreeEnsemble


@dataclass(frozen=True)
class MaxInteractionPruner(Pruner):
    """Units are orders of interaction: how many features a tree uses, and what share of the leaves such trees have."""

    unit = "max_interaction"
    learns = True

    features_per_tree: Literal[1, 2] = 2
    mix: Mix = 0.8  # the share of the PD in what the student learns

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:  # noqa: ARG002
        """The low orders stay at every share; their value is the number of leaves that all of them may have."""
        shares = leaf_shares(teacher_of(scorer).ensemble, self.features_per_tree)
        units = tuple(f"{order} feature" + "s" * (order > 1) for order in range(1, len(shares) + 1))
        kept = tuple(range(self.features_per_tree))
        return [Decision(units, shares, kept, (float(budget(scorer, keep)),) * len(kept)) for keep in keeps]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        """A student, even at keep 1; only a scorer that has no more than the kept orders may stay as it is."""
        if plan.keep == 1 and not plan.dropped:
            return scorer
        return student(scorer, development, self.mix, int(plan.values[0]), (self.features_per_tree + 1,))


def leaf_shares(ensemble: TreeEnsemble, at_least: int) -> Vector:
    """The share of the leaves in trees of 1, 2, ... features, up to the highest order there is, or `at_least`."""
    orders = [max(1, len(tree.used_features)) for tree in ensemble.trees]
    shares = np.zeros(max([at_least, *orders]))
    for order, tree in zip(orders, ensemble.trees, strict=True):
        shares[order - 1] += tree.n_leaves / ensemble.n_leaves
    return shares
