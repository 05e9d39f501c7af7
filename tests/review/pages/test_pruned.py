"""The page of one pruned model shows its figures, in words that cannot be markup."""

from dataclasses import replace

import numpy as np
from markupsafe import escape

from riskmodel.core import Interval, Verdict
from riskmodel.core.evidence import Mark
from riskmodel.evaluation.robustness.before_and_after import SmallChangeComparison, TurnedShare
from riskmodel.evaluation.robustness.nearby import Way
from riskmodel.review.pages.pruned import certificate_lines, facts, page
from riskmodel.review.reports.frontier import rows


def test_one_line_tells_what_was_reached(frontier):
    assert frontier.reached == (
        "level_scaling@0.1: 100 of 1,000 leaves (10 times fewer), 10 of 100 trees; "
        "on test AUC -0.0020 (lower bound -0.0036, margin 0.005): non-inferior."
    )
    unsure = replace(frontier, confirmed=False, asked=(frontier.chosen,))
    assert "NOT CONFIRMED: nothing smaller was shown to be no worse (AUC: lower bound -0.0036" in unsure.reached


def test_the_page_holds_every_figure(frontier):
    html = page(frontier)
    for row in rows(frontier.points):
        assert row["name"] in html
    for name, value, meaning in certificate_lines(frontier.certificate):
        assert name in html
        assert value in html
        assert escape(meaning) in html
    assert "ab" * 32 in html
    assert html.count("non-inferior") > 2


def test_a_certificate_without_a_bound_says_so_and_names_what_was_lost(frontier):
    lines = {line[0]: line[1:] for line in certificate_lines(replace(frontier.certificate, margin_bound=None))}
    assert lines["Bound on |d margin|"][0] == "NOT EVALUATED"
    assert lines["Monotone features"] == ("1 of 2 stay", "lost: age")
    assert lines["Flips at the cutoff"][0].startswith("17 (1.7")
    assert lines["Distinct PDs"][0] == "900 to 240"


def test_a_program_finds_the_same(frontier):
    data = facts(frontier)
    assert data["change"]["auc"]["verdict"] == Verdict.NON_INFERIOR
    assert data["certificate"]["fidelity"]["p99"] == 0.05
    assert [row["name"] for row in data["test"]] == ["given", "level_scaling@0.1", "prefix@0.1", "retrain@0.1"]


def test_what_a_small_change_turns_stands_on_the_page_and_for_a_program(frontier):
    assert facts(frontier)["small_changes"] == {"verdict": "NOT EVALUATED", "reason": "It was not asked."}
    given = TurnedShare(Way.EXACT, 20, 20, Interval(0.01, 0.006, 0.015))
    written = TurnedShare(Way.SEARCH, 140, None, Interval(0.07, 0.06, 0.08))
    excess = Interval(0.06, 0.05, 0.07)
    comparison = SmallChangeComparison(0.01, 2000, 0.2, given, written, excess, Mark.FAIL, "It lies above 0.05.")
    data = facts(replace(frontier, small_changes=comparison))["small_changes"]
    assert data["verdict"] == "fail"
    assert data["written"] == {
        "way": "search alone",
        "turned": 140,
        "not_excluded": None,
        "share": {"value": 0.07, "low": 0.06, "high": 0.08},
    }
    html = page(replace(frontier, small_changes=comparison))
    for words in ("20 of 2,000 rows shown, not excluded: 20 (exact)", "nothing bounds it", "fail: It lies above 0.05."):
        assert words in html
    assert comparison.is_worse
    assert not replace(comparison, excess=Interval(0.06, -0.01, 0.1)).is_worse


def test_names_are_text_not_markup(frontier):
    hostile = "<img src=x onerror=alert(1)>"
    record = {"model": {"file": hostile}}
    html = page(replace(frontier, title=hostile, record=record, method=hostile, chosen="given"))
    assert hostile not in html


def test_the_same_frontier_gives_the_same_bytes(frontier):
    assert page(frontier) == page(frontier)


def test_the_applicant_who_moves_most_is_told_in_words(frontier):
    values = {"a": -np.inf, "b": np.inf, "c": np.nan, "d": 1e-35, "e": -2e-35, "f": 0.25}
    lines = certificate_lines(replace(frontier.certificate, witness=values, witness_change=1.5))
    [applicant] = [meaning for name, _, meaning in lines if name == "Largest |d margin| of an applicant"]
    assert applicant == "a the lowest, b the highest, c missing, d just above 0, e just below 0, f 0.25"
