"""A model of trees as the native booster of another library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base import native_names
from riskmodel.scorers.lgbm import new_frame
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.scorers.xgb.model import XgbModel
from riskmodel.trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO, Tree, TreeEnsemble
from riskmodel.trees.compiled.split_edges import last_left

Names = Sequence[str] | None


def booster(ensemble: TreeEnsemble, names: Names, library: str) -> Any:
    """A Booster of lightgbm or xgboost with these trees, and names for its features where it shall have some.

    Raises: RiskModelError, UnsupportedScorer.
    """
    check(library)
    for tree in ensemble.trees:
        _refuse_sets(tree)
    return LIBRARIES[library](ensemble, names)


def check(library: str) -> None:
    """Raises: RiskModelError for a library that we do not write."""
    if library not in LIBRARIES:
        raise RiskModelError(f"as_ must be {' or '.join(LIBRARIES)}, however: {library!r}")


def _lightgbm(ensemble: TreeEnsemble, names: Names) -> Any:
    import lightgbm

    if ensemble.rules != "lightgbm":
        ensemble = replace(ensemble, trees=tuple(map(_to_lightgbm, ensemble.trees)), rules="lightgbm")
    names = names or [f"Column_{i}" for i in range(ensemble.n_features)]
    frame = new_frame.new_frame(native_names.spelt(names, LgbmModel.forbidden))
    return lightgbm.Booster(model_str=LgbmModel.of_trees(ensemble, frame).content.decode())


def _xgboost(ensemble: TreeEnsemble, names: Names) -> Any:
    import xgboost

    if ensemble.rules != "xgboost":
        ensemble = replace(ensemble, trees=tuple(map(_to_xgboost, ensemble.trees)), rules="xgboost")
    _, frame = xgb_reader.read(_empty(names, ensemble.n_features))
    return xgboost.Booster(model_file=bytearray(XgbModel.of_trees(ensemble, frame).content))


LIBRARIES: Mapping[str, Callable[[TreeEnsemble, Names], Any]] = {"lightgbm": _lightgbm, "xgboost": _xgboost}


def _empty(names: Names, count: int) -> bytes:
    """XGBoost's own document of a model that says nothing, in the words of the version at hand."""
    import xgboost

    spelt = None if names is None else list(native_names.spelt(names, XgbModel.forbidden))
    rows = xgboost.DMatrix(np.zeros((2, count)), label=[0.0, 1.0], feature_names=spelt)
    settings = {"objective": "binary:logistic", "base_score": 0.5, "nthread": 1}
    return bytes(xgboost.train(settings, rows, 1).save_raw("json"))


def _to_xgboost(tree: Tree) -> Tree:
    """The same tree for numbers in single precision: the least of these that does not go left is the threshold."""
    if (tree.missing[~tree.is_leaf] == MISSING_ZERO).any():
        raise UnsupportedScorer("a model that takes 0 for missing has no place in XGBoost")
    with np.errstate(over="ignore"):
        single = tree.threshold.astype(np.float32)
        single = np.where(single > tree.threshold, np.nextafter(single, np.float32(-np.inf)), single)
        beyond = np.minimum(np.nextafter(single, np.float32(np.inf)), np.finfo(np.float32).max).astype(np.float64)
    as_zero = tree.missing == MISSING_NONE  # LightGBM then takes a missing number for 0
    return replace(
        tree,
        threshold=np.where(tree.is_leaf, 0.0, beyond),
        default_left=np.where(as_zero, tree.threshold >= 0, tree.default_left) & ~tree.is_leaf,
        missing=np.full(len(tree), MISSING_NAN, np.uint8),
    )


def _to_lightgbm(tree: Tree) -> Tree:
    return replace(
        tree,
        threshold=np.where(tree.is_leaf, 0.0, last_left(tree.threshold, "xgboost")),
        missing=np.where(tree.is_leaf, MISSING_NONE, MISSING_NAN).astype(np.uint8),
        cover=np.maximum(np.rint(tree.cover), 1.0),
        carried={"weight": tree.cover, **tree.carried},
    )


def _refuse_sets(tree: Tree) -> None:
    if any(listed is not None for listed in tree.sets):
        raise UnsupportedScorer("a split by category keeps its own library: as_ is for models of numbers")
