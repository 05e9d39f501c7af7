"""XGBoost: native Booster in, native JSON out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xgboost

from riskmodel.core import Calibration, Column, Development, Files, Kind, Matrix, Sample, Vector
from riskmodel.scorers.base.boosting import BoosterRecipe, BoosterScorer, Lesson, opened
from riskmodel.scorers.xgb import ubjson
from riskmodel.scorers.xgb.model import XgbModel
from riskmodel.stats import weighted


@dataclass(frozen=True)
class XgbRecipe(BoosterRecipe):
    """XGBoost's settings, in the words that both boosters share; trees grow leaf by leaf."""

    def learn(self, lesson: Lesson, seed: int) -> XgbScorer:
        features, development = lesson.features, lesson.development
        if 0 not in lesson.native:
            lesson.native[0] = _dmatrices(lesson)
        train, tune = lesson.native[0]
        stop = xgboost.callback.EarlyStopping(rounds=self.patience, save_best=True)
        booster = xgboost.train(
            self._parameters(features, development, seed),
            train,
            self.rounds,
            evals=[(tune, "tune")],
            callbacks=[stop],
            verbose_eval=False,
        )
        text = bytes(_plain(booster).save_raw("json"))
        return XgbScorer(tuple(features), Calibration(), XgbModel(text), replace(self, search=0), seed)

    def _parameters(self, features: Sequence[Column], development: Development, seed: int) -> dict[str, Any]:
        train = development.train
        rate = weighted.mean(train.default, train.weight)
        heavy = 1.0 if train.weight is None else float(train.weight.mean())
        return {
            "objective": "binary:logistic",
            "eval_metric": "logloss",
            "tree_method": "hist",
            "grow_policy": "lossguide",
            "max_depth": 0,
            "max_leaves": self.leaves,
            "learning_rate": self.rate,
            "reg_lambda": self.l2,
            "colsample_bytree": self.feature_share,
            "subsample": self.row_share,
            "min_child_weight": self.min_rows * heavy * rate * (1 - rate),  # a hessian, where LightGBM counts rows
            "monotone_constraints": tuple(column.monotone for column in features),
            "seed": seed,
        }


def _plain(booster: xgboost.Booster) -> xgboost.Booster:
    booster.set_attr(best_iteration=None, best_score=None)
    return booster


def _dmatrices(lesson: Lesson) -> tuple[xgboost.DMatrix, xgboost.DMatrix]:
    samples, learnt, features = lesson.development, lesson.learnt, lesson.features
    return _dmatrix(samples.train, learnt.train, features), _dmatrix(samples.tune, learnt.tune, features)


def _dmatrix(sample: Sample, outcome: Vector, features: Sequence[Column]) -> xgboost.DMatrix:
    return xgboost.DMatrix(
        sample.columns(features),
        outcome,
        weight=sample.weight,
        feature_types=_types(features),
        enable_categorical=True,
    )


def _types(features: Sequence[Column]) -> list[str]:
    return ["c" if column.kind is Kind.CATEGORICAL else "q" for column in features]


@dataclass(frozen=True, eq=False)
class XgbScorer(BoosterScorer):
    """An XGBoost document; column i of the matrix is its feature i."""

    kind = "xgb"
    model_type = XgbModel
    file_name = "model.json"

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> BoosterScorer:
        return opened(cls, XgbRecipe, features, calibration, files)

    @property
    def binary_model(self) -> bytes:
        """Its UBJSON."""
        return self.model if ubjson.is_ubjson(self.model) else ubjson.dumps(json.loads(self.model))

    def native_margin(self, matrix: Matrix) -> Vector:
        margin = self.native.booster.inplace_predict(matrix, predict_type="margin", validate_features=False)
        return np.asarray(margin, np.float64)

    @property
    def native_names(self) -> tuple[str, ...]:
        return tuple(self.native.booster.feature_names or ())

    def native_pd(self, matrix: Matrix) -> Vector:
        return np.asarray(self.native.booster.inplace_predict(matrix, validate_features=False), np.float64)

    def contributions(self, matrix: Matrix) -> Matrix:
        rows = xgboost.DMatrix(matrix, feature_types=_types(self.features), enable_categorical=True)
        return np.asarray(self.native.booster.predict(rows, pred_contribs=True, validate_features=False), np.float64)
