"""A tree by the rules of one library as the same tree by those of the other.

LightGBM sends the listed levels of a category left and a missing one with those that are not listed; XGBoost sends the
listed ones right, and a missing one to either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Mask
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO, Tree
from riskmodel.trees.compiled.split_edges import last_left


def to_xgboost(tree: Tree) -> Tree:
    """The same tree for numbers in single precision.

    What went left does; what lies above a threshold by less than single precision can tell joins it.
    Raises: UnsupportedScorer for a split that takes 0 for missing.
    """
    listed = _is_listed(tree)
    if (tree.missing[~tree.is_leaf & ~listed] == MISSING_ZERO).any():
        raise UnsupportedScorer("a model that takes 0 for missing has no place in XGBoost")
    with np.errstate(over="ignore"):
        single = tree.threshold.astype(np.float32)
        beyond = np.minimum(np.nextafter(single, np.float32(np.inf)), np.finfo(np.float32).max).astype(np.float64)
    as_zero = tree.missing == MISSING_NONE  # LightGBM then takes a missing number for 0
    left = listed | np.where(as_zero, tree.threshold >= 0, tree.default_left)
    return replace(
        _turned(tree, listed),
        threshold=np.where(tree.is_leaf | listed, 0.0, beyond),
        default_left=left & ~tree.is_leaf,
        missing=np.full(len(tree), MISSING_NAN, np.uint8),
    )


def to_lightgbm(tree: Tree, features: Sequence[Column]) -> Tree:
    """The same tree in double precision.

    Where a missing level goes with those that are listed, the others are listed in their place. Raises:
    UnsupportedScorer where nothing tells the others.
    """
    listed = _is_listed(tree)
    with_listed = listed & ~tree.default_left
    sets = tuple(
        _others(features[tree.feature[node]], one) if one is not None and with_listed[node] else one
        for node, one in enumerate(tree.sets)
    )
    return replace(
        _turned(tree, listed & ~with_listed),
        threshold=np.where(tree.is_leaf | listed, 0.0, last_left(tree.threshold, "xgboost")),
        default_left=tree.default_left & ~listed,
        missing=np.where(tree.is_leaf | listed, MISSING_NONE, MISSING_NAN).astype(np.uint8),
        cover=np.maximum(np.rint(tree.cover), 1.0),
        carried={"weight": tree.cover, **tree.carried},
        sets=sets,
    )


def _is_listed(tree: Tree) -> Mask:
    return np.array([one is not None for one in tree.sets], np.bool_)


def _turned(tree: Tree, nodes: NDArray[np.bool_]) -> Tree:
    """The tree with left and right of these nodes in each other's place."""
    left, right = np.where(nodes, tree.right, tree.left), np.where(nodes, tree.left, tree.right)
    return replace(tree, left=left.astype(np.int32), right=right.astype(np.int32))


def _others(column: Column, listed: Sequence[int]) -> tuple[int, ...]:
    if column.other:  # its levels are codes, of which there may be more
        raise UnsupportedScorer(
            f"a split by {column.name!r} sends a missing value with levels that it lists, which LightGBM cannot where "
            "levels are codes: train on a frame of categories, or keep the library"
        )
    return tuple(code for code in range(len(column.categories)) if code not in set(listed))
