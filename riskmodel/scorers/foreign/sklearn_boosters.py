"""scikit-learn's boosted classifiers, taken apart into a LightGBM text and put together again around another one.

Both add trees up to log-odds, as LightGBM does. HistGradientBoosting compares in double precision and knows where a
missing value goes; GradientBoosting compares in single precision and takes no missing value: one counts as 0 here, as
LightGBM has it for a model that met none. A number nearer to 0 than 1e-35 counts as 0.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base import native_names
from riskmodel.scorers.foreign.native_answer import Answer, quiet
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.scorers.lgbm import new_frame, reader, writer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.trees import LEAF, MISSING_NAN, MISSING_NONE, Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import ZERO, last_left

Rebuilt = Callable[[TreeEnsemble], Any]
NO_SETS = np.zeros((0, 8), np.uint32)


def is_sklearn_booster(model: Any) -> bool:
    """Whether it is one of the two, without loading scikit-learn for another class."""
    return type(model).__module__.startswith("sklearn.ensemble.") and type(model).__name__ in (
        "GradientBoostingClassifier",
        "HistGradientBoostingClassifier",
    )


def taken_apart(model: Any) -> ModelParts:
    """The parts of a fitted one of two classes. Raises: UnsupportedScorer, RiskModelError if it is not fitted."""
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not") from error
    classes = tuple(np.asarray(model.classes_).tolist())
    if len(classes) != 2:
        raise UnsupportedScorer(f"the model must have two classes, however: {len(classes)}")
    hist = type(model).__name__.startswith("Hist")
    ensemble, rebuilt = (_hist if hist else _exact)(model)
    has_names = hasattr(model, "feature_names_in_")
    given = tuple(model.feature_names_in_) if has_names else tuple(f"Column_{i}" for i in range(ensemble.n_features))
    names = native_names.spelt(given, LgbmModel.forbidden)
    return ModelParts(
        writer.write(ensemble, new_frame.new_frame(names)).encode(),
        lambda made: rebuilt(reader.read(made.decode())[0]),
        _answer(model, missing_as_zero=not hist),
        names,
        has_names,
        (classes[0], classes[1]),
    )


def _answer(model: Any, *, missing_as_zero: bool) -> Answer:
    """Its own PDs, of rows with what LightGBM takes for 0 as 0."""

    def answer(rows: Any) -> Vector:
        plain = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
        matrix: Matrix = np.array(plain.todense() if hasattr(plain, "todense") else plain, np.float64)
        matrix[np.abs(matrix) <= ZERO] = 0.0
        if missing_as_zero:
            matrix[np.isnan(matrix)] = 0.0
        named = hasattr(model, "feature_names_in_")
        with quiet():
            asked = pd.DataFrame(matrix, columns=model.feature_names_in_) if named else matrix
            return np.asarray(model.predict_proba(asked), np.float64)[:, 1]

    return answer


def _hist(model: Any) -> tuple[TreeEnsemble, Rebuilt]:
    if getattr(model, "is_categorical_", None) is not None and np.any(model.is_categorical_):
        place = int(np.flatnonzero(model.is_categorical_)[0])
        name = getattr(model, "feature_names_in_", range(place + 1))[place]
        raise UnsupportedScorer(
            f"HistGradientBoosting's features must be numbers, however: {name!r} is a category; encode it"
        )
    trees = tuple(_hist_tree(predictor.nodes) for [predictor] in model._predictors)
    intercept = float(np.ravel(model._baseline_prediction)[0])
    return TreeEnsemble(trees, intercept, model.n_features_in_, "lightgbm"), lambda made: _hist_rebuilt(model, made)


def _hist_tree(nodes: NDArray[Any]) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    return plain_tree(
        feature=np.where(leaf, LEAF, nodes["feature_idx"]),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]),
        children=(np.where(leaf, LEAF, nodes["left"]), np.where(leaf, LEAF, nodes["right"])),
        value=np.where(leaf, nodes["value"], 0.0),
        cover=nodes["count"].astype(np.float64),
        missing=(MISSING_NAN, nodes["missing_go_to_left"].astype(bool) & ~leaf),
    )


def _hist_rebuilt(model: Any, ensemble: TreeEnsemble) -> Any:
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    made = copy.copy(model)
    made._predictors = [[TreePredictor(_hist_nodes(model, tree), NO_SETS, NO_SETS)] for tree in ensemble.trees]
    made._baseline_prediction = np.zeros_like(model._baseline_prediction)  # it is in the leaves of the first tree
    return made


def _hist_nodes(model: Any, tree: Tree) -> NDArray[Any]:
    nodes = np.zeros(len(tree), model._predictors[0][0].nodes.dtype)
    leaf = tree.is_leaf
    nodes["value"], nodes["count"], nodes["is_leaf"] = tree.value, tree.cover, leaf
    nodes["feature_idx"] = np.where(leaf, 0, tree.feature)
    nodes["num_threshold"] = _edges(tree)
    nodes["left"], nodes["right"] = np.where(leaf, 0, tree.left), np.where(leaf, 0, tree.right)
    nodes["missing_go_to_left"], nodes["depth"] = tree.default_left, tree.depth
    return nodes


def _exact(model: Any) -> tuple[TreeEnsemble, Rebuilt]:
    prior = _prior(model)
    trees = tuple(_exact_tree(one.tree_, model.learning_rate) for one in model.estimators_[:, 0])
    ensemble = TreeEnsemble(trees, prior, model.n_features_in_, "lightgbm")
    return ensemble, lambda made: _exact_rebuilt(model, made, prior)


def _prior(model: Any) -> float:
    """The log-odds that it starts from. Raises: UnsupportedScorer where a model of its user's own makes them."""
    if model.loss != "log_loss":
        raise UnsupportedScorer(f"the loss must be log_loss, however: {model.loss}")
    if type(model.init_).__name__ != "DummyClassifier":
        if isinstance(model.init_, str) and model.init_ == "zero":
            return 0.0
        raise UnsupportedScorer(f"init must be None or zero, however: {type(model.init_).__name__}")
    bad = float(model.init_.class_prior_[1])
    return float(np.log(bad / (1 - bad)))


def _exact_tree(tree: Any, rate: float) -> Tree:
    """Its threshold is one of double precision for numbers of single: the largest of double that goes left."""
    leaf = tree.children_left < 0
    single = tree.threshold.astype(np.float32)
    single = np.where(single > tree.threshold, np.nextafter(single, np.float32(-np.inf)), single)
    beyond = np.nextafter(single, np.float32(np.inf))
    return plain_tree(
        feature=np.where(leaf, LEAF, tree.feature),
        threshold=np.where(leaf, 0.0, last_left(beyond.astype(np.float64), "xgboost")),
        children=(np.where(leaf, LEAF, tree.children_left), np.where(leaf, LEAF, tree.children_right)),
        value=np.where(leaf, rate * tree.value[:, 0, 0], 0.0),
        cover=tree.n_node_samples.astype(np.float64),
        missing=(MISSING_NONE, np.zeros(len(leaf), bool)),
    )


def _exact_rebuilt(model: Any, ensemble: TreeEnsemble, prior: float) -> Any:
    made = copy.copy(model)
    frame = model.estimators_[0, 0]
    starts = [prior if place == 0 else 0.0 for place in range(len(ensemble.trees))]
    estimators = [_estimator(frame, tree, start, model) for tree, start in zip(ensemble.trees, starts, strict=True)]
    made.estimators_ = np.array(estimators, dtype=object).reshape(-1, 1)
    made.n_estimators = made.n_estimators_ = len(estimators)
    return made


def _estimator(frame: Any, tree: Tree, start: float, model: Any) -> Any:
    """A regression tree of scikit-learn's; `start` is what the model adds by itself."""
    own = type(frame.tree_)(model.n_features_in_, np.array([1], np.intp), 1)
    leaf = tree.is_leaf
    nodes = np.zeros(len(tree), frame.tree_.__getstate__()["nodes"].dtype)
    nodes["left_child"], nodes["right_child"] = np.where(leaf, -1, tree.left), np.where(leaf, -1, tree.right)
    nodes["feature"], nodes["threshold"] = np.where(leaf, -2, tree.feature), np.where(leaf, -2.0, _edges(tree))
    nodes["n_node_samples"] = nodes["weighted_n_node_samples"] = np.maximum(tree.cover, 1)
    values = np.where(leaf, (tree.value - start) / model.learning_rate, 0.0).reshape(-1, 1, 1)
    state = {"max_depth": int(tree.depth.max()), "node_count": len(tree), "nodes": nodes, "values": values}
    own.__setstate__(state)
    made = copy.copy(frame)
    made.tree_ = own
    return made


def _edges(tree: Tree) -> Vector:
    """Thresholds (nodes) without LightGBM's rounding of what is near 0. Raises: UnsupportedScorer for categories."""
    if any(listed is not None for listed in tree.sets):
        raise UnsupportedScorer("a split by category has no place in this class")
    return last_left(tree.threshold, "lightgbm")
