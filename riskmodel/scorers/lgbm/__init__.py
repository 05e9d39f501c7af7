"""LightGBM: native Booster in, native text out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import lightgbm
import numpy as np

from riskmodel.core import Calibration, Column, Files, Kind, Matrix, Sample, Vector
from riskmodel.scorers.base.boosting import BoosterRecipe, BoosterScorer, Lesson, opened
from riskmodel.scorers.lgbm.model import LgbmModel


@dataclass(frozen=True)
class LgbmRecipe(BoosterRecipe):
    """LightGBM's settings, in the words that both boosters share."""

    def learn(self, lesson: Lesson, seed: int) -> LgbmScorer:
        features = lesson.features
        parameters = {**_objective(soft=lesson.targets is not None), **self._parameters(features, seed)}
        if self.min_rows not in lesson.native:
            lesson.native[self.min_rows] = _datasets(lesson, parameters)
        train, tune = lesson.native[self.min_rows]
        stop = lightgbm.early_stopping(self.patience, verbose=False)
        booster = lightgbm.train(parameters, train, self.rounds, valid_sets=[tune], callbacks=[stop])
        text = booster.model_to_string(num_iteration=booster.best_iteration)
        return LgbmScorer(tuple(features), Calibration(), LgbmModel(text.encode()), replace(self, search=0), seed)

    def _parameters(self, features: Sequence[Column], seed: int) -> dict[str, Any]:
        return {
            "num_leaves": self.leaves,
            "learning_rate": self.rate,
            "lambda_l2": self.l2,
            "feature_fraction": self.feature_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "min_data_in_leaf": self.min_rows,
            "monotone_constraints": [column.monotone for column in features],
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbose": -1,
        }


def _objective(*, soft: bool) -> dict[str, str]:
    """The same loss by two names: LightGBM's binary one takes every outcome above 0 for a 1."""
    if soft:
        return {"objective": "cross_entropy", "metric": "cross_entropy"}
    return {"objective": "binary", "metric": "binary_logloss"}


def _datasets(lesson: Lesson, parameters: dict[str, Any]) -> tuple[lightgbm.Dataset, lightgbm.Dataset]:
    samples, learnt = lesson.development, lesson.learnt
    train = _dataset(samples.train, learnt.train, lesson.features, parameters)
    return train, _dataset(samples.tune, learnt.tune, lesson.features, parameters, train)


def _dataset(
    sample: Sample,
    outcome: Vector,
    features: Sequence[Column],
    parameters: dict[str, Any],
    reference: lightgbm.Dataset | None = None,
) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        sample.columns(features),
        outcome,
        weight=sample.weight,
        reference=reference,
        params=dict(parameters),
        feature_name=[f"f{i}" for i in range(len(features))],
        categorical_feature=[i for i, column in enumerate(features) if column.kind is Kind.CATEGORICAL],
    )


@dataclass(frozen=True, eq=False)
class LgbmScorer(BoosterScorer):
    """A LightGBM text; column i of the matrix is its feature i."""

    kind = "lgbm"
    model_type = LgbmModel
    file_name = "model.txt"

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> BoosterScorer:
        return opened(cls, LgbmRecipe, features, calibration, files)

    def native_margin(self, matrix: Matrix) -> Vector:
        return np.asarray(self.native.booster.predict(matrix, raw_score=True), np.float64)

    @property
    def native_names(self) -> tuple[str, ...]:
        return tuple(self.native.booster.feature_name())

    def native_pd(self, matrix: Matrix) -> Vector:
        return np.asarray(self.native.booster.predict(matrix), np.float64)

    def contributions(self, matrix: Matrix) -> Matrix:
        return np.asarray(self.native.booster.predict(matrix, pred_contrib=True), np.float64)
