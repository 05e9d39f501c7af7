"""The order of nodes that XGBoost needs and does not check: a right child stands behind its left one.

Many rows are scored by both links; a single row takes left + 1 for the right child (XGBoost 3.2, `GetNextNode`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.trees import LEAF, Tree


def paired(tree: Tree) -> Tree:
    """The tree with children side by side; itself where they are."""
    inner = ~tree.is_leaf
    if (tree.right[inner] == tree.left[inner] + 1).all():
        return tree
    order = np.array(tree.order)  # level by level
    place = np.empty(len(tree), np.int32)
    place[order] = np.arange(len(order))

    def linked(children: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.where(inner, place[children], LEAF)[order].astype(np.int32)

    return replace(
        tree,
        feature=tree.feature[order],
        threshold=tree.threshold[order],
        left=linked(tree.left),
        right=linked(tree.right),
        value=tree.value[order],
        cover=tree.cover[order],
        default_left=tree.default_left[order],
        missing=tree.missing[order],
        sets=tuple(tree.sets[node] for node in order),
        carried={name: notes[order] for name, notes in tree.carried.items()},
    )
