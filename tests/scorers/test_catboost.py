"""What CatBoost trained is kept as LightGBM's trees, and gives CatBoost's own PDs; CatBoost is the oracle."""

import sys

import numpy as np
import pytest
from samples import FEATURES, QUICK, drawn

from riskmodel import scorers
from riskmodel.core import Development
from riskmodel.errors import ConfigError, RiskModelError
from riskmodel.scorers.catboost import CatboostRecipe
from riskmodel.scorers.catboost.indicators import Indicators
from riskmodel.scorers.foreign import catboost_models

pytest.importorskip("catboost")


@pytest.mark.parametrize("options", [{}, {"leaves": 3}, {"leaves": 32, "rounds": 12, "l2": 0.0}, {"threads": 2}])
def test_it_gives_catboosts_own_pds(monkeypatch, options):
    trained, read = [], catboost_models.ensemble_of
    monkeypatch.setattr(
        catboost_models, "ensemble_of", lambda model, count: trained.append(model) or read(model, count)
    )
    development = Development(drawn(1203, 1), drawn(601, 2))
    scorer = scorers.recipe("catboost", QUICK["catboost"] | options).fit(development, FEATURES, seed=3)
    rows = drawn(907, 4).matrix
    rows[::5, :] = np.nan
    rows[1::5, 2] = 99  # a level that no train sample had
    theirs = trained[0].predict(Indicators.of(FEATURES).matrix(rows), prediction_type="Probability")[:, 1]
    np.testing.assert_allclose(scorer.pd(rows), theirs, atol=1e-12, rtol=0)
    np.testing.assert_allclose(scorer.native_pd(rows), theirs, atol=1e-12, rtol=0)
    assert max(tree.n_leaves for tree in scorer.ensemble.trees) <= (QUICK["catboost"] | options)["leaves"]


def test_it_scores_without_catboost(development, monkeypatch):
    scorer = scorers.recipe("catboost", QUICK["catboost"]).fit(development, FEATURES, seed=3)
    monkeypatch.setitem(sys.modules, "catboost", None)
    again = scorers.load("catboost", scorer.features, scorer.calibration, scorer.files())
    rows = drawn(300, 8).matrix
    np.testing.assert_array_equal(again.pd(rows), scorer.pd(rows))


def test_without_catboost_it_says_what_to_install(development, monkeypatch):
    monkeypatch.setitem(sys.modules, "catboost", None)
    with pytest.raises(RiskModelError, match=r"training with CatBoost needs it: pip install 'riskmodel\[catboost\]'"):
        CatboostRecipe(search=0, rounds=3).fit(development, FEATURES, seed=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"leaves": 1}, "options.leaves: must be greater than or equal to 2, however: 1"),
        ({"rate": 2}, "options.rate: must be less than or equal to 1, however: 2"),
        ({"threads": 0}, "options.threads: must be greater than or equal to 1, however: 0"),
        ({"depth": 6}, "options.depth: unknown key; allowed are search, rounds"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(options, message):
    with pytest.raises(ConfigError, match=message):
        scorers.recipe("catboost", options)
