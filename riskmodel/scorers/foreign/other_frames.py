"""What stands around trees in a new file of LightGBM or XGBoost: names of features, and levels of categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskmodel.core.releases import release_of
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.base import native_names
from riskmodel.scorers.lgbm import new_frame
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.scorers.lgbm.reader import TextFrame
from riskmodel.scorers.xgb import reader
from riskmodel.scorers.xgb.model import XgbModel
from riskmodel.scorers.xgb.reader import DocumentFrame

LevelsByPlace = Mapping[int, Sequence[Any]]


@dataclass(frozen=True)
class NewFeatures:
    """The features of a new file.

    Parameters
    ----------
    names
        None where it shall know them by place.
    count
        How many there are.
    levels
        Of categories in the order of their codes, by place, as a frame has them.
    codes
        How many codes a category has whose levels are codes, by place.
    """

    names: Sequence[str] | None
    count: int
    levels: LevelsByPlace
    codes: Mapping[int, int]


def text_frame(features: NewFeatures) -> TextFrame:
    """Of LightGBM's text. Raises: RiskModelError where two names become one."""
    names = features.names or [f"Column_{i}" for i in range(features.count)]
    return new_frame.new_frame(native_names.spelt(names, LgbmModel.forbidden), features.levels, features.codes)


def document_frame(features: NewFeatures) -> DocumentFrame:
    """Of XGBoost's document, in the words of the version at hand.

    Raises: RiskModelError where two names become one, UnsupportedScorer for levels that XGBoost does not keep.
    """
    _, frame = reader.read(_empty(features))
    for place, levels in features.levels.items():
        if list(frame.levels[place]) != list(levels):
            raise UnsupportedScorer(f"XGBoost {release_of('xgboost')} does not keep levels such as {_odd(levels)!r}")
    return frame


def _odd(levels: Sequence[Any]) -> Any:
    return next((level for level in levels if not str(level).isascii()), [*levels, None][0])


def _empty(features: NewFeatures) -> bytes:
    """XGBoost's own document of a model that says nothing."""
    import xgboost

    settings = {"objective": "binary:logistic", "base_score": 0.5, "nthread": 1}
    try:
        return bytes(xgboost.train(settings, _rows(features), 1).save_raw("json"))
    except (TypeError, ValueError, xgboost.core.XGBoostError) as error:
        first = (str(error).splitlines() or [repr(error)])[0]
        raise UnsupportedScorer(f"XGBoost does not take these features: {first[:200]}") from error


def _rows(features: NewFeatures) -> Any:
    """Two rows without values; a frame where there are levels, from which XGBoost keeps them."""
    import xgboost

    places = range(features.count)
    names = None if features.names is None else list(native_names.spelt(features.names, XgbModel.forbidden))
    if not features.levels:
        types = ["c" if place in features.codes else "q" for place in places] if features.codes else None
        return xgboost.DMatrix(
            np.zeros((2, features.count)),
            label=[0.0, 1.0],
            feature_names=names,
            feature_types=types,
            enable_categorical=True,
        )
    cells = {place: _cells(features.levels.get(place)) for place in places}
    frame = pd.DataFrame(cells).set_axis(names or [f"f{place}" for place in places], axis=1)
    return xgboost.DMatrix(frame, label=[0.0, 1.0], enable_categorical=True)


def _cells(levels: Sequence[Any] | None) -> Any:
    if levels is None:
        return np.zeros(2)
    index = pd.Index(list(levels), dtype=object if all(isinstance(level, str) for level in levels) else None)
    return pd.Categorical.from_codes([0, 0] if len(levels) else [-1, -1], index)
