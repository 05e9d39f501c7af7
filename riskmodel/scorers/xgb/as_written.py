"""Trees as XGBoost's document says them, without the text: all numbers in single precision."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Vector
from riskmodel.errors import BundleError
from riskmodel.scorers.xgb._tree import CARRIED
from riskmodel.scorers.xgb.reader import FILLER, DocumentFrame, intercept_of
from riskmodel.scorers.xgb.writer import framed
from riskmodel.trees import MISSING_NAN, Tree, TreeEnsemble


def as_written(ensemble: TreeEnsemble, frame: DocumentFrame) -> tuple[TreeEnsemble, DocumentFrame]:
    """What `reader.read` makes of what `writer.write` makes of an ensemble and a frame.

    Raises: BundleError for what the reader would refuse, UnsupportedScorer without a tree.
    """
    document, carrying = framed(ensemble, frame)
    try:
        trees = tuple(_tree(tree) for tree in carrying)
    except ValueError as error:
        raise BundleError(f"the XGBoost document would be damaged: {error}") from error
    intercept = intercept_of(document["learner"]["learner_model_param"]["base_score"])
    has_sets = any(listed is not None for tree in trees for listed in tree.sets)
    read = TreeEnsemble(trees, intercept, ensemble.n_features, "xgboost")
    return read, DocumentFrame(document, intercept, trees, frame.filler if has_sets else FILLER)


def _tree(tree: Tree) -> Tree:
    leaf = tree.is_leaf
    categorical = np.array([listed is not None for listed in tree.sets], np.bool_)
    threshold = np.where(leaf | categorical, 0.0, _single(tree.threshold))
    value = np.where(leaf, _single(tree.value), 0.0)
    if not np.isfinite(value).all() or np.isnan(threshold).any() or len(tree.order) != len(tree):
        raise ValueError("a leaf must be finite, a threshold a number, and every node below the root")
    return Tree(
        feature=tree.feature,
        threshold=threshold,
        left=tree.left,
        right=tree.right,
        value=value,
        cover=_single(tree.cover),
        default_left=tree.default_left & ~leaf,
        missing=np.full(len(tree), MISSING_NAN, np.uint8),
        sets=tree.sets,
        carried={name: _single(tree.carried[name]) for name in CARRIED},
    )


def _single(values: Vector) -> Vector:
    with np.errstate(over="ignore"):
        return values.astype(np.float32).astype(np.float64)
