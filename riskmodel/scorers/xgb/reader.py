"""XGBoost's JSON model to a TreeEnsemble. What is not a plain sum of trees for one log-odds is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from riskmodel.ensemble import LEAF, MISSING_NAN, Tree, TreeEnsemble
from riskmodel.errors import BundleError, UnsupportedScorer

OBJECTIVES = ("binary:logistic", "reg:logistic")
CARRIED = {"gain": "loss_changes", "inner": "base_weights"}


@dataclass(frozen=True)
class Frame:
    """The document without its trees, and the intercept that its base score stands for."""

    document: Mapping[str, Any]
    intercept: float


def read(text: bytes) -> tuple[TreeEnsemble, Frame]:
    """The trees of a JSON model, and its frame.

    Raises: BundleError if the document is damaged, UnsupportedScorer if it is not one log-odds of plain trees.
    """
    try:
        document = json.loads(text)
        learner = document["learner"]
        _check(learner)
        columns = int(learner["learner_model_param"]["num_feature"])
        trees = tuple(_tree(tree, columns) for tree in learner["gradient_booster"]["model"].pop("trees"))
        intercept = _intercept(learner["learner_model_param"]["base_score"])
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise BundleError(f"the XGBoost document is damaged: {error!r}") from error
    return TreeEnsemble(trees, intercept, columns, "xgboost"), Frame(document, intercept)


def _check(learner: Mapping[str, Any]) -> None:
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    if booster["name"] != "gbtree":
        raise UnsupportedScorer(f"the booster must be gbtree, however: {booster['name']}")
    if learner["objective"]["name"] not in OBJECTIVES:
        raise UnsupportedScorer(f"the objective must be binary:logistic, however: {learner['objective']['name']}")
    if int(parameters["num_class"]) > 1 or int(parameters.get("num_target", 1)) > 1:
        raise UnsupportedScorer("a model must have one output, however: several classes or targets")
    if int(booster["model"]["gbtree_model_param"]["num_parallel_tree"]) != 1:
        raise UnsupportedScorer("a boosted random forest (num_parallel_tree above 1) is not supported")


def _intercept(base_score: str) -> float:
    """From a probability, which XGBoost 3.1 and later writes as a list in a string."""
    [value] = np.atleast_1d(np.asarray(json.loads(base_score), np.float64))
    if not 0 < value < 1:
        raise ValueError(f"base_score must be in (0, 1), however: {value}")
    return float(logit(value))


def _tree(data: Mapping[str, Any], columns: int) -> Tree:
    size = int(data["tree_param"]["num_nodes"])
    array = {name: _array(data, name, size) for name in _ARRAYS}
    order = _reachable(array["left_children"], array["right_children"])
    place = np.full(size, LEAF)
    place[order] = np.arange(len(order))
    left, right = array["left_children"][order], array["right_children"][order]
    leaf, listed = left == LEAF, _sets(data)
    feature = np.where(leaf, LEAF, array["split_indices"][order]).astype(np.int32)
    if (feature >= columns).any() or (feature[~leaf] < 0).any():
        raise ValueError(f"split_indices must be in 0 to {columns - 1}")
    categorical = ~leaf & (array["split_type"][order] == 1)
    condition = array["split_conditions"][order]
    return Tree(
        feature=feature,
        threshold=np.where(leaf | categorical, 0.0, condition),
        left=np.where(leaf, LEAF, place[left]).astype(np.int32),
        right=np.where(leaf, LEAF, place[right]).astype(np.int32),
        value=np.where(leaf, condition, 0.0),
        cover=array["sum_hessian"][order],
        default_left=array["default_left"][order].astype(np.bool_) & ~leaf,
        missing=np.full(len(order), MISSING_NAN, np.uint8),
        sets=tuple(listed[int(node)] if c else None for node, c in zip(order, categorical, strict=True)),
        carried={name: array[theirs][order] for name, theirs in CARRIED.items()},
    )


_ARRAYS = {
    "left_children": np.int64,
    "right_children": np.int64,
    "split_indices": np.int64,
    "split_conditions": np.float64,
    "split_type": np.int64,
    "default_left": np.int64,
    "sum_hessian": np.float64,
    "loss_changes": np.float64,
    "base_weights": np.float64,
}


def _array(data: Mapping[str, Any], name: str, size: int) -> NDArray[Any]:
    array = np.asarray(data[name], dtype=_ARRAYS[name])
    if array.shape != (size,):
        raise ValueError(f"{name} must have {size} values, however: {array.size}")
    return array


def _reachable(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.int64]:
    """Nodes below the root in their own order; XGBoost leaves deleted ones in the arrays."""
    found, seen = [0], {0}
    for node in found:
        if left[node] != LEAF:
            for child in (int(left[node]), int(right[node])):
                if not 0 <= child < len(left) or child in seen:
                    raise ValueError(f"node {child} does not hang below one node")
                seen.add(child)
                found.append(child)
    return np.array(sorted(found), np.int64)


def _sets(data: Mapping[str, Any]) -> dict[int, tuple[int, ...]]:
    spans = zip(data["categories_nodes"], data["categories_segments"], data["categories_sizes"], strict=True)
    return {int(node): tuple(int(c) for c in data["categories"][at : at + size]) for node, at, size in spans}
