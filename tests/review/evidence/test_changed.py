"""A change that decisions decide: its evidence, findings and balance are of them, and the scores stand beside."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.config import DecisionMargins, Margins
from riskmodel.core import Calibration, Policy, Verdict
from riskmodel.core.evidence import Mark
from riskmodel.evaluation.change.decision_margins import JudgedByDecisions
from riskmodel.evaluation.change.non_inferiority import margins_sha256
from riskmodel.evaluation.thresholds import standard
from riskmodel.review.balance import Pan
from riskmodel.review.dossier import assess
from riskmodel.review.pages.change import change_page
from riskmodel.review.reports.change import memo
from riskmodel.review.wording import weighed

SCORES = ("auc", "brier", "log_loss", "mean_pd")
DECIDE = ("decisions", "approved_bad_rate")
CUTOFF = 0.35
RECORD = {"policy": "none", "paths": {}, "environment": {}, "code": {}, "files": {}}


def staged(subject, differ, **changes):
    """Far below the cutoff the challenger ranks by chance, as a cascade that buys nothing there; decisions stay."""
    given = subject(rows=4000, harm=False, protected={}, **changes)
    margin = given.champion.matrix[:, 0]
    low = margin < -1.5
    shuffled = margin.copy()
    shuffled[low] = np.random.default_rng(1).permutation(margin[low])
    after = np.column_stack([shuffled, given.champion.matrix[:, 1:]])
    scorer = given.champion.scorer.recalibrated(Calibration(0.0, 1.0000001))
    rule = JudgedByDecisions(Policy(CUTOFF, CUTOFF, (0.1,)), DecisionMargins(decisions=differ, approved_bad_rate=1.1))
    return replace(given, challenger=replace(given.challenger, scorer=scorer, matrix=after), decided_by=rule)


@pytest.fixture(scope="module")
def judged(subject):
    period = np.array(["2023-01", "2023-02"])[np.arange(4000) % 2]
    given = staged(subject, 0.02, period=period)
    return given, assess(given, standard())


def marks(dossier):
    return {entry.id.removeprefix("change."): entry.evidence for entry in dossier.entries if entry.whom == "change"}


def test_the_evidence_has_the_marks_of_what_decides_and_shows_the_scores_without_one(judged):
    _, dossier = judged
    evidence = marks(dossier)
    assert dossier.verdict == Verdict.NON_INFERIOR
    assert {evidence[name].mark for name in DECIDE} == {Mark.PASS}
    assert {evidence[name].mark for name in (*SCORES, "partial_auc")} == {Mark.BESIDE}
    assert evidence["auc"].value < -0.005  # it would have failed
    assert evidence["auc"].reason.startswith("By the margin of the scores, which do not decide here: in")
    assert evidence["decisions"].low <= evidence["decisions"].value <= evidence["decisions"].high
    assert "Clopper and Pearson" in evidence["decisions"].method.source


def test_no_finding_is_of_a_figure_that_does_not_decide(judged):
    _, dossier = judged
    assert not {f"change.{name}" for name in (*SCORES, "partial_auc")} & {f.test for f in dossier.findings}


def test_what_is_gained_and_lost_is_of_the_figures_that_decide(judged):
    _, dossier = judged
    items = {item.what: item for item in dossier.balance}
    assert [name for name in (*DECIDE, *SCORES) if items[name].decides] == list(DECIDE)
    assert items["decisions"].pan is Pan.OPEN  # a decision that differs is neither
    assert weighed(vars(items["decisions"])).startswith("Decisions that differ: ")
    assert weighed(vars(items["auc"])).endswith(", does not decide")


def test_the_margins_are_those_that_decided(judged):
    given, dossier = judged
    change = dossier.plain()["change"]
    assert change["margins"]["decisions"] == 0.02
    assert change["margins_sha256"] == margins_sha256(given.margins, given.decided_by.margins)
    assert change["margins_sha256"] != margins_sha256(Margins())
    assert [name for name in (*DECIDE, *SCORES) if change[name]["decides"]] == list(DECIDE)


def test_rows_that_belong_together_are_judged_by_the_same_figures(judged):
    _, dossier = judged
    listing = marks(dossier)["dependence"].tables[0]
    figures = {row[1] for row in listing.rows if row[0] == "period"}
    assert set(DECIDE) <= figures


def test_decisions_that_differ_too_often_are_the_finding(subject, limits):
    given = replace(staged(subject, 0.001), cutoff=CUTOFF)
    loose = given.challenger.scorer.recalibrated(Calibration(-0.6, 1.0))
    dossier = assess(replace(given, challenger=replace(given.challenger, scorer=loose)), limits)
    assert dossier.verdict == Verdict.INFERIOR
    (finding,) = [f for f in dossier.findings if f.test.startswith("change.decisions")]
    assert finding.evidence.startswith("Decisions that differ: difference -0.")
    assert "AUC" not in finding.evidence


def test_the_page_says_which_figures_do_not_decide(judged):
    _, dossier = judged
    html = change_page(memo(dossier, RECORD))
    assert '<span class="mark does-not-decide">does not decide</span>' in html
