"""A scorer whose own file is CatBoost's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskmodel.core import Calibration, Column, Files, Kind, Matrix, Vector
from riskmodel.scorers.base.boosting import BoosterScorer
from riskmodel.scorers.foreign.catboost_file import library
from riskmodel.scorers.foreign.catboost_file.model import CatboostModel
from riskmodel.scorers.lgbm import LgbmScorer, new_frame
from riskmodel.scorers.lgbm.model import LgbmModel


@dataclass(frozen=True, eq=False)
class CatboostFileScorer(BoosterScorer):
    """Trees in a file of CatBoost; column i of the matrix is its feature i, a category its code."""

    kind = "catboost"
    model_type = CatboostModel
    file_name = "model.json"

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> BoosterScorer:
        return LgbmScorer.from_files(features, calibration, files)

    def files(self) -> Files:
        """In a bundle its trees are LightGBM's text, which scores without CatBoost."""
        return self.as_lightgbm().files()

    def as_lightgbm(self) -> LgbmScorer:
        """The same trees in LightGBM's text; a category is its code."""
        frame = new_frame.new_frame([f"f{i}" for i in range(len(self.features))])
        native = LgbmModel.of_trees(self.ensemble, frame)
        return LgbmScorer(self.features, self.calibration, native, self.recipe, self.seed)

    @property
    def binary_model(self) -> bytes:
        """Its `cbm`."""
        return library.as_cbm(library.loaded(self.model))

    @property
    def native_names(self) -> tuple[str, ...]:
        return tuple(self.native.trees[1].names)

    def native_margin(self, matrix: Matrix) -> Vector:
        return self._asked(matrix, "RawFormulaVal")

    def native_pd(self, matrix: Matrix) -> Vector:
        return self._asked(matrix, "Probability")[:, 1]

    def _asked(self, matrix: Matrix, what: str) -> Any:
        rows = pd.DataFrame({i: self._cells(i, matrix[:, i]) for i in range(len(self.features))})
        names, categories = self.native_names, tuple(self.native.trees[1].levels)
        return library.predicted(self.native.booster, library.frame(rows, names, categories), what)

    def _cells(self, place: int, values: Vector) -> Any:
        column = self.features[place]
        if column.kind is not Kind.CATEGORICAL:
            return values
        known = np.isin(values, np.arange(len(column.categories)))
        texts = np.array([*column.categories, None], object)
        return pd.Series(texts[np.where(known, values, -1).astype(np.intp)], dtype=object)

    def contributions(self, matrix: Matrix) -> Matrix:
        """SHAP values of the same trees by LightGBM."""
        return self.as_lightgbm().contributions(matrix)
