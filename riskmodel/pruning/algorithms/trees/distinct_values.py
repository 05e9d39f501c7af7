"""The distinct numbers of an ensemble: the thresholds of each numeric feature, then the leaf values, each rising."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees import LEAF, Tree, TreeEnsemble

LEAVES = -1  # the group of the leaf values; the others go by their feature
NEITHER = -2  # a categorical split has no number


def distinct(trees: TreeEnsemble) -> dict[int, Vector]:
    """The numbers of each group, features first and in their order."""
    numbers: dict[int, list[Vector]] = {}
    for tree in trees.trees:
        for group in np.unique(groups_of(tree)):
            numbers.setdefault(int(group), []).append(numbers_of(tree)[groups_of(tree) == group])
    order = [*sorted(numbers.keys() - {LEAVES, NEITHER}), LEAVES]
    return {group: np.unique(np.concatenate(numbers[group])) for group in order if group in numbers}


def groups_of(tree: Tree) -> NDArray[np.int64]:
    """The group of each node's number."""
    categorical = np.array([listed is not None for listed in tree.sets])
    return np.where(categorical, NEITHER, np.where(tree.feature == LEAF, LEAVES, tree.feature)).astype(np.int64)


def numbers_of(tree: Tree) -> Vector:
    """The threshold of each split, the value of each leaf."""
    numbers: Vector = np.where(tree.is_leaf, tree.value, tree.threshold)
    return numbers


def renumbered(trees: TreeEnsemble, old: Mapping[int, Vector], new: Mapping[int, Vector]) -> TreeEnsemble:
    """The ensemble with new[group][i] in the place of each old[group][i]."""
    return replace(trees, trees=tuple(_renumbered(tree, old, new) for tree in trees.trees))


def _renumbered(tree: Tree, old: Mapping[int, Vector], new: Mapping[int, Vector]) -> Tree:
    numbers, groups = numbers_of(tree).copy(), groups_of(tree)
    for group in old:
        mine = groups == group
        numbers[mine] = new[group][np.searchsorted(old[group], numbers[mine])]
    leaf, notes = tree.is_leaf, dict(tree.carried)
    if "inner" in notes:  # XGBoost notes a leaf's value a second time
        notes["inner"] = np.where(leaf & (notes["inner"] == tree.value), numbers, notes["inner"])
    return replace(tree, value=np.where(leaf, numbers, 0.0), threshold=np.where(leaf, 0.0, numbers), carried=notes)


def single(numbers: Sequence[float] | Vector) -> Vector:
    """The nearest single-precision numbers in their shortest spelling: order is kept, and text gets short."""
    return np.array([float(str(value)) for value in np.asarray(numbers, np.float64).astype(np.float32)])


def single_below(thresholds: Vector) -> Vector:
    """The largest single-precision numbers that are not above; every float32 x is <= both or neither."""
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
    down = np.nextafter(near, np.float32(-np.inf))
    below: Vector = np.where(near.astype(np.float64) > thresholds, down, near).astype(np.float64)
    return below
