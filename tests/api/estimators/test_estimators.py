"""The four names keep scikit-learn's manners: its own checks, Pipeline, GridSearchCV, clone, set_output."""

import numpy as np
import pandas as pd
import pytest
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from xgboost import XGBClassifier

import riskmodel
from riskmodel.scorers import taken_apart
from riskmodel.workflows.prune.in_memory import prune_trees

WEIGHTS = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")
SPLIT = "rows are drawn one by one to fit or to decide: a row of weight 2 falls on one side, two rows may on both"
OWN = "the estimator inside fits weights otherwise than repeated rows"


def failures(estimator):
    if isinstance(estimator, riskmodel.ScorecardClassifier):
        return {WEIGHTS[0]: SPLIT}
    return dict.fromkeys(WEIGHTS, OWN) if isinstance(estimator, riskmodel.PrunedClassifier) else {}


@parametrize_with_checks(
    [
        riskmodel.PrunedClassifier(GradientBoostingClassifier(n_estimators=5, random_state=0), keep=0.5),
        riskmodel.PrunedClassifier(
            LGBMClassifier(n_estimators=9, num_leaves=7, min_child_samples=3, verbose=-1, n_jobs=1), keep=0.5
        ),
        riskmodel.ScorecardClassifier(),
        riskmodel.ShapEliminator(GradientBoostingClassifier(n_estimators=2, max_depth=2, random_state=0), step=0.6),
    ],
    expected_failed_checks=failures,
    xfail_strict=True,
)
@pytest.mark.filterwarnings("ignore:not pruned:UserWarning")
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def loans():
    X, y = make_classification(1500, n_features=6, n_informative=4, n_redundant=0, random_state=0)
    return pd.DataFrame(X, columns=[f"f{i}" for i in range(6)]), np.where(y == 1, "bad", "good")


BOOSTERS = [
    LGBMClassifier(n_estimators=10, num_leaves=7, verbose=-1, n_jobs=1),
    XGBClassifier(n_estimators=10, max_depth=3, n_jobs=1),
    CatBoostClassifier(iterations=10, depth=3, verbose=False, thread_count=1, allow_writing_files=False),
    GradientBoostingClassifier(n_estimators=10),
    HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=7),
]


@pytest.mark.parametrize("booster", BOOSTERS, ids=lambda booster: type(booster).__name__)
class TestPruned:
    def test_it_is_what_fit_and_prune_trees_give_by_hand(self, booster, loans):
        X, y = loans
        made = riskmodel.PrunedClassifier(booster, keep=0.3).fit(X, y)
        assert made.is_pruned_
        assert type(made.model_) is type(booster)
        assert made.classes_.tolist() == ["bad", "good"]
        assert made.feature_names_in_.tolist() == list(X.columns)
        fits, prunes = riskmodel.api.estimators.rows.parted((y == "good").astype(np.int8), 0.3, 0)
        whole = clone(booster).set_params(random_state=0).fit(X.iloc[fits], (y == "good")[fits].astype(int))
        small = prune_trees(whole, X.iloc[prunes], (y == "good")[prunes].astype(int), keep=0.3, seed=0)
        np.testing.assert_array_equal(made.predict_proba(X), small.predict_proba(X))
        assert len(taken_apart(made.model_).content) < len(taken_apart(whole).content)

    def test_numbers_without_names_and_copies(self, booster, loans):
        X, y = loans[0].to_numpy(), loans[1]
        made = riskmodel.PrunedClassifier(booster, keep=0.5).fit(X, y)
        assert made.n_features_in_ == 6
        assert roc_auc_score(y == "good", made.predict_proba(X)[:, 1]) > 0.8
        again = clone(made).fit(X, y)
        np.testing.assert_array_equal(made.predict_proba(X), again.predict_proba(X))


def test_a_margin_gives_the_evidence_beside_the_model():
    X, y = make_classification(4000, n_features=5, n_informative=3, n_redundant=0, random_state=0)
    booster = LGBMClassifier(n_estimators=30, verbose=-1, n_jobs=1)
    made = riskmodel.PrunedClassifier(booster, margin=0.05, holdout=0.6, method="collapse").fit(X, y)
    assert made.is_pruned_ == made.evidence_.confirmed
    assert made.is_pruned_


def test_too_few_rows_leave_it_whole_and_say_so(loans):
    X, y = loans[0].iloc[:40], loans[1][:40]
    booster = LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1, min_child_samples=3, random_state=0)
    with pytest.warns(UserWarning, match="not pruned: holdout must leave more than 10 bads"):
        made = riskmodel.PrunedClassifier(booster, keep=0.5).fit(X, y)
    assert not made.is_pruned_
    np.testing.assert_array_equal(made.predict_proba(X), clone(booster).fit(X, y == "good").predict_proba(X))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": 1.5}, r"keep must be in \(0, 1\]"),
        ({"keep": 0.5, "margin": 0.1}, "keep and margin each set the size"),
        ({"keep": 0.5, "method": "neurons"}, "method must prune trees"),
        ({"keep": 0.5, "holdout": 1.0}, r"holdout must be in \(0, 1\)"),
        ({"keep": 0.5, "estimator": LogisticRegression()}, "the model must be a Booster or classifier"),
    ],
)
def test_what_it_refuses(loans, options, message):
    with pytest.raises(ValueError, match=message):
        riskmodel.PrunedClassifier(**{"estimator": BOOSTERS[0], **options}).fit(*loans)


def test_more_classes_are_refused_by_all(loans):
    y = np.arange(1500) % 3
    for estimator in (
        riskmodel.PrunedClassifier(BOOSTERS[0], keep=0.5),
        riskmodel.ScorecardClassifier(),
        riskmodel.ShapEliminator(BOOSTERS[0]),
    ):
        with pytest.raises(ValueError, match=r"Only binary classification is supported."):
            estimator.fit(loans[0], y)


class TestScorecard:
    @pytest.fixture(scope="class")
    def table(self):
        draw = np.random.default_rng(0)
        job = draw.choice(["clerk", "none", "owner"], 2000)
        income = np.where(draw.random(2000) < 0.1, np.nan, draw.normal(size=2000))
        margin = (job == "none") * 1.5 - np.nan_to_num(income)
        y = (draw.random(2000) < 1 / (1 + np.exp(-margin))).astype(int)
        return pd.DataFrame({"income": income, "job": pd.Categorical(job)}), y

    def test_categories_and_missing_values_have_bins(self, table):
        X, y = table
        card = riskmodel.ScorecardClassifier(monotone={"income": -1}).fit(X, y)
        assert roc_auc_score(y, card.predict_proba(X)[:, 1]) > 0.75
        assert set(card.table()["feature"]) >= {"income", "job"}
        more = card.decision_function(pd.DataFrame({"income": np.linspace(-2, 2, 50), "job": ["clerk"] * 50}))
        assert (np.diff(more) <= 0).all()
        np.testing.assert_allclose(card.points(X), 600 - 20 / np.log(2) * (card.decision_function(X) + np.log(50)))

    def test_the_printed_card_is_the_score(self, table):
        X, y = table
        card = riskmodel.ScorecardClassifier().fit(X, y)
        lines = card.table()
        row = pd.DataFrame({"income": [np.nan], "job": ["none"]})
        parts = lines["feature"].eq("") | (lines["bin"].str.contains("missing") & lines["feature"].eq("income"))
        parts |= lines["feature"].eq("job") & lines["bin"].str.contains("none")
        assert parts.sum() == 3
        assert card.points(row)[0] == pytest.approx(lines.loc[parts, "points"].sum())

    def test_an_array_where_there_were_categories_is_refused(self, table):
        card = riskmodel.ScorecardClassifier().fit(*table)
        with pytest.warns(UserWarning, match="feature names"), pytest.raises(ValueError, match="'job' is a category"):
            card.predict_proba(np.zeros((2, 2)))

    def test_it_is_searched_over_in_a_pipeline(self, loans):
        line = make_pipeline(StandardScaler().set_output(transform="pandas"), riskmodel.ScorecardClassifier())
        search = GridSearchCV(line, {"scorecardclassifier__max_bins": [2, 8]}, cv=3, scoring="roc_auc").fit(*loans)
        assert search.best_score_ > 0.7
        assert search.best_params_ == {"scorecardclassifier__max_bins": 8}
        assert search.predict_proba(loans[0]).shape == (1500, 2)


class TestEliminator:
    @pytest.fixture(scope="class")
    def planted(self):
        draw = np.random.default_rng(1)
        X = pd.DataFrame(draw.normal(size=(1200, 6)), columns=list("abcdef"))
        X["f"] = pd.Categorical(draw.choice(["x", "y", "z"], 1200))
        margin = 1.5 * X["b"] - X["e"] + 2 * (X["f"] == "y")
        return X, (draw.random(1200) < 1 / (1 + np.exp(-margin))).astype(int)

    def test_it_keeps_what_was_planted(self, planted):
        made = riskmodel.ShapEliminator(LGBMClassifier(n_estimators=15, verbose=-1, n_jobs=1), n_features_to_select=3)
        made.set_output(transform="pandas").fit(*planted)
        assert made.get_feature_names_out().tolist() == ["b", "e", "f"]
        assert made.transform(planted[0]).dtypes["f"] == "category"
        assert sorted(made.ranking_.tolist()) == [1, 1, 1, 2, 3, 4]
        assert (made.importances_[made.support_].min() > made.importances_[~made.support_]).all()

    def test_importance_is_that_of_lightgbm(self, planted):
        X, y = planted[0].drop(columns="f"), planted[1]
        booster = LGBMClassifier(n_estimators=15, verbose=-1, n_jobs=1, random_state=0)
        made = riskmodel.ShapEliminator(booster, n_features_to_select=5).fit(X, y)
        fits, judges = riskmodel.api.estimators.rows.parted(y.astype(np.int8), 0.3, 0)
        own = clone(booster).fit(X.iloc[fits], y[fits]).predict(X.iloc[judges], pred_contrib=True)[:, :-1]
        np.testing.assert_allclose(made.importances_, np.abs(own).mean(axis=0), rtol=1e-6)

    def test_it_leads_a_pipeline(self, loans):
        line = make_pipeline(riskmodel.ShapEliminator(BOOSTERS[0], step=0.6), riskmodel.ScorecardClassifier())
        grid = {"shapeliminator__n_features_to_select": [1, 4]}
        search = GridSearchCV(line, grid, cv=3, scoring="roc_auc").fit(loans[0].to_numpy(), loans[1])
        assert search.best_params_ == {"shapeliminator__n_features_to_select": 4}

    @pytest.mark.parametrize("count", [0, 7, 1.0, "all", None])
    def test_a_count_that_no_selection_has(self, planted, count):
        with pytest.raises(ValueError, match="n_features_to_select must be 1 to 6"):
            riskmodel.ShapEliminator(BOOSTERS[0], n_features_to_select=count).fit(*planted)


class TestNonInferiority:
    @staticmethod
    def results(*scores):
        folds = {f"split{i}_test_score": values for i, values in enumerate(np.transpose(scores))}
        return {"params": [{"keep": 1.0 / (1 + i)} for i in range(len(scores))], **folds}

    def test_the_cheapest_within_the_margin(self):
        champion = np.array([0.80, 0.78, 0.79, 0.81, 0.77])
        results = self.results(champion, champion - 0.001, champion - 0.002, champion - 0.02)
        assert riskmodel.NonInferiority("keep", margin=0.005)(results) == 2
        assert riskmodel.NonInferiority("keep", margin=0.0015)(results) == 1
        assert riskmodel.NonInferiority("keep", margin=0.0005)(results) == 0
        assert riskmodel.NonInferiority(lambda params: -params["keep"], margin=0.005)(results) == 0

    def test_noise_is_no_evidence(self):
        draw = np.random.default_rng(0)
        champion = np.full(5, 0.8)
        results = self.results(champion, champion - 0.001 + draw.normal(0, 0.02, 5))
        assert riskmodel.NonInferiority("keep", {"keep": 1.0}, margin=0.005)(results) == 0

    def test_it_is_the_corrected_t_test(self):
        gains = np.array([-0.002, 0.001, -0.001, 0.0, -0.003])
        (_, change) = riskmodel.NonInferiority("keep", {"keep": 1.0}).differences(
            self.results(np.full(5, 0.8), 0.8 + gains)
        )
        assert change.standard_error == pytest.approx(np.std(gains, ddof=1) * np.sqrt(1 / 5 + 1 / 4))
        assert change.lower == pytest.approx(gains.mean() - 2.1318468 * change.standard_error)  # t of 4 degrees

    def test_it_chooses_in_a_search(self, loans):
        pruned = riskmodel.PrunedClassifier(
            LGBMClassifier(n_estimators=8, num_leaves=7, verbose=-1, n_jobs=1), method="collapse"
        )
        rule = riskmodel.NonInferiority("keep", {"keep": 1.0}, margin=0.05)
        search = GridSearchCV(pruned, {"keep": [1.0, 0.5]}, cv=5, scoring="roc_auc", refit=rule)
        search = clone(search).fit(*loans)
        rule = search.refit
        assert search.best_index_ == rule(search.cv_results_)
        assert search.best_params_["keep"] < 1
        assert search.best_estimator_.is_pruned_

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"cost": "trees"}, "cost must name a number among the parameters"),
            ({"cost": "keep", "champion": {"keep": 7}}, "champion must be one candidate"),
            ({"cost": "keep", "metric": "auc"}, "cv must give 2 splits of test_auc, however: 0"),
        ],
    )
    def test_what_it_refuses(self, options, message):
        with pytest.raises(ValueError, match=message):
            riskmodel.NonInferiority(**options)(self.results([0.8, 0.8], [0.7, 0.7]))
