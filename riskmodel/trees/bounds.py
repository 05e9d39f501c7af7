"""What holds for every applicant there could ever be: how far margins move at most, and which numbers only raise them.

Both answers are sound: no input contradicts them. Neither is tight: trees are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Vector
from riskmodel.trees.edit.reachability import Box, Numbers, boxes
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import LEAF, MISSING_ZERO, Tree


def margin_bound(before: TreeEnsemble, leaves: Mapping[tuple[int, int], float], intercept: float) -> float:
    """The most that a margin can differ, in log-odds, from that of `before.with_leaves(leaves, intercept)`.

    For each tree the range of the differences, new value less old, over the leaves that some input reaches: that is
    exact; the ranges add up. What XGBoost rounds to single precision comes on top.
    """
    ends: dict[int, dict[int, float]] = {}
    for (tree, node), value in leaves.items():
        ends.setdefault(tree, {})[node] = value
    changes = [_change_of(tree, ends.get(i, {}), before) for i, tree in enumerate(before.trees)]
    shift = intercept - before.intercept
    return max(shift + sum(float(m.max()) for m in changes), -shift - sum(float(m.min()) for m in changes), 0.0)


def _change_of(tree: Tree, ends: Mapping[int, float], before: TreeEnsemble) -> Vector:
    """New value less old of each leaf that can be reached; a tree that went has the value 0."""
    now = np.zeros(len(tree))
    for node in tree.order:
        now[node] = ends.get(node, now[node])
        if tree.feature[node] != LEAF:
            now[tree.left[node]] = now[tree.right[node]] = now[node]
    reached = [node for node in boxes(tree, before.rules) if tree.feature[node] == LEAF]
    change: Vector = (now - tree.value)[reached]
    return change


def margin_range(ensemble: TreeEnsemble) -> tuple[float, float]:
    """No margin lies below the first or above the second, log-odds."""
    reached = [_change_of(tree, {}, ensemble) for tree in ensemble.trees]
    low, high = (sum(float(-m.max()) for m in reached), sum(float(-m.min()) for m in reached))
    return ensemble.intercept + low, ensemble.intercept + high


@dataclass(frozen=True)
class Break:
    """A split where a larger number can lead to a leaf on the wrong side: of two leaves that inputs differing in this
    feature alone can end in, the one for the smaller number has `low`, the other `high`.
    """

    tree: int
    node: int
    low: float
    high: float


def first_break(ensemble: TreeEnsemble, feature: int, direction: int) -> Break | None:
    """Where the margin could move against a direction (1 rises, -1 falls) as a numeric feature grows; None: it holds.

    Compared are all pairs of leaves on both sides of a split on the feature that inputs can reach which are equal in
    all other features: for a single tree the answer is exact. For the sum None is proof; a break in one tree may be
    made good by another. Missing values, and zeros where they are missing, have no place in the order.
    """
    for i, tree in enumerate(ensemble.trees):
        asked = np.flatnonzero(tree.feature == feature)
        if len(asked):
            reached = boxes(tree, ensemble.rules)
            for node in map(int, asked):
                if node in reached and (pair := _wrong(tree, node, reached, direction)) is not None:
                    return Break(i, node, *pair)
    return None


def _wrong(tree: Tree, node: int, reached: Mapping[int, Box], direction: int) -> tuple[float, float] | None:
    if tree.sets[node] is not None:
        return None
    feature, zeros = int(tree.feature[node]), tree.missing[node] != MISSING_ZERO
    sides = [
        [leaf for leaf in _leaves(tree, int(child)) if leaf in reached and _numbers(reached[leaf], feature, zeros)]
        for child in (tree.left[node], tree.right[node])
    ]
    for low in sides[0]:
        for high in sides[1]:
            wrong = direction * (tree.value[high] - tree.value[low]) < 0
            if wrong and _meet(reached[low], reached[high], feature):
                return float(tree.value[low]), float(tree.value[high])
    return None


def _leaves(tree: Tree, top: int) -> Iterator[int]:
    if tree.feature[top] == LEAF:
        yield top
    else:
        yield from _leaves(tree, int(tree.left[top]))
        yield from _leaves(tree, int(tree.right[top]))


def _numbers(box: Box, feature: int, zeros: bool) -> bool:
    state = box[feature, False]
    return isinstance(state, Numbers) and (state.some or (zeros and state.zero and state.rules == "lightgbm"))


def _meet(one: Box, other: Box, feature: int) -> bool:
    """Whether some values of all other features can come to both."""
    for key in one.keys() & other.keys():
        state = other[key]
        if key != (feature, False) and not one[key].meets(state):  # type: ignore[arg-type]
            return False
    return True
