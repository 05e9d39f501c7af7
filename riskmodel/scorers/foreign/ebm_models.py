"""Explainable boosting machines (interpret) of numbers, taken apart into a LightGBM text and put together again.

A term is a table over the bins of one or two features: a tree that asks for these alone. A missing value has a bin of
its own, which two splits at one number part from the others: the first sends it left, the second right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base import native_names
from riskmodel.scorers.foreign import ebm_terms
from riskmodel.scorers.foreign.native_answer import Answer, quiet
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.scorers.lgbm import new_frame, reader, writer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.trees import LEAF, MISSING_NAN, Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import ZERO

Node = tuple[Any, ...]  # (value, rows) of a leaf; (feature, edge, missing left, left, right) of a split
MOST_FEATURES = 2  # of a term
PLAIN_LINK = "logit"


def is_ebm(model: Any) -> bool:
    """Whether it is interpret's classifier, without loading interpret for another class."""
    return type(model).__module__.startswith("interpret.") and type(model).__name__ == "ExplainableBoostingClassifier"


def taken_apart(model: Any) -> ModelParts:
    """The parts of a fitted classifier. Raises: UnsupportedScorer, RiskModelError if it is not fitted."""
    if not getattr(model, "has_fitted_", False):
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not")
    classes = tuple(np.asarray(model.classes_).tolist())
    if len(classes) != 2 or model.link_ != PLAIN_LINK:
        raise UnsupportedScorer(f"the model must have two classes and the link {PLAIN_LINK}, however: {len(classes)}")
    own = [str(name) for name in model.feature_names_in_]
    _check(model, own)
    trees = tuple(_tree(model, place) for place in range(len(model.term_features_)))
    intercept = float(np.ravel(model.intercept_)[0])
    ensemble = TreeEnsemble(trees or (_made((0.0, 1.0)),), intercept, len(own), "lightgbm")
    names = native_names.spelt(own, LgbmModel.forbidden)
    return ModelParts(
        writer.write(ensemble, new_frame.new_frame(names)).encode(),
        lambda made: ebm_terms.rebuilt(model, reader.read(made.decode())[0]),
        _answer(model, own),
        names,
        own != [f"feature_{i:04}" for i in range(len(own))],
        (classes[0], classes[1]),
    )


def _check(model: Any, names: Sequence[str]) -> None:
    for name, kind in zip(names, model.feature_types_in_, strict=True):
        if kind != "continuous":
            raise UnsupportedScorer(
                f"an EBM's features must be continuous, however: {name!r} is {kind}; encode it as numbers, and "
                'fit with feature_types=["continuous", ...]'
            )
    if (most := max(map(len, model.term_features_), default=0)) > MOST_FEATURES:
        raise UnsupportedScorer(f"an EBM's terms must have one or two features, however: {most}")


def _answer(model: Any, names: Sequence[str]) -> Answer:
    """Its own PDs, of rows with what LightGBM takes for 0 as 0."""

    def answer(rows: Any) -> Vector:
        plain = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
        matrix: Matrix = np.array(plain.todense() if hasattr(plain, "todense") else plain, np.float64)
        matrix[np.abs(matrix) <= ZERO] = 0.0
        with quiet():
            asked = pd.DataFrame(matrix, columns=list(names))
            return np.asarray(model.predict_proba(asked), np.float64)[:, 1]

    return answer


def _tree(model: Any, place: int) -> Tree:
    """The tree of a term."""
    features = model.term_features_[place]
    edges = [_edges(model, feature, len(features)) for feature in features]
    scores = np.asarray(model.term_scores_[place], np.float64)
    rows = np.asarray(model.bin_weights_[place], np.float64)
    return _made(_split_up(features, edges, scores, rows))


def _edges(model: Any, feature: int, features: int) -> Vector:
    """The largest numbers below each cut: a number at a cut lies in the bin above."""
    levels = model.bins_[feature]
    cuts = np.asarray(levels[min(len(levels), features) - 1], np.float64)
    return np.nextafter(cuts, -np.inf)


def _split_up(features: Sequence[int], edges: Sequence[Vector], scores: Any, rows: Any) -> Node:
    """A table as nested splits: bin 0 of each feature is missing, the last is no number's."""
    if not features:
        return float(scores), float(rows)
    (feature, *others), (own, *further) = features, edges
    bins = [_split_up(others, further, scores[i], rows[i]) for i in range(len(own) + 2)]
    middle = len(own) // 2
    edge = float(own[middle]) if len(own) else 0.0
    low, high = (_between(feature, own[:middle], bins[1 : middle + 2]), None) if len(own) else (bins[1], bins[1])
    if high is None:
        high = _between(feature, own[middle + 1 :], bins[middle + 2 :])
    return feature, edge, True, (feature, edge, False, low, bins[0]), high


def _between(feature: int, edges: Vector, bins: Sequence[Node]) -> Node:
    """Bins in their order, one more than edges; neighbours that say the same are one."""
    if not len(edges):
        return bins[0]
    middle = len(edges) // 2
    low = _between(feature, edges[:middle], bins[: middle + 1])
    high = _between(feature, edges[middle + 1 :], bins[middle + 1 :])
    if len(low) == len(high) == 2 and low[0] == high[0]:
        return low[0], low[1] + high[1]
    return feature, float(edges[middle]), False, low, high


def _made(root: Node) -> Tree:
    """Nested splits as arrays, each node before its children."""
    nodes, links = [root], []
    for node in nodes:
        links.append((len(nodes), len(nodes) + 1) if len(node) > 2 else (LEAF, LEAF))
        nodes += node[3:]
    split = np.array([len(node) > 2 for node in nodes])
    left, right = np.array(links).T
    return plain_tree(
        feature=_each(nodes, 0, LEAF).astype(np.int64),
        threshold=_each(nodes, 1, 0.0),
        children=(left, right),
        value=np.array([0.0 if inner else node[0] for node, inner in zip(nodes, split, strict=True)]),
        cover=np.array([1.0 if inner else node[1] for node, inner in zip(nodes, split, strict=True)]),
        missing=(MISSING_NAN, _each(nodes, 2, 0.0).astype(bool)),
    )


def _each(nodes: Sequence[Node], part: int, leaf: float) -> NDArray[np.float64]:
    return np.array([node[part] if len(node) > 2 else leaf for node in nodes], np.float64)
