"""TreeEnsemble: the neutral anatomy of a boosted tree model, in plain numpy, and what follows from it alone.

It knows the decision rules of both libraries to the last bit, and nothing of their file formats: those belong to the
scorers. Pruners edit an ensemble by making a new one.
"""

from riskmodel.trees.ensemble import HasTrees, Rules, Tree, TreeEnsemble
from riskmodel.trees.flat_arrays import LEAF, MISSING_NAN, MISSING_NONE, MISSING_ZERO
from riskmodel.trees.targets import CanTeach, Targets

__all__ = [
    "LEAF",
    "MISSING_NAN",
    "MISSING_NONE",
    "MISSING_ZERO",
    "CanTeach",
    "HasTrees",
    "Rules",
    "Targets",
    "Tree",
    "TreeEnsemble",
]
