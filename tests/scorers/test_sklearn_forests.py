"""Forests go in, and come back as smaller forests or as boosters that learnt their PDs; scikit-learn is the oracle."""

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score

import riskmodel
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import sklearn_forests
from riskmodel.scorers.foreign.sklearn_forests import Forest, answer_of

KINDS = [RandomForestClassifier, ExtraTreesClassifier]
NAMES = ["net income", "utilisation", "age", "flag"]


def rows(count, seed, missing=0.1):
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(count, 4))
    X[:, 2] = draw.integers(-2, 3, count)
    X[:, 3] = draw.integers(0, 2, count) * 0.1
    margin = -1 - X[:, 0] + X[:, 1] * (X[:, 2] > 0) + 2 * X[:, 3]
    y = (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int)
    X[draw.random(X.shape) < missing] = np.nan
    return X, y


def fitted(kind, seed=0, missing=0.1, named=False, **options):
    X, y = rows(700 + 7 * seed, seed, missing)
    model = kind(**{"n_estimators": 12, "random_state": seed, **options})
    return model.fit(pd.DataFrame(X, columns=NAMES) if named else X, y)


def mean_share(forest, matrix):
    whole = forest.upper_parts(forest.n_trees, forest.n_leaves)
    return whole.margins(matrix) / forest.n_trees


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_all_of_a_forest_is_read_as_it_predicts(kind, seed):
    options = {"min_samples_leaf": 1 + seed, "criterion": ["gini", "entropy"][seed % 2], "class_weight": "balanced"}
    model = fitted(kind, seed, missing=0.1 * (seed % 3), **options if seed % 4 else {})
    X, _ = rows(2003, 99 + seed)
    edges = np.concatenate([one.tree_.threshold for one in model.estimators_])
    edges = edges[np.isfinite(edges)]  # infinite where only missing values part ways
    count = min(len(edges), len(X))
    X[:count, 0] = edges[:count]
    X[:count, 1] = np.nextafter(edges[:count].astype(np.float32), np.float32(9))
    np.testing.assert_allclose(
        mean_share(Forest(model, answer_of(model)), X), model.predict_proba(X)[:, 1], atol=1e-12, rtol=0
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("named", [False, True])
def test_a_smaller_forest_is_of_its_class_and_the_given_one_stays(kind, named):
    model = fitted(kind, 1, named=named, n_estimators=40, min_samples_leaf=5)
    (X, y), (fresh, outcome) = rows(3001, 50), rows(4003, 51)
    given, asked = (pd.DataFrame(x, columns=NAMES) if named else x for x in (X, fresh))
    before = model.predict_proba(asked)
    small = riskmodel.prune_trees(model, given, y, leaves=60)
    assert type(small) is kind
    np.testing.assert_array_equal(model.predict_proba(asked), before)
    assert sum(one.tree_.n_leaves for one in small.estimators_) <= 60
    pd_small = small.predict_proba(asked)
    assert pd_small.min() >= 0
    np.testing.assert_allclose(pd_small.sum(axis=1), 1)
    assert roc_auc_score(outcome, pd_small[:, 1]) > roc_auc_score(outcome, before[:, 1]) - 0.02
    again = riskmodel.prune_trees(small, given, y, leaves=20)  # what comes back goes in again
    assert sum(one.tree_.n_leaves for one in again.estimators_) <= 20


@pytest.mark.parametrize(("library", "method"), [("lightgbm", None), ("xgboost", "group_lasso")])
def test_a_booster_learns_the_pds_of_a_forest(library, method):
    model = fitted(RandomForestClassifier, 2, n_estimators=30, max_leaf_nodes=16, missing=0.0)
    (X, y), (fresh, _) = rows(1501, 50, 0.0), rows(4003, 51, 0.0)
    due = model.predict_proba(fresh)[:, 1]
    small = riskmodel.prune_trees(model, X, y, leaves=12, as_=library, method=method)
    own = small.predict(fresh) if library == "lightgbm" else small.predict(xgboost.DMatrix(fresh))
    assert np.corrcoef(own, due)[0, 1] > 0.8
    assert abs(own.mean() - due.mean()) < 0.02


def test_both_libraries_say_the_same():
    X, y = rows(2001, 5, 0.0)
    fresh, _ = rows(3001, 6, 0.2)
    model = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(X, y)
    one, other = (riskmodel.prune_trees(model, X, y, keep=0.4, as_=name) for name in ("lightgbm", "xgboost"))
    assert isinstance(one, lightgbm.Booster)
    np.testing.assert_allclose(other.predict(xgboost.DMatrix(fresh)), one.predict(fresh), atol=1e-6)


def test_another_way_round_a_booster_of_xgboost_becomes_one_of_lightgbm():
    X, y = rows(2001, 5)
    fresh, _ = rows(3001, 6)
    model = xgboost.XGBClassifier(n_estimators=15, max_depth=3).fit(X, y)
    same = riskmodel.prune_trees(model, X, y, keep=1.0, as_="lightgbm")
    np.testing.assert_allclose(same.predict(fresh), model.predict_proba(fresh)[:, 1], atol=1e-6)


def test_directions_are_kept_by_a_booster_and_refused_otherwise():
    X, y = rows(1500, 7, 0.0)
    model = RandomForestClassifier(20, monotonic_cst=[-1, 0, 0, 0], max_leaf_nodes=12, random_state=0).fit(X, y)
    with pytest.raises(UnsupportedScorer, match="directions of a forest are kept by a booster alone"):
        riskmodel.prune_trees(model, X, y, leaves=50)
    small = riskmodel.prune_trees(model, X, y, leaves=50, as_="lightgbm", method="collapse")
    grid = np.repeat(X[:200], 30, axis=0)
    grid[:, 0] = np.tile(np.linspace(-3, 3, 30), 200)
    assert (np.diff(small.predict(grid).reshape(200, 30), axis=1) <= 1e-12).all()


def test_what_has_no_place_is_refused_in_one_line():
    X, y = rows(900, 3)
    model = fitted(RandomForestClassifier)
    with pytest.raises(UnsupportedScorer, match="must have two classes, however: 3"):
        riskmodel.prune_trees(RandomForestClassifier(3).fit(X, np.arange(900) % 3), X, y, keep=0.5)
    with pytest.raises(UnsupportedScorer, match="must have two classes, however: 2 outputs"):
        riskmodel.prune_trees(RandomForestClassifier(3).fit(X, np.column_stack([y, y])), X, y, keep=0.5)
    with pytest.raises(UnsupportedScorer, match="cut by keep or leaves; for bytes, give as_ a library"):
        riskmodel.prune_trees(model, X, y, bytes=9000)
    with pytest.raises(UnsupportedScorer, match="a forest has no native file"):
        riskmodel.prune(model, X, y, leaves=20, progress=False)
    with pytest.raises(RiskModelError, match="keep or leaves must set the size of a forest"):
        riskmodel.prune_trees(model, X, y)


def test_a_forest_that_answers_otherwise_than_it_is_read_is_refused(monkeypatch):
    model = fitted(RandomForestClassifier)
    monkeypatch.setattr(sklearn_forests, "EXACT", -1.0)
    X, y = rows(900, 3)
    with pytest.raises(RiskModelError, match="a forest must be read as it predicts"):
        riskmodel.prune_trees(model, X, y, leaves=20)
