"""One tree of LightGBM's text to a Tree: every number is checked, because LightGBM looks at none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import LEAF, MISSING_NAN, Tree

CATEGORICAL, DEFAULT_LEFT = 1, 2
MOST_ROWS = 1 << 31  # counts are 32-bit numbers in LightGBM
Whole = NDArray[np.int64]


def fields(lines: Iterable[str]) -> dict[str, str]:
    """Names and texts of name=text lines. Raises: ValueError where a name stands twice."""
    texts: dict[str, str] = {}
    for name, equals, text in (line.partition("=") for line in lines):
        if name in texts:
            raise ValueError(f"{name!r} stands twice")
        if equals:
            texts[name] = text
    return texts


def tree(given: Mapping[str, str], columns: int) -> Tree:
    """Inner nodes in their own order, then the leaves in theirs.

    Raises: ValueError, KeyError or OverflowError where it is damaged, UnsupportedScorer for a linear tree.
    """
    if given.get("is_linear", "0") != "0":
        raise UnsupportedScorer("linear trees are not supported")
    leaves = whole(given["num_leaves"], 1, MOST_ROWS)
    splits = leaves - 1
    decision = _wholes(given, "decision_type", splits, 0, (MISSING_NAN << 2) + 4)
    left, right = (_children(given, side, splits) for side in ("left_child", "right_child"))
    feature = _wholes(given, "split_feature", splits, 0, columns)
    threshold = _numbers(given, "threshold", splits)  # infinite where only missing values go the other way
    if np.isnan(threshold).any():
        raise ValueError("threshold must be a number")
    check_links(left, right, leaves)
    return Tree(
        feature=_nodes(feature, leaves, LEAF).astype(np.int32),
        threshold=_nodes(np.where(decision & CATEGORICAL, 0, threshold), leaves),
        left=_nodes(left, leaves, LEAF).astype(np.int32),
        right=_nodes(right, leaves, LEAF).astype(np.int32),
        value=np.concatenate([np.zeros(splits), _finite(given, "leaf_value", leaves)]),
        cover=_counts(given, leaves),
        default_left=_nodes(decision & DEFAULT_LEFT, leaves).astype(np.bool_),
        missing=_nodes(decision >> 2, leaves).astype(np.uint8),
        sets=(*_sets(given, decision), *[None] * leaves),
        carried={
            "weight": _weights(given, leaves),
            "gain": _nodes(_numbers(given, "split_gain", splits), leaves),
            "inner": _nodes(_numbers(given, "internal_value", splits), leaves),
        },
        shrinkage=float(given["shrinkage"]),
    )


def whole(text: str, low: int, high: int) -> int:
    """A number in low <= number < high. Raises: ValueError."""
    if not low <= (number := int(text)) < high:
        raise ValueError(f"must be in {low} to {high - 1}, however: {number}")
    return number


def _wholes(given: Mapping[str, str], name: str, count: int | None, low: int, high: int) -> Whole:
    values = np.array([int(text) for text in given[name].split()], np.int64)
    if count is not None and len(values) != count:
        raise ValueError(f"{name} must have {count} values, however: {len(values)}")
    if ((values < low) | (values >= high)).any():
        raise ValueError(f"{name} must be in {low} to {high - 1}")
    return values


def _children(given: Mapping[str, str], side: str, splits: int) -> Whole:
    children = _wholes(given, side, splits, -splits - 1, splits)
    return np.where(children < 0, splits + ~children, children)


def check_links(left: Whole, right: Whole, leaves: int) -> None:
    """Each node but the root hangs below exactly one node with a smaller number, so a walk always ends."""
    children = np.concatenate([left, right])
    if sorted(children.tolist()) != list(range(1, 2 * leaves - 1)):
        raise ValueError("left_child and right_child do not make a tree")
    parents = np.concatenate([np.arange(leaves - 1)] * 2)
    inner = children < leaves - 1
    if (children[inner] <= parents[inner]).any():
        raise ValueError("a child stands before its parent")


def _numbers(given: Mapping[str, str], name: str, count: int) -> Vector:
    values = np.array([float(text) for text in given[name].split()])
    if len(values) != count:
        raise ValueError(f"{name} must have {count} values, however: {len(values)}")
    return values


def _finite(given: Mapping[str, str], name: str, count: int) -> Vector:
    values = _numbers(given, name, count)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite")
    return values


def _nodes(values: NDArray[Any], leaves: int, at_leaves: float = 0.0) -> Vector:
    return np.concatenate([values, np.full(leaves, at_leaves)]).astype(np.float64)


def _counts(given: Mapping[str, str], leaves: int) -> Vector:
    if leaves == 1 and not given.get("leaf_count"):
        return np.zeros(1)
    parts = ((f"{part}_count", leaves - (part == "internal")) for part in ("internal", "leaf"))
    return np.concatenate([_wholes(given, name, count, 0, MOST_ROWS) for name, count in parts]).astype(np.float64)


def _weights(given: Mapping[str, str], leaves: int) -> Vector:
    if leaves == 1 and not given.get("leaf_weight"):
        return np.zeros(1)
    parts = ((f"{part}_weight", leaves - (part == "internal")) for part in ("internal", "leaf"))
    return np.concatenate([_numbers(given, name, count) for name, count in parts])


def _sets(given: Mapping[str, str], decision: Whole) -> list[tuple[int, ...] | None]:
    sets: list[tuple[int, ...] | None] = [None] * len(decision)
    nodes = np.flatnonzero(decision & CATEGORICAL)
    if whole(given["num_cat"], 0, len(decision) + 1) != len(nodes):
        raise ValueError(f"num_cat must be {len(nodes)}")
    if len(nodes):
        words = _wholes(given, "cat_threshold", None, 0, 1 << 32).tolist()
        bounds = _wholes(given, "cat_boundaries", len(nodes) + 1, 0, len(words) + 1).tolist()
        if bounds != sorted(bounds) or (bounds[0], bounds[-1]) != (0, len(words)):
            raise ValueError("cat_boundaries do not share out cat_threshold")
        spans, places = list(pairwise(bounds)), given["threshold"].split()
        for node in nodes:
            start, stop = spans[whole(places[node], 0, len(nodes))]
            sets[node] = _categories(words[start:stop])
    return sets


def _categories(words: Sequence[int]) -> tuple[int, ...]:
    return tuple(32 * i + bit for i, word in enumerate(words) for bit in range(32) if word >> bit & 1)
