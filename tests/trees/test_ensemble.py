"""Margins against both libraries, for every kind of missing value, infinities and categories never seen."""

import lightgbm
import numpy as np
import pytest
import xgboost

from riskmodel.scorers.lgbm import reader as lgbm_reader
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.trees import MISSING_NAN, Tree, TreeEnsemble

CATEGORY = 2


def table(rows, seed):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 6)).round(2)
    x[:, CATEGORY] = draw.integers(0, 70, rows)
    x[:, 4] = np.where(draw.random(rows) < 0.5, 0, x[:, 4])
    margin = x[:, 0] + (x[:, CATEGORY] % 3) - x[:, 1] * (x[:, 4] == 0)
    x[draw.random(x.shape) < 0.08] = np.nan
    return x, (draw.random(rows) < 1 / (1 + np.exp(1 - margin))).astype(int)


def odd(x):
    """The rows of x with what no training table had."""
    x = x.copy()
    x[0::7, 0], x[1::7, 1] = np.inf, -np.inf
    x[2::9, CATEGORY], x[3::9, CATEGORY], x[4::9, CATEGORY] = 500, 2.7, -3
    x[5::11, 4], x[6::11, 4] = 1e-36, -0.0
    return x


LGBM = {
    "plain": {},
    "zeros are missing": {"zero_as_missing": True},
    "nothing is missing": {"use_missing": False},
    "monotone": {"monotone_constraints": [1, 0, 0, 0, 0, 0]},
    "stumps": {"num_leaves": 2},
    "one-hot categories": {"max_cat_to_onehot": 100},
}
XGB = {
    "plain": {},
    "one-hot categories": {"max_cat_to_onehot": 100},
    "stumps": {"max_depth": 1},
    "leaf-wise": {"max_depth": 0, "max_leaves": 9, "grow_policy": "lossguide"},
}


@pytest.mark.parametrize("name", LGBM)
def test_margins_are_lightgbms_own(name):
    x, y = table(1200, 0)
    parameters = {"objective": "binary", "verbose": -1, "min_data_per_group": 5, "num_threads": 1, **LGBM[name]}
    booster = lightgbm.train(parameters, lightgbm.Dataset(x, y, categorical_feature=[CATEGORY]), 25)
    ensemble, _ = lgbm_reader.read(booster.model_to_string())
    rows = np.vstack([x, odd(table(800, 1)[0])])
    np.testing.assert_allclose(ensemble.margins(rows), booster.predict(rows, raw_score=True), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", XGB)
def test_margins_are_xgboosts_own(name):
    x, y = table(1200, 0)
    types = ["c" if i == CATEGORY else "q" for i in range(6)]
    data = xgboost.DMatrix(x, y, feature_types=types, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 4, "nthread": 1, **XGB[name]}, data, 25)
    ensemble, _ = xgb_reader.read(bytes(booster.save_raw("json")))
    rows = np.vstack([x, odd(table(800, 1)[0])])
    theirs = booster.inplace_predict(rows, predict_type="margin")
    np.testing.assert_allclose(ensemble.margins(rows), theirs, rtol=0, atol=1e-5)


def stump(feature, threshold, low, high, cover=(3.0, 1.0)):
    """A tree of one split; the left leaf has three quarters of the cover."""
    return Tree(
        feature=np.array([feature, -1, -1], np.int32),
        threshold=np.array([threshold, 0, 0]),
        left=np.array([1, -1, -1], np.int32),
        right=np.array([2, -1, -1], np.int32),
        value=np.array([0, low, high]),
        cover=np.array([sum(cover), *cover]),
        default_left=np.array([True, False, False]),
        missing=np.full(3, MISSING_NAN, np.uint8),
        sets=(None, None, None),
    )


def two(rules="lightgbm"):
    return TreeEnsemble((stump(0, 1.5, -1.0, 3.0), stump(1, 0.0, 0.5, -0.5)), 0.25, 2, rules)


def test_margins_are_the_sum_of_leaves_and_intercept():
    rows = np.array([[1.5, 1.0], [2.0, np.nan], [np.nan, 0.0]])
    np.testing.assert_array_equal(two().margins(rows), [-1.25, 3.75, -0.25])
    np.testing.assert_array_equal(two().tree_margins(rows), [[-1, -0.5], [3, 0.5], [-1, 0.5]])


def test_xgboost_goes_right_at_the_threshold():
    assert two("xgboost").leaves(np.array([[1.5, 0.0]])).tolist() == [[2, 2]]


def test_a_dropped_tree_leaves_its_mean_in_the_intercept():
    kept = two().keep_trees([1])
    assert len(kept.trees) == 1
    assert kept.intercept == 0.25 + (3 * -1.0 + 1 * 3.0) / 4


def test_what_it_is_made_of_is_counted():
    ensemble = two()
    assert (ensemble.n_leaves, ensemble.n_nodes, ensemble.visits) == (4, 6, 4.0)
    assert ensemble.used_features == (0, 1)


def test_no_trees_give_the_intercept():
    np.testing.assert_array_equal(two().keep_trees([]).margins(np.zeros((3, 2))), [0.25 + 0.0 + 0.25] * 3)
