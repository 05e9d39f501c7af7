"""The nodes of scikit-learn's classification trees: read as shares of bads, and written again."""

from __future__ import annotations

import copy
from collections.abc import Set
from typing import Any

import numpy as np

from riskmodel.core import Vector
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.trees import LEAF, MISSING_NAN, MISSING_NONE, Tree
from riskmodel.trees.compiled.split_edges import last_left


def shares(tree: Any) -> Vector:
    """The share of bads in each node."""
    counts = tree.value[:, 0, :]
    return np.asarray(counts[:, 1] / counts.sum(axis=1), np.float64)


def gains(tree: Any) -> Vector:
    """By how much each split lowers the impurity of the rows in it (nodes, in rows); 0 of a leaf."""
    weight, left, right = tree.impurity * tree.weighted_n_node_samples, tree.children_left, tree.children_right
    return np.where(left < 0, 0.0, weight - weight[left] - weight[right])


def single_edges(threshold: Vector) -> Vector:
    """The largest number of double precision that goes left of each: scikit-learn compares rows in single precision.

    An infinite threshold parts missing values from all others.
    """
    single = threshold.astype(np.float32)
    single = np.where(single > threshold, np.nextafter(single, np.float32(-np.inf)), single)
    edges = last_left(np.nextafter(single, np.float32(np.inf)).astype(np.float64), "xgboost")
    return np.where(np.isinf(threshold), threshold, edges)


def upper_part(tree: Any, ends: Set[int], takes_missing: bool = True) -> Tree:
    """The tree down to the given nodes, which become leaves with their shares of bads.

    Where it takes no missing values, one counts as 0.
    """
    kept = [0]
    for node in kept:
        if node not in ends and tree.children_left[node] >= 0:
            kept += [int(tree.children_left[node]), int(tree.children_right[node])]
    place = np.full(tree.node_count, LEAF)
    place[kept] = np.arange(len(kept))
    leaf = np.array([node in ends or tree.children_left[node] < 0 for node in kept])
    default_left = np.asarray(tree.missing_go_to_left, bool)[kept] & takes_missing
    return plain_tree(
        feature=np.where(leaf, LEAF, tree.feature[kept]),
        threshold=np.where(leaf, 0.0, single_edges(tree.threshold[kept])),
        children=(
            np.where(leaf, LEAF, place[tree.children_left[kept]]),
            np.where(leaf, LEAF, place[tree.children_right[kept]]),
        ),
        value=np.where(leaf, shares(tree)[kept], 0.0),
        cover=np.asarray(tree.weighted_n_node_samples[kept], np.float64),
        missing=(MISSING_NAN if takes_missing else MISSING_NONE, default_left & ~leaf),
    )


def classifier(frame: Any, tree: Tree, n_features: int) -> Any:
    """A DecisionTreeClassifier like `frame`, with this tree of shares."""
    own = type(frame.tree_)(n_features, np.array([2], np.intp), 1)
    leaf = tree.is_leaf
    nodes = np.zeros(len(tree), frame.tree_.__getstate__()["nodes"].dtype)
    nodes["left_child"], nodes["right_child"] = np.where(leaf, -1, tree.left), np.where(leaf, -1, tree.right)
    nodes["feature"], nodes["threshold"] = np.where(leaf, -2, tree.feature), np.where(leaf, -2.0, tree.threshold)
    nodes["n_node_samples"] = nodes["weighted_n_node_samples"] = np.maximum(tree.cover, 1)
    nodes["missing_go_to_left"] = tree.default_left
    bad = np.where(leaf, tree.value, 0.5)
    values = np.stack([1 - bad, bad], axis=1)[:, None, :]
    own.__setstate__({"max_depth": int(tree.depth.max()), "node_count": len(tree), "nodes": nodes, "values": values})
    made = copy.copy(frame)
    made.tree_ = own
    return made
