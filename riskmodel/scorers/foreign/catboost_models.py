"""CatBoost's models of numbers, taken apart into a LightGBM text and put together again around another one.

Its own JSON is the way in and out, symmetric trees and others. It compares in single precision, and a missing value
goes one way at all splits of a feature: below all numbers (AsFalse, AsIs) or above them (AsTrue). Splits by category
and its statistics of them have no place in the anatomy, and are refused by the feature's name.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riskmodel.core import Matrix, Vector
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base import native_names
from riskmodel.scorers.foreign.native_answer import Answer, quiet
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.scorers.lgbm import new_frame, reader, writer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.trees import LEAF, MISSING_NAN, Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import ZERO, last_left
from riskmodel.trees.conditions import Case, Rule, of_tree

LOSSES = ("Logloss", "CrossEntropy")
LOWEST = float(np.finfo(np.float32).min)  # a border that only a missing value lies below
Json = Mapping[str, Any]


def is_catboost(model: Any) -> bool:
    """Whether it is CatBoost's, without loading CatBoost for another class."""
    return type(model).__module__.partition(".")[0] == "catboost" and hasattr(model, "save_model")


def taken_apart(model: Any) -> ModelParts:
    """The parts of a fitted CatBoost or CatBoostClassifier. Raises: UnsupportedScorer, RiskModelError if not fitted."""
    if not model.is_fitted():
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not")
    document = _document(model)
    own = [str(name) for name in model.feature_names_]
    names = native_names.spelt(own, LgbmModel.forbidden)
    ensemble = ensemble_of(model, len(own))
    classes = tuple(np.asarray(model.classes_).tolist()) if len(getattr(model, "classes_", ())) == 2 else (0, 1)
    return ModelParts(
        writer.write(ensemble, new_frame.new_frame(names)).encode(),
        lambda made: _rebuilt(model, document, reader.read(made.decode())[0]),
        _answer(model, own),
        names,
        own != [str(i) for i in range(len(own))],
        (classes[0], classes[1]),
    )


def ensemble_of(model: Any, n_features: int) -> TreeEnsemble:
    """The trees of a fitted model of numbers. Raises: UnsupportedScorer."""
    document = _document(model)
    _check(document)
    features = document["features_info"].get("float_features", [])
    trees = tuple(_trees(document, features))
    return TreeEnsemble(trees, float(document["scale_and_bias"][1][0]), n_features, "lightgbm")


def _answer(model: Any, names: Sequence[str]) -> Answer:
    """Its own PDs, of rows with what LightGBM takes for 0 as 0."""

    def answer(rows: Any) -> Vector:
        plain = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
        matrix: Matrix = np.array(plain.todense() if hasattr(plain, "todense") else plain, np.float64)
        matrix[np.abs(matrix) <= ZERO] = 0.0
        with quiet():
            asked = pd.DataFrame(matrix, columns=list(names))
            return np.asarray(model.predict(asked, prediction_type="Probability"), np.float64)[:, 1]

    return answer


def _refuse_no_numbers(model: Any) -> None:
    """Raises: UnsupportedScorer for a feature of another kind, whether a split asks for it or not."""
    kinds = {
        "a category, of which it keeps hashes and statistics": model.get_cat_feature_indices(),
        "text": model.get_text_feature_indices(),
        "an embedding": model.get_embedding_feature_indices(),
    }
    for kind, places in kinds.items():
        if len(places):
            name = model.feature_names_[places[0]]
            raise UnsupportedScorer(f"CatBoost's features must be numbers, however: {name!r} is {kind}; encode it")


def _document(model: Any) -> dict[str, Any]:
    _refuse_no_numbers(model)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def _check(document: Json) -> None:
    loss = document["model_info"].get("params", {}).get("loss_function", {}).get("type", "unknown")
    if loss not in LOSSES:
        raise UnsupportedScorer(f"the loss must be one of {', '.join(LOSSES)}, however: {loss}")
    if len(document["scale_and_bias"][1]) != 1:
        raise UnsupportedScorer(f"a model must have one output, however: {len(document['scale_and_bias'][1])}")


def _trees(document: Json, features: Sequence[Json]) -> Iterator[Tree]:
    scale = float(document["scale_and_bias"][0])
    for tree in document.get("oblivious_trees", ()):
        yield _made(_unfolded(tree), features, scale)
    for tree in document.get("trees", ()):
        yield _made(tree, features, scale)


def _unfolded(tree: Json) -> Json:
    """A symmetric tree as nested splits: bit i of a leaf's place says whether split i was answered yes."""

    def node(depth: int, place: int) -> Json:
        if depth < 0:
            return {"value": tree["leaf_values"][place], "weight": tree["leaf_weights"][place]}
        no, yes = node(depth - 1, place), node(depth - 1, place | 1 << depth)
        return {"split": tree["splits"][depth], "left": no, "right": yes}

    return node(len(tree["splits"] or ()) - 1, 0)


def _made(root: Json, features: Sequence[Json], scale: float) -> Tree:
    """Nested splits as arrays, each node before its children."""
    nodes, links = [root], []
    for node in nodes:
        links.append((len(nodes), len(nodes) + 1) if "split" in node else (LEAF, LEAF))
        nodes += [node["left"], node["right"]] if "split" in node else []
    asked = [_asked(node["split"], features) if "split" in node else (LEAF, 0.0, False) for node in nodes]
    left, right = np.array(links).T
    return plain_tree(
        feature=np.array([feature for feature, _, _ in asked]),
        threshold=np.array([edge for _, edge, _ in asked]),
        children=(left, right),
        value=np.array([0.0 if "split" in node else scale * float(np.ravel(node["value"])[0]) for node in nodes]),
        cover=np.array([float(node.get("weight", 1.0)) for node in nodes]),
        missing=(MISSING_NAN, np.array([low for _, _, low in asked])),
    )


def _asked(split: Json, features: Sequence[Json]) -> tuple[int, float, bool]:
    """The column, the largest number that goes left, and whether a missing value does."""
    feature = features[split["float_feature_index"]]
    with np.errstate(over="ignore"):  # the neighbour of the largest is infinity
        beyond = np.nextafter(np.float32(split["border"]), np.float32(np.inf))
    edge = float(last_left(np.array([beyond], np.float64), "xgboost")[0])
    return int(feature["flat_feature_index"]), edge, feature["nan_value_treatment"] != "AsTrue"


def _rebuilt(model: Any, document: Json, ensemble: TreeEnsemble) -> Any:
    """The same class, from a document with other trees; every feature then has missing values below all numbers."""
    rules = [of_tree(tree, "lightgbm") for tree in ensemble.trees]
    borders: dict[int, set[float]] = {}
    for rule in rules:
        _collect(rule, borders)
    features = [_with_borders(one, borders) for one in document["features_info"]["float_features"]]
    place = {one["flat_feature_index"]: i for i, one in enumerate(features)}
    starts = np.cumsum([0, *(len(one["borders"] or ()) for one in features)])

    def split(feature: int, border: float) -> Json:
        own = place[feature]
        index = int(starts[own] + features[own]["borders"].index(border))
        return {"border": border, "float_feature_index": own, "split_index": index, "split_type": "FloatFeature"}

    made = {key: value for key, value in document.items() if key not in ("oblivious_trees", "trees", "ctr_data")}
    made["features_info"] = {"float_features": features}
    made |= {"trees": [_nested(rule, split) for rule in rules], "scale_and_bias": [1, [0.0]]}
    return _loaded(model, made)


def _loaded(model: Any, document: Json) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(json.dumps(document))
        made = type(model)()
        made.load_model(str(path), format="json")
    return made


def _border(edge: float) -> float:
    """The single number up to which all go left."""
    single = np.float32(edge)
    return float(np.nextafter(single, np.float32(-np.inf)) if float(single) > edge else single)


def _collect(rule: Rule, borders: dict[int, set[float]]) -> None:
    if isinstance(rule, Case):
        if rule.condition.kind in ("in", "zero"):
            raise UnsupportedScorer("a split by category has no place in a CatBoost model of numbers")
        known = borders.setdefault(rule.condition.feature, {LOWEST})
        if rule.condition.kind != "missing":
            known.add(_border(rule.condition.edge))
        _collect(rule.yes, borders)
        _collect(rule.no, borders)


def _with_borders(feature: Json, borders: Mapping[int, set[float]]) -> dict[str, Any]:
    own = sorted(borders.get(feature["flat_feature_index"], ()))
    return {**feature, "borders": own, "has_nans": True, "nan_value_treatment": "AsFalse"}


def _nested(rule: Rule, split: Callable[[int, float], Json]) -> Json:
    """Left is no to "above the border", and holds what is missing; a rule that wants it elsewhere asks for it first."""
    if not isinstance(rule, Case):
        return {"value": rule, "weight": 1}
    yes, no = _nested(rule.yes, split), _nested(rule.no, split)
    feature, kind = rule.condition.feature, rule.condition.kind
    lowest = split(feature, LOWEST)
    if kind == "missing":
        return {"split": lowest, "left": yes, "right": no}
    border = _border(rule.condition.edge)
    if kind == "above":
        return {"split": split(feature, border), "left": no, "right": yes}
    inner = {"split": split(feature, border), "left": yes, "right": no}
    return {"split": lowest, "left": no, "right": inner}
