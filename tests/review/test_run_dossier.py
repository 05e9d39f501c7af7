"""The dossier of a run rests on its own samples; a champion is fitted again by its own recipe with the next seeds."""

import json
from dataclasses import replace

import numpy as np
import pytest

from riskmodel.core import Calibration
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation import recalibrated
from riskmodel.evaluation.change.decision_churn import SEEDS
from riskmodel.review.run_dossier import AGAINST, SCORED, reseeded


@pytest.fixture(scope="module")
def by_tune(fitted, development):
    return reseeded(fitted("lgbm"), development)


def test_a_booster_is_fitted_again_with_the_next_seeds_and_recalibrated_as_variants_are(fitted, by_tune, development):
    scorer = fitted("lgbm")
    again, why = by_tune
    assert (len(again), why) == (SEEDS, "")
    assert [one.seed - scorer.seed for one in again] == list(range(1, SEEDS + 1))
    by_hand = replace(scorer, seed=scorer.seed + 1).refit(development, scorer.features)
    by_hand = recalibrated(by_hand, development.tune)
    np.testing.assert_array_equal(again[0].score(development.tune), by_hand.score(development.tune))
    assert all(one.calibration != Calibration() for one in again)


def test_where_there_are_recent_rows_these_recalibrate(fitted, by_tune, development, fresh):
    by_recent, _ = reseeded(fitted("lgbm"), replace(development, recent=fresh))
    assert [one.model for one in by_recent] == [one.model for one in by_tune[0]]
    due = recalibrated(by_tune[0][0].recalibrated(Calibration()), fresh).calibration
    assert by_recent[0].calibration == due != by_tune[0][0].calibration


def test_a_scorecard_has_no_other_seed_and_says_so(fitted, development):
    again, why = reseeded(fitted("scorecard"), development)
    assert again == ()
    assert why == "A scorecard scorer has no seed of its own: fitted again it is the same."


def test_one_that_cannot_be_fitted_again_says_why(fitted, development, monkeypatch):
    def refuse(*_args):
        raise UnsupportedScorer("a network from elsewhere has no recipe to be trained by")

    scorer = fitted("lgbm")
    monkeypatch.setattr(type(scorer), "refit", refuse)
    again, why = reseeded(scorer, development)
    assert again == ()
    assert why == "The champion cannot be fitted again: a network from elsewhere has no recipe to be trained by."


@pytest.fixture(scope="module")
def dossier(done):
    _, report = done
    return json.loads((report / "review.json").read_bytes())["dossier"]


def test_the_change_is_judged_on_test_within_the_margins_of_the_run(done, dossier):
    study, _ = done
    assert dossier["subject"]["rows"] == study.run["samples"]["test"]["rows"]
    assert dossier["subject"]["bads"] == study.run["samples"]["test"]["bads"]
    assert dossier["subject"]["cutoff"] == study.run["policy"]["cutoff"]
    for figure in ("auc", "brier", "log_loss"):
        assert dossier["change"][figure]["margin"] == pytest.approx(study.trade_off.margins[figure])


def test_drift_is_of_the_chosen_scorer_and_of_the_columns_of_the_data(done, dossier):
    _, report = done
    saved = json.loads((report / "drift.json").read_bytes())
    text = json.dumps(dossier["monitoring"]["drift"])
    assert AGAINST in text
    assert {one["method"]["id"] for one in saved} >= {method.id for method in SCORED}
