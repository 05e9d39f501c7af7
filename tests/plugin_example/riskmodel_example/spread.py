"""Keep the trees whose leaves differ most."""

from dataclasses import dataclass

import numpy as np

from riskmodel.core import RankingPruner
from riskmodel.trees.units import kept_trees, ranked_trees, trees_of


@dataclass(frozen=True)
class SpreadPruner(RankingPruner):
    unit = "tree"

    def rank(self, scorer, development):
        trees = trees_of(scorer)
        return ranked_trees(trees, np.array([np.ptp(tree.value[tree.is_leaf]) for tree in trees.trees]))

    def cut(self, scorer, plan, development):
        return kept_trees(scorer, plan)
