"""Each rule speaks when it should, and only then."""

import json
from dataclasses import replace

import pytest

from riskmodel.core import Interval, Verdict
from riskmodel.review.findings import Severity, ranked
from riskmodel.review.findings.of_run import run_findings

NO, YES, OPEN = Verdict.INFERIOR, Verdict.NON_INFERIOR, Verdict.INCONCLUSIVE
CHOSEN = "lgbm/trees@0.25"


def findings(settings, study):
    return ranked(run_findings(settings, study))


def said(settings, study, words):
    """The one finding that has these words, or None."""
    matches = [finding for finding in findings(settings, study) if words in finding.statement]
    assert len(matches) <= 1
    return matches[0] if matches else None


def with_settings(settings, **changes):
    """The settings with one table changed, read anew as from a TOML."""
    return settings.model_validate({**settings.model_dump(), **changes})


@pytest.mark.parametrize(("verdict", "severity"), [(NO, Severity.HIGH), (OPEN, Severity.MEDIUM)])
def test_a_test_sample_that_disagrees_is_told_with_its_figures(settings, another_study, change, verdict, severity):
    study = another_study(confirmation=change(CHOSEN, "test", -0.0049, verdict))
    finding = said(settings, study, "The test sample finds")
    assert finding.severity is severity
    assert f"{verdict}, where the selection sample said non-inferior" in finding.statement
    assert "-0.0049" in finding.evidence
    assert ("could have shown is 0.0027" in finding.evidence) is (verdict is OPEN)


def test_a_confirmed_choice_is_no_finding(settings, study):
    assert said(settings, study, "The test sample finds") is None


def test_an_unconfirmed_choice_is_the_first_finding(settings, another_study):
    first = findings(settings, another_study(confirmation=None))[0]
    assert (first.severity, first.evidence) == (Severity.HIGH, "NOT EVALUATED")


def test_a_missed_budget_is_high_and_a_met_one_is_silent(settings, study):
    slow = with_settings(settings, latency={"budget_us": 200})
    assert said(slow, study, "latency budget").severity is Severity.HIGH
    assert said(settings, study, "latency budget") is None


def test_a_budget_that_the_interval_straddles_is_inconclusive(settings, study):
    p99 = study.trade_off.timings[CHOSEN][1].p99
    finding = said(with_settings(settings, latency={"budget_us": p99.value}), study, "latency budget")
    assert (finding.severity, finding.statement.endswith("inconclusive.")) == (Severity.MEDIUM, True)


def test_without_a_budget_it_says_not_evaluated(settings, study):
    assert "NOT EVALUATED" in said(with_settings(settings, latency={}), study, "latency budget").evidence


@pytest.mark.parametrize(("value", "word"), [(0.9, "too extreme"), (1.1, "too timid")])
def test_a_calibration_slope_away_from_one_is_told(settings, study, value, word):
    evaluation = study.tested[CHOSEN]
    figures = {**evaluation.figures, "calibration_slope": Interval(value, value - 0.05, value + 0.05)}
    changed = replace(study, tested={**study.tested, CHOSEN: replace(evaluation, figures=figures)})
    assert word in said(settings, changed, "calibration slope").statement
    assert said(settings, study, "calibration slope") is None


def test_a_rival_that_does_as_well_is_told_and_a_beaten_one_is_not(settings, another_study, entry):
    def against(rival_auc):
        made = (
            entry("lgbm", "lgbm", (), 1.0, 0.7812, 500, None, trees=400),
            entry("pruned", "lgbm", ("trees",), 0.25, 0.7805, 300, YES, trees=100),
            entry("plain", "lgbm", ("retrain",), 0.25, rival_auc, 300, YES, trees=100),
        )
        return said(settings, another_study(made, "pruned"), "plain rival")

    assert against(0.7806).severity is Severity.MEDIUM
    assert against(0.7800).severity is Severity.LOW
    assert against(0.7700) is None


def test_a_choice_without_a_rival_says_so(settings, another_study, entry):
    made = (
        entry("lgbm", "lgbm", (), 1.0, 0.7812, 500, None, trees=400),
        entry("pruned", "lgbm", ("trees",), 0.25, 0.7805, 300, YES, trees=100),
    )
    assert "NOT EVALUATED" in said(settings, another_study(made, "pruned"), "no plain rival").evidence


def test_a_champion_that_stays_is_told_with_the_reason(settings, another_study):
    study = another_study(chosen="lgbm")
    assert said(settings, study, "The champion stays").evidence == study.trade_off.reason
    assert said(settings, study, "not confirmed") is None


def test_inconclusive_challengers_are_counted_with_what_could_have_been_shown(settings, study):
    finding = said(settings, study, "inconclusive on selection")
    assert finding.statement.startswith("2 of 5 challengers")
    assert "0.0027; the margin is 0.0050" in finding.evidence


def test_a_time_column_settles_the_finding_about_time(settings, study):
    timed = with_settings(settings, data={**settings.data.model_dump(), "time": "MONTH"})
    assert said(settings, study, "out of time").severity is Severity.MEDIUM
    assert said(timed, study, "out of time") is None
    drawn = with_settings(timed, split={**timed.split.model_dump(), "how": "random"})
    assert "'MONTH' dates every row" in said(drawn, study, "out of time").evidence


def test_protected_columns_in_use_are_named(settings, study):
    assert said(settings, study, "Protected columns").statement.endswith("AGE.")


def test_the_heaviest_finding_comes_first(settings, another_study, change):
    study = another_study(confirmation=change(CHOSEN, "test", -0.02, NO))
    order = [list(Severity).index(finding.severity) for finding in findings(settings, study)]
    assert order == sorted(order)
    assert order[0] == 0


def test_no_finding_ever_grants_leave(settings, another_study, change):
    studies = [
        another_study(),
        another_study(chosen="lgbm"),
        another_study(confirmation=change(CHOSEN, "test", 0.0, NO)),
    ]
    text = json.dumps([[f.statement, f.evidence] for study in studies for f in findings(settings, study)]).lower()
    assert "approved" not in text
    assert "compliant" not in text


def test_what_the_screens_found_is_told_and_what_was_kept_with_its_reason(settings, study):
    suspects = [
        {"screen": "id", "column": "loan_no", "evidence": "differs", "severity": "blocks", "reason": "it is a size"},
        {"screen": "own score", "column": "grade", "evidence": "sounds so", "severity": "warns", "reason": None},
        {"screen": "tells little", "column": "flag", "evidence": "hardly varies", "severity": "notes", "reason": None},
    ]
    screened = replace(study, run={**study.run, "suspects": suspects})
    kept, warned = said(settings, screened, "loan_no"), said(settings, screened, "grade: own score")
    assert (kept.severity, warned.severity) == (Severity.MEDIUM, Severity.LOW)
    assert kept.evidence == "loan_no differs. Reason given: it is a size."
    assert len(findings(settings, screened)) == len(findings(settings, study)) + 2


def test_a_test_sample_that_was_opened_before_is_told_by_how_many(settings, study):
    def opened(toml, test="a"):
        return {"at": "2026-01-02T00:00:00+00:00", "test_sha256": test, "toml_sha256": toml}

    def finding_of(*openings):
        return said(settings, replace(study, run={**study.run, "openings": list(openings)}), "has been opened")

    assert finding_of(opened("x")) is None
    assert finding_of(opened("x", test="b"), opened("x")) is None
    assert finding_of(opened("x"), opened("x")).severity is Severity.LOW
    twice = finding_of(opened("x"), opened("y"), opened("x"))
    assert (twice.severity, "opened 3 times" in twice.statement) == (Severity.MEDIUM, True)
