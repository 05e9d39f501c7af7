"""A model of one library as another's: a category is the other's own, and every row scores as before."""

from functools import cache

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from catboost import CatBoostClassifier

import riskmodel
from riskmodel import prune_trees
from riskmodel.errors import UnsupportedScorer

LEVELS = ["boat", "car", "debt", "home", "other", "trip"]
CODES = [10, 20, 30, 40, 50, 60]


@cache
def rows(numbers=False):
    """Two numbers, some missing, and a category."""
    draw = np.random.default_rng(0)
    place = draw.integers(0, 6, 900)
    X = pd.DataFrame({"a": draw.normal(size=900).round(2), "b": draw.normal(size=900)})
    X.loc[::9, "a"] = np.nan
    margin = X["a"].fillna(0) - 1 + 2 * np.isin(place, [0, 3, 4]) * (X["b"] > 0)
    levels = CODES if numbers else LEVELS
    X["use"] = pd.Categorical([levels[i] for i in place], categories=levels)
    return X, (draw.random(900) < 1 / (1 + np.exp(-margin))).astype(int).to_numpy()


def some_missing(table):
    """The same with some categories missing, of which CatBoost takes none."""
    return table.assign(use=table["use"].where(np.arange(len(table)) % 7 > 0))


def lightgbm_model(table, y):
    settings = {"n_estimators": 12, "num_leaves": 9, "min_data_per_group": 5, "cat_smooth": 1, "cat_l2": 0}
    return lightgbm.LGBMClassifier(**settings, max_cat_to_onehot=1, verbose=-1, n_jobs=1).fit(table, y)


def xgboost_model(table, y):
    settings = {"n_estimators": 12, "max_depth": 4, "enable_categorical": True, "n_jobs": 1}
    return xgboost.XGBClassifier(**settings, max_cat_to_onehot=1).fit(table, y)


def catboost_model(table, y):
    quick = {"iterations": 12, "depth": 4, "verbose": False, "thread_count": 1, "allow_writing_files": False}
    return CatBoostClassifier(**quick, cat_features=["use"], one_hot_max_size=10).fit(table, y)


def pds(booster, table):
    """Of a Booster of either library, many rows at once and then some alone."""

    def asked(some):
        if isinstance(booster, lightgbm.Booster):
            return booster.predict(some)
        return booster.predict(xgboost.DMatrix(some, enable_categorical=True))

    many = asked(table)
    np.testing.assert_array_equal([asked(table.iloc[[i]])[0] for i in range(20)], many[:20])
    return many


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("fit", [lightgbm_model, xgboost_model, catboost_model])
@pytest.mark.parametrize("numbers", [False, True])
def test_every_row_scores_as_before(fit, library, numbers):
    X, y = rows(numbers)
    fresh = X if fit is catboost_model else some_missing(X)
    model = fit(fresh, y)
    same = prune_trees(model, fresh, y, keep=1.0, method="prefix", as_=library)
    single = library == "xgboost" or fit is xgboost_model
    np.testing.assert_allclose(pds(same, fresh), model.predict_proba(fresh)[:, 1], atol=1e-6 if single else 1e-12)
    assert same.num_trees() == 12 if library == "lightgbm" else same.num_boosted_rounds() == 12


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_codes_of_an_array_stay_codes(library):
    X, y = rows()
    matrix = np.column_stack([X["a"], X["b"], X["use"].cat.codes])
    model = lightgbm.LGBMClassifier(n_estimators=8, min_data_per_group=5, verbose=-1, n_jobs=1)
    model.fit(matrix, y, categorical_feature=[2])
    same = prune_trees(model, matrix, y, keep=1.0, method="prefix", as_=library)
    if library == "xgboost":
        matrix = xgboost.DMatrix(matrix, feature_types=["q", "q", "c"], enable_categorical=True)
    theirs = model.booster_.predict(np.column_stack([X["a"], X["b"], X["use"].cat.codes]))
    np.testing.assert_allclose(same.predict(matrix), theirs, atol=1e-6)


def test_a_missing_code_on_the_side_of_those_listed_is_refused():
    X, y = rows()
    matrix = np.column_stack([X["a"], X["b"], np.where(np.arange(900) % 3 > 0, X["use"].cat.codes, np.nan)])
    types = ["q", "q", "c"]
    data = xgboost.DMatrix(matrix, y * (np.arange(900) % 3 > 0), feature_types=types, enable_categorical=True)
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "max_cat_to_onehot": 1}, data, 8)
    with pytest.raises(UnsupportedScorer, match=r"'f2' sends a missing value with levels that it lists"):
        prune_trees(model, matrix, y, keep=0.5, as_="lightgbm")


def test_a_number_for_missing_has_no_place_in_lightgbm():
    X, y = rows()
    X = X[["a", "b"]].fillna(-99)
    model = xgboost.XGBClassifier(n_estimators=4, missing=-99, n_jobs=1).fit(X, y)
    with pytest.raises(UnsupportedScorer, match="takes NaN alone for missing, however: the model takes -99, too"):
        prune_trees(model, X, y, keep=0.5, as_="lightgbm")


def test_levels_that_xgboost_does_not_keep_are_refused():
    X, y = rows()
    X = X.assign(use=(X["use"].astype(str) == "car").astype("category"))
    with pytest.raises(UnsupportedScorer, match="XGBoost does not"):
        prune_trees(lightgbm_model(X, y), X, y, keep=0.5, as_="xgboost")


def test_the_evidence_is_of_the_booster_that_is_given_back():
    X, y = rows(numbers=True)
    given = catboost_model(X, y)
    made = riskmodel.prune(given, X, y, keep=0.7, method="prefix", as_="lightgbm", anyway=True, progress=False)
    own = riskmodel.prune(given, X, y, keep=0.7, method="prefix", anyway=True, progress=False)
    assert isinstance(made.model, lightgbm.Booster)
    np.testing.assert_allclose(pds(made.model, X), own.model.predict_proba(X)[:, 1], atol=1e-12)
