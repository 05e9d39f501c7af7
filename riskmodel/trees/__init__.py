"""TreeEnsemble: the neutral anatomy of a boosted tree model, in plain numpy, and what follows from it alone.

It knows the decision rules of both libraries to the last bit, and nothing of their file formats: those belong to the
scorers. Pruners edit an ensemble by making a new one.
"""

from riskmodel.trees.ensemble import HasNativeFile, HasTrees, Rules, TreeEnsemble
from riskmodel.trees.parts import SumOfTrees, TreePart
from riskmodel.trees.targets import CanTeach
from riskmodel.trees.tree import LEAF, MISSING_NAN, MISSING_NONE, MISSING_ZERO, Tree

__all__ = [
    "LEAF",
    "MISSING_NAN",
    "MISSING_NONE",
    "MISSING_ZERO",
    "CanTeach",
    "HasNativeFile",
    "HasTrees",
    "Rules",
    "SumOfTrees",
    "Tree",
    "TreeEnsemble",
    "TreePart",
]
