"""From an order of splits to plans: which nodes the trees end in, nested over all shares, and the cut that follows.

A plan's units are the nodes `tree.node` and, last, the intercept. Kept are the nodes that are leaves afterwards and the
intercept, each with its value: the plan alone makes the cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Decision, PruningPlan, Scorer, Vector
from riskmodel.pruning.algorithms.trees.layout import Places, TreeLayout
from riskmodel.trees import HasTrees, TreeEnsemble
from riskmodel.trees.units import trees_of

Splits = tuple[NDArray[np.bool_], ...]
Step = tuple[int, int]  # tree, place of the split in postorder


@dataclass(frozen=True, eq=False)
class Stump:
    """A tree cut off below its kept splits: its layout, the end of each old leaf, the tree's place in the ensemble."""

    tree: int
    layout: TreeLayout  # its nodes and leaves are nodes of the old tree
    splits: Places  # places of the kept splits in the old layout
    end: Places

    def summed(self, values: Vector) -> Vector:
        """The sum of what the old leaves hold in each end."""
        return np.bincount(self.end, values).astype(np.float64)

    def pooled(self, values: Vector, mass: Vector) -> Vector:
        """The mean of old leaf values in each end."""
        return self.summed(mass * values) / self.summed(mass)


def first_splits(layouts: Sequence[TreeLayout], order: Sequence[Step], leaves: int) -> Splits:
    """The first splits of the order that fit in so many leaves; a longer budget keeps a superset.

    A tree's first split costs two leaves, each further one; in the order a parent comes before its children.
    """
    kept = tuple(np.zeros(len(layout.nodes), np.bool_) for layout in layouts)
    used = 0
    for tree, split in order:
        used += 1 if kept[tree].any() else 2
        if used > leaves:
            break
        kept[tree][split] = True
    return kept


def stump(layout: TreeLayout, kept: NDArray[np.bool_], tree: int) -> Stump:
    """A tree that ends where its kept splits end; a split is kept only below kept ones."""
    place = np.full(len(kept), -1, np.int32)
    place[kept] = np.arange(kept.sum())
    end = np.zeros(len(layout.leaves), np.int32)
    ends: list[int] = []

    def child(code: int) -> int:
        if code >= 0 and kept[code]:
            return int(place[code])
        end[layout.below(code)] = len(ends)
        ends.append(int(layout.nodes[code] if code >= 0 else layout.leaves[~code]))
        return ~(len(ends) - 1)

    splits = np.flatnonzero(kept).astype(np.int32)
    if not len(splits):
        child(len(kept) - 1)
    sides = np.array([(child(int(layout.left[s])), child(int(layout.right[s]))) for s in splits], np.int32)
    left, right = sides.reshape(-1, 2).T
    first = np.array([kept[: layout.first[s]].sum() for s in splits], np.int32)
    nodes, values = np.array(ends, np.int32), np.zeros(len(ends))
    small = TreeLayout(layout.nodes[splits], left.copy(), right.copy(), first, layout.order[splits], nodes, values)
    return Stump(tree, small, splits, end)


def stumps(layouts: Sequence[TreeLayout], kept: Splits) -> tuple[Stump, ...]:
    """The trees that keep a split; where none does, the first tree as a single leaf, since a model must have one."""
    standing = [tree for tree, splits in enumerate(kept) if splits.any()] or [0]
    return tuple(stump(layouts[tree], kept[tree], tree) for tree in standing)


def untouched(ensemble: TreeEnsemble, importance: Vector) -> Decision:
    """All leaves, with the values that they have."""
    leaves = [np.flatnonzero(tree.is_leaf) for tree in ensemble.trees]
    values = [tree.value[nodes] for tree, nodes in zip(ensemble.trees, leaves, strict=True)]
    return _decision(ensemble, importance, list(enumerate(leaves)), values, ensemble.intercept)


def decision(
    ensemble: TreeEnsemble, importance: Vector, kept: Sequence[Stump], values: Sequence[Vector], intercept: float
) -> Decision:
    """The ends of the stumps with these values."""
    return _decision(ensemble, importance, [(s.tree, s.layout.leaves) for s in kept], values, intercept)


def _decision(
    ensemble: TreeEnsemble,
    importance: Vector,
    nodes: Sequence[tuple[int, Places | NDArray[np.intp]]],
    values: Sequence[Vector],
    intercept: float,
) -> Decision:
    starts = np.cumsum([0, *map(len, ensemble.trees)])
    units = [f"{t}.{node}" for t, tree in enumerate(ensemble.trees) for node in range(len(tree))]
    ends = np.concatenate([starts[tree] + ends for tree, ends in nodes])
    rank = np.argsort(ends)
    kept = (*map(int, ends[rank]), len(units))
    return Decision((*units, "intercept"), importance, kept, (*map(float, np.concatenate(values)[rank]), intercept))


def node_importance(ensemble: TreeEnsemble, layouts: Sequence[TreeLayout], order: Sequence[Step]) -> Vector:
    """Of each node: how many splits go before the one that makes it; the roots and the intercept stay longest."""
    starts = np.cumsum([0, *map(len, ensemble.trees)])
    importance = np.zeros(starts[-1] + 1)
    roots = starts[:-1][[len(tree) > 0 for tree in ensemble.trees]]
    importance[roots] = importance[-1] = len(order) + 1
    for rank, (t, split) in enumerate(order):
        tree, node = ensemble.trees[t], layouts[t].nodes[split]
        importance[starts[t] + [tree.left[node], tree.right[node]]] = len(order) - rank
    return importance


def cut_at_ends(scorer: Scorer, plan: PruningPlan) -> Scorer:
    """The scorer whose trees end where the plan says; one that changes nothing is the scorer itself."""
    trees = trees_of(scorer)
    if not isinstance(scorer, HasTrees) or _is_untouched(trees, plan):
        return scorer
    *nodes, _ = (plan.units[i] for i in plan.kept)
    *values, intercept = plan.values
    ends = {_place(node): value for node, value in zip(nodes, values, strict=True)}
    return scorer.with_ensemble(trees.with_leaves(ends, intercept))


def _place(unit: str) -> tuple[int, int]:
    tree, node = unit.split(".")
    return int(tree), int(node)


def _is_untouched(trees: TreeEnsemble, plan: PruningPlan) -> bool:
    same = untouched(trees, np.zeros(0))
    return (plan.kept, plan.values) == (same.kept, same.values)
