"""CatBoost models of numbers go in, are pruned, and come back as CatBoost models; CatBoost is the oracle."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

import riskmodel
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import catboost_models, opening
from riskmodel.scorers.foreign.model import AS_SAVED

catboost = pytest.importorskip("catboost")
NAMES = ["net income", "utilisation", "age", "flag"]
QUIET = {"verbose": 0, "thread_count": 1, "allow_writing_files": False}


def rows(count, seed, missing=0.1):
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(count, 4))
    X[:, 2] = draw.integers(-2, 3, count)
    X[:, 3] = draw.integers(0, 2, count) * 0.1
    margin = -1 - X[:, 0] + X[:, 1] * (X[:, 2] > 0) + 2 * X[:, 3]
    y = (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int)
    X[draw.random(X.shape) < missing] = np.nan
    return X, y


def fitted(seed=0, named=False, missing=0.1, **options):
    X, y = rows(1500 + 7 * seed, seed, missing)
    model = catboost.CatBoostClassifier(**{"iterations": 12, "depth": 3, **QUIET, **options})
    return model.fit(pd.DataFrame(X, columns=NAMES) if named else X, y)


def read(model):
    return opening.opened(catboost_models.taken_apart(model).content, AS_SAVED).scorer


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
    borders = [
        border
        for one in catboost_models._document(model)["features_info"]["float_features"]
        for border in one["borders"]
    ]
    X[: len(borders), 0] = borders[: len(X)]
    X[: len(borders), 1] = np.nextafter(borders[: len(X)], 9)
    theirs = np.asarray(model.predict(X, prediction_type="Probability"))[:, 1]
    np.testing.assert_allclose(read(model).pd(X), theirs, atol=1e-12)


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
    np.testing.assert_allclose(read(small).pd(fresh), small.predict_proba(asked)[:, 1], atol=1e-12)
    assert set(small.predict(asked)) <= {0, 1}
    assert not named or list(small.feature_names_) == NAMES


def test_what_has_no_place_is_refused_in_one_line():
    X, y = rows(900, 3, 0.0)
    frame = pd.DataFrame(X, columns=NAMES).assign(purpose=np.array(["car", "home", "debt"])[np.arange(900) % 3])
    coded = catboost.CatBoostClassifier(iterations=20, cat_features=["purpose"], **QUIET)
    coded.fit(frame, (y + (frame["purpose"] == "car")) > 0)
    with pytest.raises(UnsupportedScorer, match="must be numbers, however: 'purpose' is a category"):
        riskmodel.prune_trees(coded, frame, y, keep=0.5)
    unasked = catboost.CatBoostClassifier(iterations=1, depth=1, cat_features=["purpose"], **QUIET).fit(frame, y)
    with pytest.raises(UnsupportedScorer, match="must be numbers, however: 'purpose' is a category"):
        riskmodel.prune_trees(unasked, frame, y, keep=0.5)
    frame["purpose"] += " and more"
    noted = catboost.CatBoostClassifier(iterations=3, text_features=["purpose"], **QUIET).fit(frame, y)
    with pytest.raises(UnsupportedScorer, match="must be numbers, however: 'purpose' is text"):
        riskmodel.prune_trees(noted, frame, y, keep=0.5)
    drawn_to = catboost.CatBoostRegressor(iterations=3, **QUIET).fit(X, y)
    with pytest.raises(UnsupportedScorer, match="the loss must be one of Logloss, CrossEntropy, however: RMSE"):
        riskmodel.prune_trees(drawn_to, X, y, keep=0.5)
    several = catboost.CatBoostClassifier(iterations=3, **QUIET).fit(X, np.arange(900) % 3)
    with pytest.raises(UnsupportedScorer, match="the loss must be one of Logloss, CrossEntropy, however: MultiClass"):
        riskmodel.prune_trees(several, X, y, keep=0.5)
    with pytest.raises(RiskModelError, match="must be fitted, however: this CatBoostClassifier is not"):
        riskmodel.prune_trees(catboost.CatBoostClassifier(), X, y, keep=0.5)
