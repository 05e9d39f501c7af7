"""A TreeEnsemble to XGBoost's JSON model; what was read and not edited comes out as an equal document.

But for two things: nodes that XGBoost deleted and left in its arrays are gone, and dart weights are in the leaves. What
stands beside the trees stays as its version of XGBoost spelt it, so that this version loads it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.xgb._tree import CARRIED
from riskmodel.scorers.xgb.node_order import paired
from riskmodel.scorers.xgb.reader import DocumentFrame
from riskmodel.trees import LEAF, Tree, TreeEnsemble

NO_PARENT = 2147483647
HELD = (-13.0, 3.0)  # margins that a probability in single precision holds to 1e-6


def write(ensemble: TreeEnsemble, frame: DocumentFrame) -> bytes:
    """A JSON document that XGBoost loads. Raises: UnsupportedScorer without a tree."""
    document, trees = framed(ensemble, frame)
    model = document["learner"]["gradient_booster"]["model"]
    model["trees"] = [_tree(tree, i, ensemble.n_features, frame.filler) for i, tree in enumerate(trees)]
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()  # XGBoost keeps \u00e9 as it stands


def framed(ensemble: TreeEnsemble, frame: DocumentFrame) -> tuple[dict[str, Any], tuple[Tree, ...]]:
    """The document but for its trees, and the trees that belong in it.

    The intercept goes into base_score, a probability in single precision; what that cannot hold, into the leaves of the
    first tree. Raises: UnsupportedScorer without a tree, since XGBoost then takes base_score for the margin.
    """
    if not ensemble.trees:
        raise UnsupportedScorer("an XGBoost model must keep a tree: without one its margin is not the log-odds")
    document = json.loads(json.dumps(frame.document))
    learner, trees = document["learner"], tuple(map(paired, ensemble.trees))
    if ensemble.intercept != frame.intercept:
        trees = _with_intercept(ensemble.intercept, trees, learner["learner_model_param"])
    if trees != frame.trees:
        for stale in ("best_iteration", "best_score"):
            learner["attributes"].pop(stale, None)
    model, count = learner["gradient_booster"]["model"], len(trees)
    model["gbtree_model_param"]["num_trees"] = str(count)
    if "iteration_indptr" in model:
        model["iteration_indptr"] = list(range(count + 1))
    model["tree_info"] = [0] * count
    return document, trees


def _with_intercept(intercept: float, trees: tuple[Tree, ...], parameters: dict[str, Any]) -> tuple[Tree, ...]:
    """Sets base_score, spelt as it was, and gives the trees that carry what it does not hold."""
    held = np.float32(expit(np.clip(intercept, *HELD)))
    parameters["base_score"] = f"[{held!s}]" if parameters["base_score"].startswith("[") else str(held)
    rest = intercept - float(logit(np.float64(held)))
    if abs(rest) < 1e-6:
        return trees
    first = trees[0]
    return replace(first, value=np.where(first.is_leaf, first.value + rest, 0.0)), *trees[1:]


def _tree(tree: Tree, place: int, columns: int, filler: float) -> dict[str, Any]:
    categorical = [node for node, listed in enumerate(tree.sets) if listed is not None]
    sizes = [len(tree.sets[node] or ()) for node in categorical]
    parents = np.full(len(tree), NO_PARENT)
    inner = np.flatnonzero(~tree.is_leaf)
    parents[tree.left[inner]] = parents[tree.right[inner]] = inner
    condition = np.where(tree.is_leaf, tree.value, np.where(_mask(tree, categorical), filler, tree.threshold))
    return {
        "id": place,
        "tree_param": _parameters(len(tree), columns),
        "left_children": tree.left.tolist(),
        "right_children": tree.right.tolist(),
        "parents": parents.tolist(),
        "split_indices": np.where(tree.feature == LEAF, 0, tree.feature).tolist(),
        "split_conditions": _single(condition),
        "split_type": _mask(tree, categorical).astype(int).tolist(),
        "default_left": tree.default_left.astype(int).tolist(),
        "sum_hessian": _single(tree.cover),
        "categories": [category for node in categorical for category in tree.sets[node] or ()],
        "categories_nodes": categorical,
        "categories_segments": np.cumsum([0, *sizes])[:-1].tolist(),
        "categories_sizes": sizes,
        **{theirs: _single(tree.carried[name]) for name, theirs in CARRIED.items()},
    }


def _parameters(nodes: int, columns: int) -> dict[str, str]:
    return {"num_deleted": "0", "num_feature": str(columns), "num_nodes": str(nodes), "size_leaf_vector": "1"}


def _mask(tree: Tree, nodes: list[int]) -> NDArray[np.bool_]:
    mask = np.zeros(len(tree), np.bool_)
    mask[nodes] = True
    return mask


def _single(values: Vector) -> list[float]:
    """Single precision in its shortest spelling, as XGBoost writes it."""
    return [float(str(value)) for value in values.astype(np.float32)]
