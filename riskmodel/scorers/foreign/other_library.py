"""A model of trees in the file of another library: numbers, and categories as that library's own.

A category keeps its levels and their order. What the other library would not answer alike is refused in one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from riskmodel.core import Kind
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base.boosting import BoosterScorer
from riskmodel.scorers.foreign import other_frames, other_trees
from riskmodel.scorers.foreign.other_frames import LevelsByPlace, NewFeatures
from riskmodel.scorers.lgbm import LgbmRecipe, LgbmScorer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.scorers.xgb import XgbRecipe, XgbScorer
from riskmodel.scorers.xgb.model import XgbModel

LIBRARIES = ("lightgbm", "xgboost")


def check(library: str) -> None:
    """Raises: RiskModelError for a library that we do not write."""
    if library not in LIBRARIES:
        raise RiskModelError(f"as_ must be {' or '.join(LIBRARIES)}, however: {library!r}")


def booster(scorer: BoosterScorer, levels: LevelsByPlace, library: str, *, has_names: bool) -> Any:
    """A Booster of lightgbm or xgboost, as `converted`. Raises: RiskModelError, UnsupportedScorer."""
    return converted(scorer, levels, library, has_names=has_names).native.booster


def converted(scorer: BoosterScorer, levels: LevelsByPlace, library: str, *, has_names: bool) -> BoosterScorer:
    """The scorer with the same trees in a file of lightgbm or xgboost.

    `levels` are those of categories in the order of their codes, by place, as a frame has them; none where rows have
    codes. With `has_names` the features keep their names, else they have places alone.

    Raises: RiskModelError, UnsupportedScorer for splits and levels that the library does not have.
    """
    check(library)
    names = [column.name for column in scorer.features] if has_names else None
    features = NewFeatures(names, len(scorer.features), levels, _codes(scorer, levels))
    return (_lightgbm if library == "lightgbm" else _xgboost)(scorer, features)


def _codes(scorer: BoosterScorer, levels: LevelsByPlace) -> Mapping[int, int]:
    """Raises: UnsupportedScorer where some categories have levels and others codes: no frame is both."""
    codes = {
        place: len(column.categories) - column.other
        for place, column in enumerate(scorer.features)
        if column.kind is Kind.CATEGORICAL and place not in levels
    }
    if codes and levels:
        name = scorer.features[min(codes)].name
        raise UnsupportedScorer(f"categories must all have levels, however: {name!r} has codes; give its levels")
    return codes


def _lightgbm(scorer: BoosterScorer, features: NewFeatures) -> LgbmScorer:
    if coded := [code for column in scorer.features for code in column.codes]:
        raise no_number(coded[0])
    ensemble = scorer.ensemble
    if ensemble.rules != "lightgbm":
        trees = tuple(other_trees.to_lightgbm(tree, scorer.features) for tree in ensemble.trees)
        ensemble = replace(ensemble, trees=trees, rules="lightgbm")
    native = LgbmModel.of_trees(ensemble, other_frames.text_frame(features))
    return LgbmScorer(scorer.features, scorer.calibration, native, LgbmRecipe(search=0), scorer.seed)


def _xgboost(scorer: BoosterScorer, features: NewFeatures) -> XgbScorer:
    ensemble = scorer.ensemble
    if ensemble.rules != "xgboost":
        ensemble = replace(ensemble, trees=tuple(map(other_trees.to_xgboost, ensemble.trees)), rules="xgboost")
    native = XgbModel.of_trees(ensemble, other_frames.document_frame(features))
    return XgbScorer(scorer.features, scorer.calibration, native, XgbRecipe(search=0), scorer.seed)


def no_number(missing: float) -> UnsupportedScorer:
    """The line that refuses a number for missing."""
    return UnsupportedScorer(f"LightGBM takes NaN alone for missing, however: the model takes {missing:g}, too")
