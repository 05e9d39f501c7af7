"""One tree of XGBoost's document to a Tree: every number is checked, because XGBoost looks at few of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import LEAF, MISSING_NAN, Tree

CARRIED = {"gain": "loss_changes", "inner": "base_weights"}
MOST_CATEGORIES = 1 << 24  # XGBoost's own limit: beyond it a float does not hold the code


def tree(data: Mapping[str, Any], columns: int) -> Tree:
    """The nodes below the root; those that XGBoost deleted are left behind.

    Raises: ValueError, KeyError or TypeError where it is damaged, UnsupportedScorer for leaves of several values.
    """
    size = whole(data["tree_param"]["num_nodes"])
    if whole(data["tree_param"].get("size_leaf_vector", "1")) not in (0, 1):
        raise UnsupportedScorer("a model must have one output, however: a leaf has several values")
    array = {name: _array(data, name, size) for name in (*_WHOLE, *_SINGLE)}
    order = _reachable(array["left_children"], array["right_children"])
    place = np.full(size, LEAF)
    place[order] = np.arange(len(order))
    left, right = array["left_children"][order], array["right_children"][order]
    leaf, listed = left == LEAF, _sets(data)
    feature = np.where(leaf, LEAF, array["split_indices"][order])
    if (feature >= columns).any() or (feature[~leaf] < 0).any():
        raise ValueError(f"split_indices must be in 0 to {columns - 1}")
    categorical = ~leaf & (array["split_type"][order] == 1)
    condition = array["split_conditions"][order]
    if np.isnan(condition[~categorical]).any() or not np.isfinite(condition[leaf]).all():
        raise ValueError("split_conditions must be numbers, and finite at a leaf")
    return Tree(
        feature=feature.astype(np.int32),
        threshold=np.where(leaf | categorical, 0.0, condition),
        left=np.where(leaf, LEAF, place[left]).astype(np.int32),
        right=np.where(leaf, LEAF, place[right]).astype(np.int32),
        value=np.where(leaf, condition, 0.0),
        cover=_finite(array["sum_hessian"][order]),
        default_left=array["default_left"][order].astype(np.bool_) & ~leaf,
        missing=np.full(len(order), MISSING_NAN, np.uint8),
        sets=tuple(listed[int(node)] if c else None for node, c in zip(order, categorical, strict=True)),
        carried={name: array[theirs][order] for name, theirs in CARRIED.items()},
    )


_WHOLE = ("left_children", "right_children", "split_indices", "split_type", "default_left")
_SINGLE = ("split_conditions", "sum_hessian", *CARRIED.values())


def _array(data: Mapping[str, Any], name: str, size: int) -> NDArray[Any]:
    array = singles(data[name]) if name in _SINGLE else _integers(data[name])
    if array.shape != (size,):
        raise ValueError(f"{name} must have {size} values, however: {array.size}")
    if name in ("split_type", "default_left") and not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must be 0 or 1")
    return array


def _integers(values: Any) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "bi"):
        raise ValueError(f"must be a list of whole numbers, however: {repr(values)[:40]}")
    return array.astype(np.int64)


def _finite(values: Vector) -> Vector:
    if not np.isfinite(values).all():
        raise ValueError("sum_hessian must be finite")
    return values


def _reachable(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.int64]:
    """Nodes below the root in their own order; XGBoost leaves deleted ones in the arrays."""
    reached, visited = [0], {0}
    for node in reached:
        if left[node] != LEAF:
            for child in (int(left[node]), int(right[node])):
                if not 0 <= child < len(left) or child in visited:
                    raise ValueError(f"node {child} does not hang below one node")
                visited.add(child)
                reached.append(child)
    return np.array(sorted(reached), np.int64)


def _sets(data: Mapping[str, Any]) -> dict[int, tuple[int, ...]]:
    categories = _integers(data["categories"])
    if ((categories < 0) | (categories >= MOST_CATEGORIES)).any():
        raise ValueError(f"categories must be in 0 to {MOST_CATEGORIES - 1}")
    nodes, starts, sizes = (_integers(data[f"categories_{what}"]) for what in ("nodes", "segments", "sizes"))
    if (starts != np.cumsum([0, *sizes])[:-1]).any() or sizes.sum() != len(categories) or (sizes < 0).any():
        raise ValueError("categories_segments and categories_sizes do not share out the categories")
    spans = zip(nodes, starts, sizes, strict=True)
    return {int(node): tuple(categories[at : at + size].tolist()) for node, at, size in spans}


def whole(text: str) -> int:
    """XGBoost's parameters are texts. Raises: ValueError, TypeError for anything but digits."""
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError(f"must be a whole number, however: {text[:40]!r}")
    return int(text)


def singles(values: Any) -> Vector:
    """Numbers as XGBoost holds them, whatever digits they are spelt with: single precision, here in double."""
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "if"):
        raise ValueError(f"must be a list of numbers, however: {repr(values)[:40]}")
    with np.errstate(over="ignore"):
        return array.astype(np.float32).astype(np.float64)
