"""A fitted forest taken apart: what a booster starts from, and the forest itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base import native_names
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.scorers.foreign.sklearn_forests import SINGLE, Forest, answer_of, hold_read
from riskmodel.scorers.lgbm import new_frame, writer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.trees import TreeEnsemble

READ_TREES, READ_LEAVES = 128, 4096  # a booster starts from so much of a forest at most


def taken_apart(model: Any) -> ModelParts:
    """The parts of a fitted forest. Raises: UnsupportedScorer, RiskModelError if it is not fitted."""
    _check(model)
    forest = Forest(model, answer_of(model))
    start = forest.upper_parts(READ_TREES, READ_LEAVES)
    hold_read(forest)
    has_names = hasattr(model, "feature_names_in_")
    given = tuple(model.feature_names_in_) if has_names else tuple(f"Column_{i}" for i in range(start.n_features))
    names = native_names.spelt(given, LgbmModel.forbidden)
    classes = tuple(np.asarray(model.classes_).tolist())
    return ModelParts(
        writer.write(straightened(start), new_frame.new_frame(names)).encode(),
        lambda _made: _no_way_back(model),
        forest.answer,
        names,
        has_names,
        (classes[0], classes[1]),
        monotone=_monotone(model, names),
        forest=forest,
    )


def straightened(shares: TreeEnsemble) -> TreeEnsemble:
    """Trees that add up to log-odds, to first order around the mean share of bads."""
    roots = [float(np.average(t.value[t.is_leaf], weights=t.cover[t.is_leaf])) for t in shares.trees]
    base = float(np.clip(np.mean(roots), 1e-3, 1 - 1e-3))
    slope = 1 / (base * (1 - base) * len(shares.trees))
    trees = [replace(t, value=np.where(t.is_leaf, slope * (t.value - base), 0.0)) for t in shares.trees]
    finite = tuple(replace(t, threshold=np.clip(t.threshold, -SINGLE, SINGLE)) for t in trees)
    return replace(shares, trees=finite, intercept=float(np.log(base / (1 - base))))


def _check(model: Any) -> None:
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not") from error
    if model.n_outputs_ != 1 or len(model.classes_) != 2:
        count = f"{model.n_outputs_} outputs" if model.n_outputs_ != 1 else str(len(model.classes_))
        raise UnsupportedScorer(f"the model must have two classes, however: {count}")


def _monotone(model: Any, names: Sequence[str]) -> Mapping[str, int]:
    signs = () if model.monotonic_cst is None else np.asarray(model.monotonic_cst).tolist()
    return {name: int(sign) for name, sign in zip(names, signs, strict=False) if sign}


def _no_way_back(model: Any) -> Any:
    raise UnsupportedScorer(f"a {type(model).__name__} is a mean of PDs, and no sum of log-odds becomes one")
