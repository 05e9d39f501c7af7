"""A straight line after the margin, folded into intercept and leaves: the same trees, and nothing left to apply."""

from __future__ import annotations

from dataclasses import replace

from riskmodel.core import Calibration
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import Tree


def folded(ensemble: TreeEnsemble, line: Calibration) -> TreeEnsemble:
    """Trees whose margins are `line` of the given ones, in log-odds."""
    trees = tuple(_scaled(tree, line.slope) for tree in ensemble.trees)
    return replace(ensemble, trees=trees, intercept=line.intercept + line.slope * ensemble.intercept)


def _scaled(tree: Tree, slope: float) -> Tree:
    notes = {**tree.carried, **({"inner": tree.carried["inner"] * slope} if "inner" in tree.carried else {})}
    return replace(tree, value=tree.value * slope, carried=notes)
