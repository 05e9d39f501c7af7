"""Trees compiled for speed: the margins of the ensemble to the last bit, tens of times faster than the libraries."""

from riskmodel.trees.compiled.assemble import compile_trees
from riskmodel.trees.compiled.form import CompiledTrees

__all__ = ["CompiledTrees", "compile_trees"]
