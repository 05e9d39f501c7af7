"""Nodes and trees that say the same twice: equal siblings, and trees that ask the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from riskmodel.core import Vector
from riskmodel.trees.edit.rebuild import added_up, constant, countable, spliced
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.tree import LEAF, Tree

Trees: TypeAlias = tuple[Tree, ...]


def without_equal_siblings(tree: Tree) -> Tree:
    """The tree without splits whose leaves all have one value; margins stay to the last bit."""
    ends: dict[int, float] = {}
    for node in reversed(tree.order):
        if tree.feature[node] == LEAF:
            ends[node] = float(tree.value[node])
            continue
        left, right = int(tree.left[node]), int(tree.right[node])
        if left in ends and right in ends and ends[left] == ends[right]:
            ends[node] = ends.pop(left)
            del ends[right]
    return tree.with_leaves(ends) if len(ends) < tree.n_leaves else tree


def same_questions_summed(trees: Sequence[Tree], rules: Rules) -> Trees:
    """Each group of trees with one structure as one tree, in the place of its first; the others become constants of 0.

    Values and gains add up. Covers and weights are means over the group, in whole rows for LightGBM. Margins move by
    double rounding: at most (trees in the group) x 2^-52 x (sum of their |leaf|).
    """
    ordered = [spliced(tree, {}, {}) for tree in trees]
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, tree in enumerate(ordered):
        groups.setdefault(_questions(tree) if len(tree) > 1 else (i,), []).append(i)
    summed = list(trees)
    for group in groups.values():
        if len(group) > 1:
            summed[group[0]] = _sum([ordered[i] for i in group], rules)
            for i in group[1:]:
                summed[i] = constant(0.0, trees[i], rules)
    return tuple(summed)


def _questions(tree: Tree) -> tuple[object, ...]:
    arrays = (tree.feature, tree.threshold, tree.left, tree.right, tree.default_left, tree.missing)
    return (*(array.tobytes() for array in arrays), tree.sets)


def _sum(trees: Sequence[Tree], rules: Rules) -> Tree:
    first = trees[0]
    notes = {name: [tree.carried[name] for tree in trees] for name in first.carried}
    mean = {"weight": lambda each: np.mean(each, axis=0)}
    return replace(
        first,
        value=_added([tree.value for tree in trees]),
        cover=added_up(first, countable(np.mean([tree.cover for tree in trees], axis=0), rules)),
        carried={name: mean.get(name, _added)(each) for name, each in notes.items()},
        shrinkage=min(1.0, sum(tree.shrinkage for tree in trees)),
    )


def _added(parts: Sequence[Vector]) -> Vector:
    total: Vector = np.sum(parts, axis=0)
    return total
