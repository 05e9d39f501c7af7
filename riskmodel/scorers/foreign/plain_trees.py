"""Trees of another library, as arrays of nodes, in the anatomy of LightGBM's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.trees import LEAF, MISSING_NONE, Tree
from riskmodel.trees.edit.rebuild import added_up


def plain_tree(
    *,
    feature: NDArray[Any],
    threshold: Vector,
    children: tuple[NDArray[Any], NDArray[Any]],
    value: Vector,
    cover: Vector,
    missing: tuple[int | NDArray[Any], NDArray[np.bool_]],
    sets: tuple[tuple[int, ...] | None, ...] | None = None,
) -> Tree:
    """A tree; of the notes that LightGBM keeps on its nodes, what can be told from the covers.

    Parameters
    ----------
    feature, threshold, children, value, cover
        One entry a node: the column of its split or LEAF, the largest number that goes left, left and right child,
        what a leaf adds, rows.
    missing
        Which values count as missing, one of the MISSING_ constants (of all nodes, or of each), and whether they go
        left (nodes).
    sets
        Of each node, the codes that go left where it is split by category, else None.
    """
    leaf = feature == LEAF
    kind, default_left = missing
    made = Tree(
        feature=feature.astype(np.int32),
        threshold=threshold,
        left=children[0].astype(np.int32),
        right=children[1].astype(np.int32),
        value=value,
        cover=np.maximum(cover, 1.0),
        default_left=default_left,
        missing=np.where(leaf, MISSING_NONE, kind).astype(np.uint8),
        sets=sets or (None,) * len(leaf),
    )
    covers = added_up(made, np.where(leaf, made.cover, 0.0))
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large is refused with the whole model
        inner = added_up(made, np.where(leaf, value * made.cover, 0.0)) / covers
    notes = {"weight": covers, "gain": np.where(leaf, 0.0, 1.0), "inner": np.where(leaf, 0.0, inner)}
    return replace(made, cover=covers, carried=notes)
