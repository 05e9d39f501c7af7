"""A new tree written down as nested splits, with the covers and notes that the libraries ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from riskmodel.core import Vector
from riskmodel.trees.edit.rebuild import added_up, countable
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.tree import LEAF, MISSING_NONE, Nodes, Tree


@dataclass(frozen=True)
class End:
    """A leaf, and the share of the rows that come to it."""

    value: float
    share: float


@dataclass(frozen=True)
class Question:
    """A numeric split: x <= threshold in LightGBM, x < threshold in XGBoost; missing values go the default way."""

    threshold: float
    default_left: bool
    left: Plan
    right: Plan


Plan: TypeAlias = "End | Question"


def grown(plan: Plan, feature: int, missing: int, parts: Sequence[Tree], rules: Rules) -> Tree:
    """The tree of one numeric feature that a plan describes, parents before children; it stands for the sum of `parts`.

    missing: which values count as missing, one of the MISSING_ constants.
    """
    nodes, left, right = _numbered(plan)
    leaf = left == LEAF
    value = np.array([node.value if isinstance(node, End) else 0.0 for node in nodes])
    share = np.array([node.share if isinstance(node, End) else 0.0 for node in nodes])
    tree = Tree(
        feature=np.where(leaf, LEAF, feature).astype(np.int32),
        threshold=np.array([node.threshold if isinstance(node, Question) else 0.0 for node in nodes]),
        left=left,
        right=right,
        value=value,
        cover=share,
        default_left=np.array([isinstance(node, Question) and node.default_left for node in nodes], np.bool_),
        missing=np.where(leaf & (rules == "lightgbm"), MISSING_NONE, missing).astype(np.uint8),
        sets=(None,) * len(nodes),
        shrinkage=min(1.0, sum(part.shrinkage for part in parts)),
    )
    return _noted(tree, parts, rules)


def _numbered(plan: Plan) -> tuple[list[Plan], Nodes, Nodes]:
    nodes, links = [plan], []
    for node in nodes:
        if isinstance(node, End):
            links.append((LEAF, LEAF))
        else:
            links.append((len(nodes), len(nodes) + 1))
            nodes += [node.left, node.right]
    left, right = np.array(links, np.int32).T
    return nodes, np.ascontiguousarray(left), np.ascontiguousarray(right)


def _noted(tree: Tree, parts: Sequence[Tree], rules: Rules) -> Tree:
    leaf, share = tree.is_leaf, tree.cover
    cover = added_up(tree, countable(share * np.mean([part.cover[0] for part in parts]), rules))
    mean = added_up(tree, tree.value * np.where(leaf, cover, 0)) / cover
    notes = {name: np.zeros(len(tree)) for name in parts[0].carried}
    if "weight" in notes:
        notes["weight"] = added_up(tree, share * np.mean([part.carried["weight"][0] for part in parts]))
    if "gain" in notes:
        notes["gain"] = _gains(tree, cover, mean) * sum(float(part.carried["gain"].sum()) for part in parts)
    if "inner" in notes:
        notes["inner"] = np.where(leaf, 0.0 if rules == "lightgbm" else tree.value, mean)
    return replace(tree, cover=cover, carried=notes)


def _gains(tree: Tree, cover: Vector, mean: Vector) -> Vector:
    """How far each split parts the values, as shares of 1."""
    inner = np.flatnonzero(~tree.is_leaf)
    left, right = tree.left[inner], tree.right[inner]
    gains = np.zeros(len(tree))
    gains[inner] = cover[left] * cover[right] / cover[inner] * (mean[left] - mean[right]) ** 2
    return gains / (gains.sum() or 1.0)
