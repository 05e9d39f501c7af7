"""Does an ensemble hold to its monotone constraints? Checked exactly, split by split, from the trees alone.

It holds where, at each split on a constrained number, no leaf on the lower side exceeds a leaf on the upper side: a row
that moves up in that feature then passes from the one side to the other at the first split that notices. The check is
sufficient; missing values and categories have no order and are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.tree import Nodes, Tree


def split_order(tree: Tree, directions: Sequence[int]) -> Nodes:
    """Of each node: 1 where left must not exceed right, -1 the other way round, 0 without a constraint."""
    order = [
        0 if leaf or listed is not None else directions[feature]
        for leaf, listed, feature in zip(tree.is_leaf, tree.sets, tree.feature, strict=True)
    ]
    return np.array(order, np.int32)


def broken(ensemble: TreeEnsemble, directions: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The splits (tree, node) at which a constraint fails; `directions` has 1, -1 or 0 for each column."""
    return tuple((i, node) for i, tree in enumerate(ensemble.trees) for node in _broken(tree, directions))


def held(ensemble: TreeEnsemble, directions: Sequence[int]) -> tuple[int, ...]:
    """The directions that the ensemble holds to; 0 in the place of those that it breaks somewhere."""
    failing = {int(ensemble.trees[i].feature[node]) for i, node in broken(ensemble, directions)}
    return tuple(0 if column in failing else direction for column, direction in enumerate(directions))


def _broken(tree: Tree, directions: Sequence[int]) -> list[int]:
    order = split_order(tree, directions)
    low, high = tree.value.copy(), tree.value.copy()
    broken = []
    for node in reversed(tree.order):
        if tree.is_leaf[node]:
            continue
        left, right = tree.left[node], tree.right[node]
        if (order[node] > 0 and high[left] > low[right]) or (order[node] < 0 and high[right] > low[left]):
            broken.append(node)
        low[node], high[node] = min(low[left], low[right]), max(high[left], high[right])
    return sorted(broken)
