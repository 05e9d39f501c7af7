"""All trees end to end: splits tree by tree, each before its branches, and leaves from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees.tree import LEAF, Tree

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Splits:
    """One entry a split. Leaves are counted within their tree: the left branch has first .. second - 1, the right one
    second .. last - 1. starts, leaf_starts: where each tree's splits and leaves start, and the number of all.
    """

    feature: Whole
    threshold: Vector
    default_left: NDArray[np.bool_]
    missing: Whole
    sets: tuple[tuple[int, ...] | None, ...]
    first: Whole
    second: Whole
    last: Whole
    starts: Whole
    values: Vector
    leaf_starts: Whole

    @property
    def counts(self) -> Whole:
        """Splits of each tree."""
        return np.diff(self.starts)


def ordered(trees: Sequence[Tree]) -> Splits:
    """The splits and leaves that a row can come to."""
    sizes = np.array([len(tree) for tree in trees], np.int64)
    roots = np.cumsum(sizes) - sizes
    top, tree = np.repeat(roots, sizes), np.repeat(np.arange(len(trees)), sizes)
    feature, left, right = (_all(trees, name, np.int64) for name in ("feature", "left", "right"))
    left, right = left + top, right + top
    levels = _levels(roots, feature, left, right)
    leaves = np.ones(len(top), np.int64)
    for level in reversed(levels):
        leaves[level] = leaves[left[level]] + leaves[right[level]]
    first, place = _counted(levels, left, right, leaves)
    starts, leaf_starts = (np.append(0, np.cumsum(leaves[roots] - inner)) for inner in (1, 0))

    splits = np.concatenate([*levels, np.zeros(0, np.int64)])
    node = np.empty(starts[-1], np.int64)
    node[starts[tree[splits]] + place[splits]] = splits
    ends = np.concatenate([roots, left[splits], right[splits]])
    ends = ends[feature[ends] == LEAF]
    values = np.zeros(leaf_starts[-1])
    values[leaf_starts[tree[ends]] + first[ends]] = _all(trees, "value", np.float64)[ends]
    sets = [listed for each in trees for listed in each.sets]
    return Splits(
        feature=feature[node],
        threshold=_all(trees, "threshold", np.float64)[node],
        default_left=_all(trees, "default_left", np.bool_)[node],
        missing=_all(trees, "missing", np.int64)[node],
        sets=tuple(sets[i] for i in node),
        first=first[node],
        second=first[right[node]],
        last=first[node] + leaves[node],
        starts=starts,
        values=values,
        leaf_starts=leaf_starts,
    )


def _all(trees: Sequence[Tree], name: str, dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([getattr(tree, name) for tree in trees] or [np.zeros(0)]).astype(dtype)


def _levels(roots: Whole, feature: Whole, left: Whole, right: Whole) -> list[Whole]:
    """The splits of all trees by depth."""
    levels, level = [], roots
    while len(level := level[feature[level] != LEAF]):
        levels.append(level)
        level = np.concatenate([left[level], right[level]])
    return levels


def _counted(levels: list[Whole], left: Whole, right: Whole, leaves: Whole) -> tuple[Whole, Whole]:
    """Of each node: the leaves of its tree to the left of it, and the splits before it."""
    first, place = np.zeros(len(leaves), np.int64), np.zeros(len(leaves), np.int64)
    for level in levels:
        one, other = left[level], right[level]
        first[one], first[other] = first[level], first[level] + leaves[one]
        place[one], place[other] = place[level] + 1, place[level] + leaves[one]
    return first, place
