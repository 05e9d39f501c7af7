"""XGBoost's model document, JSON or UBJSON, to a TreeEnsemble; a dart model's weights go into its leaves.

Documents of 1.0 to 1.5 lack some of what later ones have; it is filled in as their version meant it.

What is not a plain sum of trees for one log-odds is refused: several classes or targets, boosted forests, gblinear.
All trees are read, as `Booster.predict` uses them: an early-stopped model's `best_iteration` limits only XGBoost's
scikit-learn wrapper, and stands in `Frame.best_iteration` for whoever wants that prefix.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from scipy.special import logit

from riskmodel import limits
from riskmodel.core.releases import release_of
from riskmodel.errors import BundleError, UnsupportedScorer, cause
from riskmodel.scorers.xgb import _tree, levels, old_document, ubjson
from riskmodel.scorers.xgb._tree import singles, whole
from riskmodel.trees import Tree, TreeEnsemble

OBJECTIVES = ("binary:logistic", "reg:logistic")
MOST_FEATURES = 1_000_000
FILLER = float(np.float32(1e-45))


@dataclass(frozen=True)
class DocumentFrame:
    """The document without its trees, and what a writer needs to tell an edit: the intercept and the trees as read.

    filler: what stands for the threshold of a categorical split: 1e-45, and NaN before XGBoost 3.0.
    """

    document: Mapping[str, Any]
    intercept: float
    trees: tuple[Tree, ...]
    filler: float = FILLER

    @property
    def names(self) -> tuple[str, ...]:
        """Empty where it was trained on a matrix."""
        return tuple(self.document["learner"].get("feature_names", ()))

    def with_names(self, names: Sequence[str]) -> Self:
        """The frame with these names for its features, in their order."""
        learner = {**self.document["learner"], "feature_names": list(names)}
        return replace(self, document={**self.document, "learner": learner})

    def with_features(self, places: Sequence[int]) -> Self:
        """The frame of these features alone, in this order, with their levels."""
        learner = dict(self.document["learner"])
        for name in ("feature_names", "feature_types"):
            if learner.get(name):
                learner[name] = [learner[name][place] for place in places]
        learner["learner_model_param"] = {**learner["learner_model_param"], "num_feature": str(len(places))}
        booster = learner["gradient_booster"]
        model = {key: value for key, value in booster["model"].items() if key != "cats"}
        if booster["model"].get("cats"):
            model["cats"] = levels.of_features(booster["model"]["cats"], places)
        learner["gradient_booster"] = {**booster, "model": model}
        return replace(self, document={**self.document, "learner": learner})

    @property
    def types(self) -> tuple[str, ...]:
        """XGBoost's own: "c" is a category, all else a number."""
        return tuple(self.document["learner"].get("feature_types", ()))

    @property
    def levels(self) -> tuple[levels.Levels, ...]:
        """The levels of each feature in the order of their codes; empty where the document does not carry them."""
        learner = self.document["learner"]
        features = whole(learner["learner_model_param"]["num_feature"])
        return levels.of(learner["gradient_booster"]["model"].get("cats"), features)

    def has_cut(self, place: int) -> bool:
        """Whether the levels of the feature at this place are texts that the document cuts."""
        cats = self.document["learner"]["gradient_booster"]["model"].get("cats")
        return levels.is_cut(cats, place)

    def may_have(self, place: int, given: Sequence[Any]) -> bool:
        """Whether these may be the levels of the feature at this place: no document that tells others."""
        cats = self.document["learner"]["gradient_booster"]["model"].get("cats")
        return levels.may_be(cats, place, given)

    @property
    def best_iteration(self) -> int | None:
        """Trees after this one are ignored by the scikit-learn wrapper, and by nothing else."""
        best = self.document["learner"]["attributes"].get("best_iteration")
        return None if best is None else whole(best)


def read(content: bytes) -> tuple[TreeEnsemble, DocumentFrame]:
    """The trees of a model document, and its frame.

    Raises: BundleError if the document is damaged, UnsupportedScorer if it is not one log-odds of plain trees.
    """
    try:
        document = ubjson.loads(content) if ubjson.is_ubjson(content) else json.loads(content)
        if "learner" not in document:
            raise BundleError("the JSON must be an XGBoost model, however: it has no learner, as a dump_model has none")
        learner = document["learner"]
        old_document.bring_up(document)
        weights = _flattened(document)
        columns = _check(learner)
        data = learner["gradient_booster"]["model"].pop("trees")
        limits.check("trees", len(data), "the model", BundleError)
        intercept = intercept_of(learner["learner_model_param"]["base_score"])
        if not len(data) == len(weights or data) == _counted(learner["gradient_booster"]["model"]):
            raise ValueError(f"num_trees is not the number of trees: {len(data)}")
        trees = tuple(_tree.tree(tree, columns) for tree in data)
        if weights:
            trees = tuple(_weighted(tree, weight) for tree, weight in zip(trees, weights, strict=True))
        _check_names(learner, columns)
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BundleError(f"the XGBoost document is damaged: {cause(error)}") from error
    if not trees:
        raise UnsupportedScorer("the XGBoost model has no trees")
    ensemble = TreeEnsemble(trees, intercept, columns, "xgboost")
    ensemble.check_margins()
    return ensemble, DocumentFrame(document, intercept, trees, _filler(data))


def _flattened(document: dict[str, Any]) -> list[float]:
    """Makes a dart booster a plain one, in place, and gives the weights of its trees; none otherwise.

    XGBoost 3.4 calls it gbtree and keeps the weights in the model. Earlier ones read that without them, silently.
    """
    learner = document["learner"]
    booster = learner["gradient_booster"]
    if booster["name"] == "dart":
        learner["gradient_booster"] = booster["gbtree"]
        weights = singles(booster["weight_drop"])
    elif dropped := booster.get("model", {}).pop("weight_drop", None):
        _check_version(document)
        weights = singles(dropped)
    else:
        return []
    if not np.isfinite(weights).all():
        raise ValueError("weight_drop must be finite")
    return list(weights)


def _check_version(document: Mapping[str, Any]) -> None:
    """Raises: UnsupportedScorer where the installed XGBoost would read a dart model without its weights."""
    written, installed = tuple(document.get("version", ())), release_of("xgboost")
    if written[:2] > tuple(map(int, installed.split(".")[:2])):
        wrote = ".".join(map(str, written))
        raise UnsupportedScorer(
            f"a dart model of XGBoost {wrote} must be opened with that version or a later one, however: {installed} is "
            "installed, which reads it without the weights of its trees"
        )


def _check(learner: Mapping[str, Any]) -> int:
    """What kind of model it is; gives the number of features."""
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    if booster["name"] != "gbtree":
        raise UnsupportedScorer(f"the booster must be gbtree or dart, however: {booster['name']}")
    if learner["objective"]["name"] not in OBJECTIVES:
        raise UnsupportedScorer(f"the objective must be binary:logistic, however: {learner['objective']['name']}")
    if whole(parameters["num_class"]) not in (0, 1) or whole(parameters.get("num_target", "1")) != 1:
        raise UnsupportedScorer("a model must have one output, however: several classes or targets")
    if whole(booster["model"]["gbtree_model_param"]["num_parallel_tree"]) != 1:
        raise UnsupportedScorer("a boosted random forest (num_parallel_tree above 1) is not supported")
    columns = whole(parameters["num_feature"])
    if not 1 <= columns <= MOST_FEATURES:
        raise ValueError(f"num_feature must be in 1 to {MOST_FEATURES}, however: {columns}")
    return columns


def _counted(model: Mapping[str, Any]) -> int:
    count = whole(model["gbtree_model_param"]["num_trees"])
    if model["tree_info"] != [0] * len(model["tree_info"]) or len(model["tree_info"]) != count:
        raise ValueError("tree_info must be one 0 a tree")
    if "iteration_indptr" in model and model["iteration_indptr"] != list(range(len(model["tree_info"]) + 1)):
        raise ValueError("iteration_indptr must count the trees one by one")
    return count


def intercept_of(base_score: str) -> float:
    """From a probability in single precision: a number in a string, or since XGBoost 3.1 a list of one.

    Within a millionth of 0 or 1 it has no one meaning: XGBoost 3.2 moves it in, earlier versions take it as it is.
    """
    [value] = np.atleast_1d(singles(np.atleast_1d(json.loads(base_score)).tolist()))
    if not 1e-6 < value < 1 - 1e-6:
        raise ValueError(f"base_score must be in (1e-6, 1 - 1e-6), however: {value:g}")
    return float(logit(value))


def _check_names(learner: Mapping[str, Any], columns: int) -> None:
    for name in ("feature_names", "feature_types"):
        given = learner.get(name, [])
        if not isinstance(given, list) or len(given) not in (0, columns) or not _are_texts(given):
            raise ValueError(f"{name} must be {columns} texts")
    for name in ("attributes", "learner_model_param"):
        if not isinstance(learner[name], dict) or not _are_texts(learner[name].values()):
            raise ValueError(f"{name} must be texts by name")
    levels.check(learner["gradient_booster"]["model"].get("cats"), columns)


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _weighted(tree: Tree, weight: float) -> Tree:
    carried = {**tree.carried, "inner": tree.carried["inner"] * weight}
    return replace(tree, value=tree.value * weight, carried=carried)


def _filler(data: Any) -> float:
    for tree in data:
        for node in tree["categories_nodes"]:
            return float(tree["split_conditions"][node])
    return FILLER
