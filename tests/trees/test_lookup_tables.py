"""Tables against both libraries' own margins, for every kind of missing value, infinities and categories never seen."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.lgbm import reader as lgbm_reader
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.trees import LEAF, Tree, TreeEnsemble
from riskmodel.trees.lookup_tables import Axis, tables

CATEGORY = 2
LGBM = {
    "plain": {},
    "zeros are missing": {"zero_as_missing": True},
    "nothing is missing": {"use_missing": False},
    "one feature a tree": {"num_leaves": 2},
    "one-hot categories": {"max_cat_to_onehot": 100},
}
XGB = {"plain": {}, "one feature a tree": {"max_leaves": 2}, "one-hot categories": {"max_cat_to_onehot": 100}}


def applicants(rows, seed):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 4)).round(2)
    x[:, CATEGORY] = draw.integers(0, 40, rows)
    x[:, 3] = np.where(draw.random(rows) < 0.5, 0, x[:, 3])
    margin = x[:, 0] + (x[:, CATEGORY] % 3) - x[:, 1] * (x[:, 3] == 0)
    x[draw.random(x.shape) < 0.08] = np.nan
    return x, (draw.random(rows) < 1 / (1 + np.exp(1 - margin))).astype(int)


def odd(x):
    """The rows of x with what no training table had."""
    x = x.copy()
    x[0::7, 0], x[1::7, 1] = np.inf, -np.inf
    x[2::9, CATEGORY], x[3::9, CATEGORY], x[4::9, CATEGORY], x[5::9, CATEGORY] = 500, 2.7, -3, np.inf
    x[6::9, CATEGORY], x[7::9, CATEGORY] = -0.25, 2.99999999  # one rounds to a category in single precision
    x[5::11, 3], x[6::11, 3], x[7::11, 3] = 1e-36, -0.0, -2e-35
    return x


def at_edges(ensemble, x):
    """Rows at, just below and just above what splits ask for, in double precision."""
    rows = []
    for tree in ensemble.trees:
        for node in (node for node in np.flatnonzero(~tree.is_leaf) if tree.sets[node] is None):
            near = np.float32(tree.threshold[node]) if ensemble.rules == "xgboost" else tree.threshold[node]
            below, above = np.nextafter(near, -np.inf, dtype=near.dtype), np.nextafter(near, np.inf, dtype=near.dtype)
            middles = [(float(near) + float(below)) / 2, (float(near) + float(above)) / 2]
            for value in (
                near,
                below,
                above,
                *middles,
                *np.nextafter(middles, -np.inf),
                *np.nextafter(middles, np.inf),
            ):
                rows.append(x[len(rows) % len(x)].copy())
                rows[-1][tree.feature[node]] = value
    return np.array(rows)


def lgbm(**parameters):
    x, y = applicants(900, 0)
    parameters = {"objective": "binary", "num_leaves": 3, "verbose": -1, "num_threads": 1, **parameters}
    data = lightgbm.Dataset(x, y, categorical_feature=[CATEGORY], params={"min_data_per_group": 5})
    booster = lightgbm.train({"min_data_per_group": 5, **parameters}, data, 40)
    return booster, lgbm_reader.read(booster.model_to_string())[0]


def looked_up(tables, rows):
    return sum(table(rows) for table in tables)


@pytest.mark.parametrize("name", LGBM)
def test_points_add_up_to_lightgbms_own_margin(name):
    booster, ensemble = lgbm(**LGBM[name])
    x, _ = applicants(700, 1)
    rows = np.vstack([x, odd(x), at_edges(ensemble, x)])
    result = tables(ensemble)
    np.testing.assert_allclose(looked_up(result, rows), booster.predict(rows, raw_score=True), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", XGB)
def test_points_add_up_to_xgboosts_own_margin(name):
    x, y = applicants(900, 0)
    types = ["q", "q", "c", "q"]
    parameters = {"objective": "binary:logistic", "max_leaves": 3, "max_depth": 0, "grow_policy": "lossguide"}
    data = xgboost.DMatrix(x, y, feature_types=types, enable_categorical=True)
    booster = xgboost.train({**parameters, "nthread": 1, **XGB[name]}, data, 40)
    ensemble, _ = xgb_reader.read(bytes(booster.save_raw("json")))
    rows = np.vstack([x, odd(x), at_edges(ensemble, x)])
    result = tables(ensemble)
    native = booster.inplace_predict(rows, predict_type="margin", validate_features=False)
    np.testing.assert_allclose(looked_up(result, rows), native, rtol=0, atol=1e-5)
    np.testing.assert_allclose(looked_up(result, rows), ensemble.margins(rows), rtol=0, atol=1e-9)


@pytest.mark.parametrize("missing", [{}, {"zero_as_missing": True}, {"use_missing": False}])
def test_negative_numbers_and_what_lightgbm_takes_for_zero_are_cells_apart(missing):
    draw = np.random.default_rng(3)
    x = draw.integers(-2, 4, (900, 1)).astype(float)
    y = draw.random(900) < np.choose(x[:, 0].astype(int) + 2, [0.9, 0.7, 0.2, 0.5, 0.3, 0.6])
    parameters = {"objective": "binary", "num_leaves": 6, "verbose": -1, "num_threads": 1, **missing}
    booster = lightgbm.train(parameters, lightgbm.Dataset(x, y), 5)
    ensemble, _ = lgbm_reader.read(booster.model_to_string())
    zero = float(np.float32(1e-35))
    near = [zero, np.nextafter(zero, 1), 1e-36, 0.0]
    rows = np.array([*near, *np.negative(near), -3, -2, -1, -0.5, 0.5, 1, 2, 3, np.nan])[:, None]
    result = looked_up(tables(ensemble), rows)
    np.testing.assert_allclose(result, booster.predict(rows, raw_score=True), rtol=0, atol=1e-9)


def test_there_is_one_table_a_set_of_features_and_the_intercept_comes_first():
    _, ensemble = lgbm()
    result = tables(ensemble)
    used = [tuple(axis.feature for axis in table.axes) for table in result]
    assert used[0] == ()
    assert used[1:] == sorted({tree.used_features for tree in ensemble.trees}, key=lambda one: (len(one), one))
    assert {len(one) for one in used[1:]} >= {2}


def test_the_intercept_is_the_mean_margin_of_the_rows_it_was_grown_on():
    booster, ensemble = lgbm()
    x, _ = applicants(900, 0)
    mean = booster.predict(x, raw_score=True).mean()
    assert tables(ensemble)[0].points == pytest.approx(mean, abs=1e-9)


def test_an_ensemble_without_trees_is_its_intercept():
    [only] = tables(TreeEnsemble((), -1.5, 3, "lightgbm"))
    np.testing.assert_array_equal(only(np.zeros((4, 3))), np.full(4, -1.5))


def test_cells_are_closed_above_and_missing_comes_first():
    number, category = Axis(0, edges=(1.0, 2.5)), Axis(1, codes=(0, 4))
    assert number.cells(np.array([np.nan, -np.inf, 1.0, 1.1, 2.5, np.inf])).tolist() == [0, 1, 1, 2, 2, 3]
    assert category.cells(np.array([np.nan, 0, 4, 2, 9, -1])).tolist() == [0, 1, 2, 3, 3, 3]
    for axis in (number, category):
        assert axis.cells(axis.examples).tolist() == list(range(len(axis)))


def test_each_librarys_categories_are_told_apart_by_its_own_rounding():
    """XGBoost rounds to single precision first, and takes nothing below 0 for a category; LightGBM cuts off."""
    column = np.array([-1e-36, -0.5, -0.0, 3.9, 3.99999999, 1e39, -np.inf, np.inf])
    assert Axis(0, codes=(0, 4), rules="xgboost").cells(column).tolist() == [3, 3, 1, 3, 2, 3, 3, 3]
    assert Axis(0, codes=(0, 4), rules="lightgbm").cells(column).tolist() == [1, 1, 1, 3, 3, 3, 3, 3]


def chain(features, sets=None):
    """One tree that asks for one feature after the other, always to the right."""
    k = len(features)
    inner = np.arange(k)
    leaves = np.full(k + 1, LEAF)
    return Tree(
        feature=np.concatenate([features, leaves]).astype(np.int32),
        threshold=np.zeros(2 * k + 1),
        left=np.concatenate([k + inner, leaves]).astype(np.int32),
        right=np.concatenate([[*inner[1:], 2 * k], leaves]).astype(np.int32),
        value=np.concatenate([np.zeros(k), np.arange(k + 1.0)]),
        cover=np.ones(2 * k + 1),
        default_left=np.zeros(2 * k + 1, np.bool_),
        missing=np.zeros(2 * k + 1, np.uint8),
        sets=(*(sets or [None] * k), *[None] * (k + 1)),
    )


def test_no_cell_lies_above_a_split_that_all_numbers_pass():
    tree = replace(chain([0, 0]), threshold=np.array([0.5, np.inf, 0, 0, 0]))
    ensemble = TreeEnsemble((tree,), 0.0, 1, "lightgbm")
    made = tables(ensemble)
    assert made[1].axes == (Axis(0, edges=(0.5,)),)
    x = np.array([[np.nan], [-np.inf], [0.5], [0.6], [np.inf]])
    np.testing.assert_allclose(looked_up(made, x), ensemble.margins(x))


def test_a_tree_of_three_features_is_refused():
    ensemble = TreeEnsemble((chain([0, 1]), chain([0, 2, 1])), 0.0, 3, "lightgbm")
    with pytest.raises(UnsupportedScorer, match="at most two features, however: tree 1 uses 3"):
        tables(ensemble)
    tables(replace(ensemble, trees=ensemble.trees[:1]))


def test_a_feature_that_is_both_number_and_category_is_refused():
    with pytest.raises(UnsupportedScorer, match="feature 0 is split as both"):
        tables(TreeEnsemble((chain([0, 0], [None, (1, 2)]),), 0.0, 1, "lightgbm"))


@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]), st.sampled_from([(0,), (2,), (0, 1), (0, 2)]))
@settings(max_examples=60, deadline=None)
def test_of_any_trees_whatever_the_points_add_up_to_the_margin(seed, rules, features):
    """Every kind of missing value at once, thresholds next to zero, codes listed on both sides of a split."""
    ensemble = random_ensemble(seed, rules, features=features)
    rows = trying(ensemble, 400, seed)
    np.testing.assert_allclose(looked_up(tables(ensemble), rows), ensemble.margins(rows), rtol=0, atol=1e-12)


@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]))
@settings(max_examples=20, deadline=None)
def test_each_table_is_the_margin_of_its_own_trees_less_their_mean(seed, rules):
    """So that on the rows they were grown on a table adds nothing on average, and the intercept is the usual margin."""
    ensemble = random_ensemble(seed, rules, features=(0, 2))
    rows = trying(ensemble, 200, seed)
    intercept, *others = tables(ensemble)
    assert intercept.points == pytest.approx(ensemble.intercept + sum(tree.mean for tree in ensemble.trees))
    values = ensemble.tree_margins(rows)
    for table in others:
        own = [i for i, tree in enumerate(ensemble.trees) if tree.used_features == tuple(a.feature for a in table.axes)]
        due = sum(values[:, i] - ensemble.trees[i].mean for i in own)
        np.testing.assert_allclose(table(rows), due, rtol=0, atol=1e-12)
        assert table.points.shape == tuple(len(axis) for axis in table.axes)
