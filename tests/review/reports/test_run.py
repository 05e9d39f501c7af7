"""The review as data."""

import json
from dataclasses import replace

import pytest

from riskmodel.core import Verdict
from riskmodel.errors import RiskModelError
from riskmodel.review import Review, review


def test_a_review_survives_its_json(settings, study):
    original = review(settings, study)
    assert Review.from_json(original.to_json()) == original
    assert Review.from_json(original.to_json()).to_json() == original.to_json()


def test_the_same_study_gives_the_same_bytes(settings, study, another_study):
    assert review(settings, study).to_json() == review(settings, another_study()).to_json()


def test_another_schema_version_is_refused(settings, study):
    data = json.loads(review(settings, study).to_json()) | {"schema_version": 99}
    with pytest.raises(RiskModelError, match="schema_version must be 4, however: 99"):
        Review.from_json(json.dumps(data).encode())


def test_the_verdict_is_the_tests_and_the_selections_stands_beside_it(settings, another_study, change):
    made = review(settings, another_study(confirmation=change("lgbm/trees@0.25", "test", -0.004, Verdict.INCONCLUSIVE)))
    assert (made.verdict, made.selection_verdict) == ("inconclusive", "non-inferior")


@pytest.mark.parametrize(
    ("chosen", "confirmed", "verdict"), [("lgbm", True, "champion stays"), ("lgbm/trees@0.25", False, "NOT EVALUATED")]
)
def test_without_a_test_there_is_no_verdict(settings, another_study, chosen, confirmed, verdict):
    study = another_study(chosen=chosen)
    assert review(settings, study if confirmed else replace(study, confirmation=None)).verdict == verdict


def test_what_changed_is_said_in_figures(settings, study):
    text = review(settings, study).changed.replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("lgbm/trees@0.25 in place of lgbm. Made by: trees at keep 0.25 (2 of 8 trees stay).")
    assert "trees 412 to 103, leaves 12,772 to 3,193, size 1.18 MB to 295 kB" in text
    assert "features" not in text


def test_an_unpruned_choice_is_said_to_be_one(settings, another_study):
    assert "It is not pruned" in review(settings, another_study(chosen="neural")).changed


def test_every_challenger_is_tested_on_selection_and_the_chosen_one_on_test_last(settings, study):
    tested = [
        (row["challenger"], row["sample"]) for row in review(settings, study).differences if row["figure"] == "auc"
    ]
    assert tested == [(name, "selection") for name in study.trade_off.changes] + [("lgbm/trees@0.25", "test")]


def test_hashes_margins_and_settings_are_in_it(settings, study):
    made = review(settings, study)
    assert made.run["hashes"]["data"] == "d" * 64
    assert made.margins.items() >= {"auc": 0.005, "brier": 0.002, "log_loss": 0.005}.items()
    assert made.settings["policy"]["approval_rate"] == 0.8
    assert made.latency["claims"] == {"lgbm": "met", "lgbm/trees@0.25": "met"}
