"""Where the champion stays, its evidence stands once, under its own name, and no difference is judged."""

from collections import Counter
from dataclasses import replace

import pytest

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.thresholds import standard
from riskmodel.review.dossier import assess
from riskmodel.review.evidence.one_model import NOTHING_CHANGES
from riskmodel.review.reports.change import changed


@pytest.fixture(scope="module")
def alone(subject):
    given = subject(rows=2000, harm=False)
    other = given.champion.pd[::-1].copy()
    return assess(replace(given, challenger=given.champion, reseeded=(other, other, other)), standard())


def test_nobody_is_called_challenger_and_each_question_is_asked_once(alone):
    assert {entry.whom for entry in alone.entries} == {"champion", "data", "change"}
    asked = Counter((e.id, e.evidence.attribute, e.evidence.period) for e in alone.entries if e.whom == "champion")
    assert {key for key, times in asked.items() if times > 1} == set()
    assert not any("challenger" in finding.statement for finding in alone.findings if finding.test.startswith("robust"))


def test_every_difference_is_left_out_with_the_reason_and_counts_as_no_gap(alone):
    differences = [entry.evidence for entry in alone.entries if entry.whom == "change"]
    assert {(e.mark, e.reason) for e in differences if e.method.id != "change.parity"} == {
        (Mark.NOT_EVALUATED, NOTHING_CHANGES)
    }
    assert not any(NOTHING_CHANGES in finding.evidence for finding in alone.findings)


def test_what_is_wrong_with_it_is_still_found(subject):
    given = subject(rows=3000, harm=False)
    wrong = replace(given.champion, scorer=replace(given.champion.scorer, slope=3.0))
    result = assess(replace(given, champion=wrong, challenger=wrong), standard()).findings
    assert any(finding.statement == "Calibration slope: fail." for finding in result)


def test_two_scorers_are_told_apart_as_before(subject):
    entries = assess(subject(rows=1500, harm=False), standard()).entries
    assert {entry.whom for entry in entries} == {"champion", "challenger", "change", "data"}


def test_another_kind_is_called_that_and_loses_no_trees():
    before = {"name": "big", "kind": "lgbm", "trees": 507, "leaves": 900, "weights": 0, "features": 21, "bytes": 9_000}
    after = {**before, "name": "card", "kind": "scorecard", "trees": 0, "leaves": 0, "features": 17}
    words = changed({"champion": before, "challenger": after, "removed": []})
    assert words.startswith("card in place of big: another kind of scorer, scorecard for lgbm, features 21 to 17.")
