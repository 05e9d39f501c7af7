"""scikit-learn's boosted classifiers go in, are pruned, and come back as their own class; the class is the oracle."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import AdaBoostClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.metrics import log_loss

import riskmodel
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import opening, sklearn_boosters
from riskmodel.scorers.foreign.model import AS_SAVED

NAMES = ["net income", "utilisation", "age", "flag"]


def rows(count, seed, missing=0.1):
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(count, 4))
    X[:, 2] = draw.integers(-2, 3, count)  # thresholds at -.5, .5, and halves that single precision holds
    X[:, 3] = draw.integers(0, 2, count) * 0.1
    margin = -1 - X[:, 0] + X[:, 1] * (X[:, 2] > 0) + 2 * X[:, 3]
    y = (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int)
    X[draw.random(X.shape) < missing] = np.nan
    return X, y


def fitted(kind, seed=0, named=False, **options):
    X, y = rows(1500 + 7 * seed, seed, 0.1 if kind is HistGradientBoostingClassifier else 0.0)
    return kind(**options).fit(pd.DataFrame(X, columns=NAMES) if named else X, y)


def read(model):
    return opening.opened(sklearn_boosters.taken_apart(model).content, AS_SAVED).scorer


@pytest.mark.parametrize("seed", range(8))
def test_hist_gradient_boosting_is_read_as_it_predicts(seed):
    model = fitted(HistGradientBoostingClassifier, seed, max_iter=5 + seed, max_leaf_nodes=4 + 3 * seed)
    X, _ = rows(2003, 99 + seed)
    np.testing.assert_allclose(read(model).pd(X), model.predict_proba(X)[:, 1], atol=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_gradient_boosting_is_read_as_it_predicts(seed):
    options = {"n_estimators": 5 + seed, "max_depth": 1 + seed % 4, "learning_rate": 0.1 + 0.1 * seed}
    model = fitted(GradientBoostingClassifier, seed, init="zero" if seed % 2 else None, **options)
    X, _ = rows(2003, 99 + seed, 0.0)
    edges = np.concatenate([tree.tree_.threshold for tree in model.estimators_[:, 0]])
    X[: len(edges), 0] = edges[: len(X)]
    X[: len(edges), 1] = np.nextafter(edges.astype(np.float32), np.float32(9))[: len(X)]
    np.testing.assert_allclose(read(model).pd(X), model.predict_proba(X)[:, 1], atol=1e-12)


@pytest.mark.parametrize("kind", [HistGradientBoostingClassifier, GradientBoostingClassifier])
@pytest.mark.parametrize("named", [False, True])
def test_a_pruned_model_is_of_its_class_and_the_given_one_stays(kind, named):
    model = fitted(kind, 1, named)
    X, y = rows(3001, 50, 0.0)
    given = pd.DataFrame(X, columns=NAMES) if named else X
    before = model.predict_proba(given)
    small = riskmodel.prune_trees(model, given, y, keep=0.2)
    assert type(small) is kind
    np.testing.assert_array_equal(model.predict_proba(given), before)
    pd_small = small.predict_proba(given)[:, 1]
    fresh, outcome = rows(4003, 51, 0.0)
    asked = pd.DataFrame(fresh, columns=NAMES) if named else fresh
    assert log_loss(outcome, small.predict_proba(asked)) < log_loss(outcome, model.predict_proba(asked)) + 0.005
    assert read(small).complexity().leaves <= 0.2 * read(model).complexity().leaves + 1
    np.testing.assert_allclose(read(small).pd(X), pd_small, atol=1e-12)
    assert set(small.predict(given)) <= {0, 1}


def test_label_classes_come_back_as_they_were():
    X, y = rows(1801, 3, 0.0)
    words = np.array(["good", "late"])[y]
    small = riskmodel.prune_trees(HistGradientBoostingClassifier(max_iter=20).fit(X, words), X, words, leaves=40)
    assert set(small.predict(X)) == {"good", "late"}


def test_what_has_no_place_is_refused_in_one_line():
    X, y = rows(900, 3, 0.0)
    X[:, 3] = X[:, 3] > 0
    coded = HistGradientBoostingClassifier(categorical_features=[3], max_iter=5).fit(X, y)
    with pytest.raises(UnsupportedScorer, match="must be numbers, however: 3 is a category"):
        riskmodel.prune_trees(coded, X, y, keep=0.5)
    several = HistGradientBoostingClassifier(max_iter=3).fit(X, np.arange(900) % 3)
    with pytest.raises(UnsupportedScorer, match="must have two classes, however: 3"):
        riskmodel.prune_trees(several, X, y, keep=0.5)
    with pytest.raises(UnsupportedScorer, match="the loss must be log_loss, however: exponential"):
        riskmodel.prune_trees(GradientBoostingClassifier(loss="exponential", n_estimators=3).fit(X, y), X, y, keep=0.5)
    with pytest.raises(RiskModelError, match="must be fitted, however: this HistGradientBoostingClassifier is not"):
        riskmodel.prune_trees(HistGradientBoostingClassifier(), X, y, keep=0.5)
    with pytest.raises(UnsupportedScorer, match="however: AdaBoostClassifier"):
        riskmodel.prune_trees(AdaBoostClassifier(n_estimators=5).fit(X, y), X, y, keep=0.5)


def test_a_model_of_its_users_own_start_is_refused():
    X, y = rows(900, 4, 0.0)
    start = HistGradientBoostingClassifier(max_iter=2)
    with pytest.raises(UnsupportedScorer, match="init must be None or zero, however: HistGradientBoostingClassifier"):
        riskmodel.prune_trees(GradientBoostingClassifier(init=start, n_estimators=3).fit(X, y), X, y, keep=0.5)
