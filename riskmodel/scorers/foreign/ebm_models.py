"""Explainable boosting machines (interpret), taken apart into a LightGBM text and put together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from riskmodel.core import Vector
from riskmodel.errors import RiskModelError
from riskmodel.scorers.base import native_names
from riskmodel.scorers.foreign import ebm_terms, ebm_trees
from riskmodel.scorers.foreign.columns import text
from riskmodel.scorers.foreign.native_answer import Answer, quiet
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.scorers.lgbm import new_frame, reader, writer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.trees.compiled.split_edges import ZERO


def is_ebm(model: Any) -> bool:
    """Whether it is interpret's classifier, without loading interpret for another class."""
    return type(model).__module__.startswith("interpret.") and type(model).__name__ == "ExplainableBoostingClassifier"


def taken_apart(model: Any) -> ModelParts:
    """The parts of a fitted classifier. Raises: UnsupportedScorer, RiskModelError if it is not fitted."""
    if not getattr(model, "has_fitted_", False):
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not")
    codes = ebm_trees.level_codes(model)
    ensemble = ebm_trees.ensemble_of(model, codes)
    own = [str(name) for name in model.feature_names_in_]
    names = native_names.spelt(own, LgbmModel.forbidden)
    frame = new_frame.new_frame(names, {place: list(levels) for place, levels in codes.items()})
    good, bad = np.asarray(model.classes_).tolist()
    return ModelParts(
        writer.write(ensemble, frame).encode(),
        lambda made: ebm_terms.rebuilt(model, reader.read(made.decode())[0], codes),
        _answer(model, own, codes),
        names,
        own != [f"feature_{i:04}" for i in range(len(own))],
        (good, bad),
    )


def _answer(model: Any, names: Sequence[str], codes: ebm_trees.Codes) -> Answer:
    """Its own PDs, of rows with what LightGBM takes for 0 as 0, and levels that it does not know as missing."""

    def answer(rows: Any) -> Vector:
        plain = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
        plain = plain.todense() if hasattr(plain, "todense") else plain
        if codes and not isinstance(plain, pd.DataFrame):
            raise RiskModelError("categories must come by their levels, in a frame")
        table = pd.DataFrame(plain)
        cells = {
            name: _levels(table.iloc[:, place], codes[place]) if place in codes else _numbers(table.iloc[:, place])
            for place, name in enumerate(names)
        }
        with quiet():
            return np.asarray(model.predict_proba(pd.DataFrame(cells)), np.float64)[:, 1]

    return answer


def _numbers(column: Any) -> Vector:
    values = np.array(column, np.float64)
    values[np.abs(values) <= ZERO] = 0.0
    return values


def _levels(column: Any, known: Mapping[str, int]) -> Any:
    """As interpret spells them: its levels are texts, of numbers, too, and True is 1."""
    spelt = {text(level): level for level in known}
    plain = (int(value) if isinstance(value, bool | np.bool_) else value for value in column)
    return np.array([None if pd.isna(value) else spelt.get(text(value)) for value in plain], object)
