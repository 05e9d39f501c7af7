"""CatBoost models go in, are pruned, and come back as CatBoost models; CatBoost is the oracle."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

import riskmodel
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import catboost_models
from riskmodel.scorers.foreign.catboost_file import library
from riskmodel.scorers.foreign.model import AS_SAVED
from riskmodel.scorers.foreign.opening import opened
from riskmodel.workflows.prune.in_memory import read_with

catboost = pytest.importorskip("catboost")
NAMES = ["net income", "utilisation", "age", "flag"]
QUIET = {"verbose": 0, "thread_count": 1, "allow_writing_files": False}
ONE_HOT = {"cat_features": ["purpose", "code", "owner"], "one_hot_max_size": 20}


def rows(count, seed, missing=0.1):
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(count, 4))
    X[:, 2] = draw.integers(-2, 3, count)
    X[:, 3] = draw.integers(0, 2, count) * 0.1
    margin = -1 - X[:, 0] + X[:, 1] * (X[:, 2] > 0) + 2 * X[:, 3]
    y = (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int)
    X[draw.random(X.shape) < missing] = np.nan
    return X, y


def loans(count, seed, levels=("car", "home", "NA", "3")):
    """With texts, whole numbers and booleans as categories."""
    X, y = rows(count, seed)
    draw = np.random.default_rng(seed + 1)
    frame = pd.DataFrame(X, columns=NAMES)
    frame.insert(1, "purpose", draw.choice(levels, count).astype(object))
    frame["code"] = draw.integers(0, 6, count)
    frame["owner"] = draw.random(count) < 0.5
    shifted = ((frame["purpose"] == "car") & (frame["code"] > 2)) | (frame["owner"] & (frame["code"] == 1))
    return frame, np.where(shifted & (draw.random(count) < 0.7), 1, y)


def fitted(seed=0, named=False, missing=0.1, **options):
    X, y = rows(1500 + 7 * seed, seed, missing)
    model = catboost.CatBoostClassifier(**{"iterations": 12, "depth": 3, **QUIET, **options})
    return model.fit(pd.DataFrame(X, columns=NAMES) if named else X, y)


def fitted_on_levels(seed=0, **options):
    X, y = loans(1500 + 7 * seed, seed)
    return catboost.CatBoostClassifier(**{"iterations": 30, "depth": 3, **QUIET, **ONE_HOT, **options}).fit(X, y)


def borders_of(model):
    document = json.loads(library.as_json(model))
    return [border for one in document["features_info"]["float_features"] for border in one["borders"]]


GROWN = [
    {},
    {"nan_mode": "Max"},
    {"grow_policy": "Lossguide", "max_leaves": 7},
    {"grow_policy": "Depthwise", "nan_mode": "Max"},
    {"boost_from_average": True, "learning_rate": 0.4},
    {"loss_function": "CrossEntropy"},
]


@pytest.mark.parametrize("options", GROWN)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_a_model_is_read_as_it_predicts(options, missing):
    model = fitted(3, missing=missing, **options)
    X, _ = rows(2003, 99, missing)
    borders = borders_of(model)
    X[: len(borders), 0] = borders[: len(X)]
    X[: len(borders), 1] = np.nextafter(borders[: len(X)], 9)
    theirs = np.asarray(model.predict(X, prediction_type="Probability"))[:, 1]
    scorer, matrix = read_with(model, X)
    np.testing.assert_allclose(scorer.pd(matrix), theirs, atol=1e-12)


@pytest.mark.parametrize("options", GROWN[:4])
@pytest.mark.parametrize("named", [False, True])
def test_a_pruned_model_is_catboosts_and_the_given_one_stays(options, named):
    model = fitted(1, named, iterations=40, **options)
    X, y = rows(3001, 50)
    fresh, outcome = rows(4003, 51)
    given, asked = (pd.DataFrame(x, columns=NAMES) if named else x for x in (X, fresh))
    before = model.predict_proba(asked)
    small = riskmodel.prune_trees(model, given, y, keep=0.3)
    assert type(small) is catboost.CatBoostClassifier
    np.testing.assert_array_equal(model.predict_proba(asked), before)
    assert log_loss(outcome, small.predict_proba(asked)) < log_loss(outcome, before) + 0.01
    scorer, matrix = read_with(small, asked)
    np.testing.assert_allclose(scorer.pd(matrix), small.predict_proba(asked)[:, 1], atol=1e-12)
    assert set(small.predict(asked)) <= {0, 1}
    assert not named or list(small.feature_names_) == NAMES


@pytest.mark.parametrize("options", GROWN[:4])
def test_levels_are_asked_for_one_at_a_time_before_and_after_the_cut(options):
    model = fitted_on_levels(4, **options)
    X, y = loans(3001, 60)
    fresh, _ = loans(2003, 61, ("car", "home", "NA", "3", "boat"))  # a level that nothing was fitted on
    fresh["purpose"] = fresh["purpose"].astype("category")
    small = riskmodel.prune_trees(model, X, y, keep=0.4)
    for one in (model, small):
        scorer, matrix = read_with(one, fresh)
        assert any(listed is not None for tree in scorer.ensemble.trees for listed in tree.sets)
        np.testing.assert_allclose(scorer.pd(matrix), one.predict_proba(fresh)[:, 1], atol=1e-12)
    read = [len(read_with(one, X)[0].ensemble.trees) for one in (model, small)]
    assert read[1] <= read[0]


def test_a_file_is_pruned_as_the_model_in_it(tmp_path):
    model = fitted_on_levels(2)
    model.save_model(str(tmp_path / "model.json"), format="json")
    X, y = loans(2001, 90)
    small = riskmodel.prune_trees(tmp_path / "model.json", X, y, method="prefix", keep=0.5)
    same = riskmodel.prune_trees(model, X, y, method="prefix", keep=0.5)
    assert type(small) is catboost.CatBoostClassifier
    np.testing.assert_allclose(small.predict_proba(X), same.predict_proba(X), atol=1e-12)


def test_a_level_that_no_row_has_stays_in_the_model():
    model = fitted_on_levels(2)
    X, y = loans(2001, 70, ("car", "home"))
    fresh, _ = loans(1501, 71)
    kept = riskmodel.prune_trees(model, X, y, method="lossless", keep=1.0)
    np.testing.assert_allclose(kept.predict_proba(fresh), model.predict_proba(fresh), atol=1e-12)


def test_a_missing_level_goes_where_a_new_one_goes():
    model = fitted_on_levels(2)
    X, _ = loans(901, 80)
    lost = X.assign(purpose=None)
    scorer, matrix = read_with(model, lost)
    np.testing.assert_allclose(scorer.pd(matrix), model.predict_proba(X.assign(purpose="new"))[:, 1], atol=1e-12)


def test_levels_that_no_file_and_no_row_tells_are_asked_for():
    model = fitted_on_levels(2)
    content = catboost_models.taken_apart(model).content
    with pytest.raises(UnsupportedScorer, match="'purpose' is split by category, and CatBoost's file keeps hashes"):
        opened(content, AS_SAVED)
    with pytest.raises(DataError, match="X must be a frame, since 'purpose' is a category, however: an array"):
        riskmodel.prune_trees(model, np.zeros((500, 7)), np.arange(500) % 2, keep=0.5)


def test_what_has_no_place_is_refused_in_one_line():
    X, y = rows(900, 3, 0.0)
    frame = pd.DataFrame(X, columns=NAMES).assign(purpose=np.array(["car", "home", "debt"])[np.arange(900) % 3])
    coded = catboost.CatBoostClassifier(iterations=20, cat_features=["purpose"], **QUIET)
    coded.fit(frame, (y + (frame["purpose"] == "car")) > 0)
    with pytest.raises(UnsupportedScorer, match=r"outcome by 'purpose' \(CTR\), .* train with one_hot_max_size of at"):
        riskmodel.prune_trees(coded, frame, y, keep=0.5)
    frame["purpose"] += " and more"
    noted = catboost.CatBoostClassifier(iterations=3, text_features=["purpose"], **QUIET).fit(frame, y)
    with pytest.raises(UnsupportedScorer, match="must be numbers or categories, however: 'purpose' is text"):
        riskmodel.prune_trees(noted, frame, y, keep=0.5)
    drawn_to = catboost.CatBoostRegressor(iterations=3, **QUIET).fit(X, y)
    with pytest.raises(UnsupportedScorer, match="the loss must be one of Logloss, CrossEntropy, however: RMSE"):
        riskmodel.prune_trees(drawn_to, X, y, keep=0.5)
    ranked = catboost.CatBoostRanker(iterations=3, **QUIET).fit(X, y, group_id=np.arange(900) // 9)
    with pytest.raises(UnsupportedScorer, match="the loss must be one of Logloss, CrossEntropy, however: YetiRank"):
        riskmodel.prune_trees(ranked, X, y, keep=0.5)
    several = catboost.CatBoostClassifier(iterations=3, **QUIET).fit(X, np.arange(900) % 3)
    with pytest.raises(UnsupportedScorer, match="the loss must be one of Logloss, CrossEntropy, however: MultiClass"):
        riskmodel.prune_trees(several, X, y, keep=0.5)
    with pytest.raises(RiskModelError, match="must be fitted, however: this CatBoostClassifier is not"):
        riskmodel.prune_trees(catboost.CatBoostClassifier(), X, y, keep=0.5)
