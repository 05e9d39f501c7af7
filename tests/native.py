"""Small boosters of both libraries, trained where missing values, zeros and categories matter, and loaded back."""

import lightgbm
import numpy as np
import xgboost

from riskmodel.scorers.lgbm import reader as lgbm_reader
from riskmodel.scorers.lgbm import writer as lgbm_writer
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.scorers.xgb import writer as xgb_writer

TYPES = ["q", "q", "c"]
TOLERANCE = {"lightgbm": 1e-12, "xgboost": 2e-6}


def table(rows=900, seed=0):
    """Two numbers and a category of 30 codes, with missing values and many zeros."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 3)).round(2)
    x[:, 1] = np.where(draw.random(rows) < 0.3, 0, x[:, 1])
    x[:, 2] = draw.integers(0, 30, rows)
    margin = x[:, 0] + (x[:, 2] % 3) - x[:, 1] * (x[:, 0] > 0) - 1
    x[draw.random(x.shape) < 0.1] = np.nan
    return x, (draw.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)


def trained(library, trees=20, **settings):
    """An ensemble, and a function that gives any edit of it back to the library."""
    x, y = table()
    if library == "lightgbm":
        settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_per_group": 5, **settings}
        text = lightgbm.train(settings, lightgbm.Dataset(x, y, categorical_feature=[2]), trees).model_to_string()
        ensemble, frame = lgbm_reader.read(text)
        return ensemble, lambda edited: Native(lightgbm.Booster(model_str=lgbm_writer.write(edited, frame)))
    settings = {"objective": "binary:logistic", "nthread": 1, **settings}
    data = xgboost.DMatrix(x, y, feature_types=TYPES, enable_categorical=True)
    ensemble, frame = xgb_reader.read(bytes(xgboost.train(settings, data, trees).save_raw("json")))
    return ensemble, lambda edited: Native(xgboost.Booster(model_file=bytearray(xgb_writer.write(edited, frame))))


class Native:
    """A loaded booster: raw margins, and SHAP values added up with their base."""

    def __init__(self, booster):
        self.booster = booster

    def margins(self, x):
        if isinstance(self.booster, lightgbm.Booster):
            return self.booster.predict(x, raw_score=True)
        return self.booster.inplace_predict(x, predict_type="margin").astype(np.float64)

    def explained(self, x):
        if isinstance(self.booster, lightgbm.Booster):
            return self.booster.predict(x, pred_contrib=True).sum(axis=1)
        rows = xgboost.DMatrix(x, feature_types=TYPES, enable_categorical=True)
        return self.booster.predict(rows, pred_contribs=True).sum(axis=1)


def many_trees(trees=2500):
    """An XGBoost model of so many stumps that what single precision rounds passes a millionth of a PD."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, 6))
    y = (draw.random(400) < 1 / (1 + np.exp(-(x[:, 0] + x[:, 1] * x[:, 2] - 1.5)))).astype(int)
    settings = {
        "objective": "binary:logistic",
        "eta": 0.3,
        "max_depth": 1,
        "lambda": 10,
        "base_score": 0.01,
        "nthread": 1,
    }
    return xgboost.train(settings, xgboost.DMatrix(x, y), trees)
