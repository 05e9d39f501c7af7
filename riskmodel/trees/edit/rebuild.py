"""A tree rebuilt from some of its nodes: what every exact edit that is not a plain cut comes down to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.tree import LEAF, MISSING_NAN, MISSING_NONE, Tree


def spliced(tree: Tree, instead: Mapping[int, int], sets: Mapping[int, tuple[int, ...]]) -> Tree:
    """The tree with each node of `instead` replaced by one that hangs below it, and new `sets` of categories.

    Parents come before their children in the new numbering, so equal trees get equal arrays. Covers are added up anew
    where something went, since SHAP asks that a node has the cover of its children.
    """

    def at(node: int) -> int:
        while node in instead:
            node = instead[node]
        return node

    kept = [at(0)]
    for node in kept:
        if tree.feature[node] != LEAF:
            kept += [at(int(tree.left[node])), at(int(tree.right[node]))]
    place = np.full(len(tree), LEAF, np.int32)
    place[kept] = np.arange(len(kept))
    new = replace(
        tree,
        **{name: getattr(tree, name)[kept] for name in _BY_NODE},
        left=_children(tree.left, kept, place, at),
        right=_children(tree.right, kept, place, at),
        sets=tuple(sets.get(node, tree.sets[node]) for node in kept),
        carried={name: notes[kept] for name, notes in tree.carried.items()},
    )
    return replace(new, cover=added_up(new, new.cover)) if instead else new


_BY_NODE = ("feature", "threshold", "value", "cover", "default_left", "missing")


def _children(
    side: NDArray[np.int32], kept: list[int], place: NDArray[np.int32], at: Callable[[int], int]
) -> NDArray[np.int32]:
    return np.array([LEAF if side[node] == LEAF else place[at(int(side[node]))] for node in kept], np.int32)


def added_up(tree: Tree, amount: Vector) -> Vector:
    """An amount of each node, n nodes, that is as given in the leaves and the sum of both children above them."""
    total = amount.copy()
    for node in reversed(tree.order):
        if tree.feature[node] != LEAF:
            total[node] = total[tree.left[node]] + total[tree.right[node]]
    return total


def countable(cover: Vector, rules: Rules) -> Vector:
    """Covers of leaves that a library can write: whole rows in LightGBM; never 0, by which its SHAP would divide."""
    return np.maximum(np.rint(cover), 1.0) if rules == "lightgbm" else np.maximum(cover, 1e-3)


def constant(value: float, like: Tree, rules: Rules) -> Tree:
    """A tree of one leaf, with the cover and the notes of another tree's root."""
    leaf = np.full(1, LEAF, np.int32)
    return Tree(
        feature=leaf,
        threshold=np.zeros(1),
        left=leaf,
        right=leaf,
        value=np.array([value]),
        cover=like.cover[:1],
        default_left=np.zeros(1, np.bool_),
        missing=np.full(1, MISSING_NONE if rules == "lightgbm" else MISSING_NAN, np.uint8),
        sets=(None,),
        carried={name: notes[:1] for name, notes in like.carried.items()},
        shrinkage=like.shrinkage,
    )
