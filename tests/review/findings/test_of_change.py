"""Which evidence becomes a finding of a change, how heavy, and in which words."""

from dataclasses import replace

import pytest

from riskmodel.core import Change, Verdict
from riskmodel.core.evidence import Evidence, Mark, Method, Table, Threshold
from riskmodel.evaluation.change import decision_churn, harm, worst_slice
from riskmodel.evaluation.change.comparison import judge
from riskmodel.review.evidence.entry import Entry
from riskmodel.review.evidence.one_model import NOTHING_CHANGES
from riskmodel.review.findings import Severity, Topic
from riskmodel.review.findings.of_change import change_findings

HIGH, MEDIUM, LOW = Severity
TEST = Method("outcomes.slope", "Slope", "f", "s", "a")
HARM_COLUMNS = ("group", "measure", "rows", "value", "low", "high", "p_value", "p_holm", "mark")


def evidence(mark=Mark.FAIL, method=TEST, reason="It lies above 1.", **facts):
    return Evidence(method, mark, reason, 1_500, **facts)


def findings(limits, *entries, change=None, alone=False):
    """All but the verdict that was not judged."""
    made = change_findings([Entry(*entry) for entry in entries], change, limits, alone=alone)
    return [finding for finding in made if change is not None or finding.topic is not Topic.VERDICT]


def harmed(mark, *rows):
    return evidence(mark, harm.HARM, tables=(Table("Parts", HARM_COLUMNS, rows, "parts"),))


def part(name, measure, p_value, p_holm, value=0.04):
    return name, measure, 1_200, value, 0.01, 0.07, p_value, p_holm, "fail"


def changed(**deltas):
    made = {name: judge(delta, error, 0.005) for name, (delta, error) in deltas.items()}
    return Change("small", "full", "reviewed rows", made)


def test_without_outcomes_the_verdict_is_not_evaluated(limits):
    (finding,) = change_findings([], None, limits)
    assert (finding.severity, finding.topic, finding.test) == (MEDIUM, Topic.VERDICT, "change.auc")
    assert finding.evidence == "NOT EVALUATED: target names the outcome."


@pytest.mark.parametrize(
    ("delta", "error", "verdict", "severity"),
    [(-0.02, 0.001, Verdict.INFERIOR, HIGH), (-0.004, 0.002, Verdict.INCONCLUSIVE, MEDIUM)],
)
def test_a_challenger_that_is_not_shown_to_be_no_worse_is_a_finding(limits, delta, error, verdict, severity):
    change = changed(auc=(delta, error), brier=(0.0, 0.0001), log_loss=(0.0, 0.0001))
    (finding,) = findings(limits, change=change)
    assert (finding.severity, finding.statement) == (severity, f"The challenger is {verdict}.")
    assert finding.evidence.startswith(f"AUC: difference {delta:.4f}, one-sided 95 % bounds ")
    assert "Brier" not in finding.evidence
    assert ("smallest margin" in finding.evidence) is (verdict is Verdict.INCONCLUSIVE)


def test_worse_within_the_margin_is_told_and_no_worse_is_silent(limits):
    worse = changed(auc=(-0.002, 0.0005), brier=(0.0, 0.0005), log_loss=(0.001, 0.0005))
    (finding,) = findings(limits, change=worse)
    assert finding.statement == "The challenger is shown to be worse in AUC, though by less than the margin."
    assert (finding.severity, finding.topic, finding.test) == (MEDIUM, Topic.EVIDENCE, "change.auc")
    assert findings(limits, change=changed(auc=(0.0, 0.0005), brier=(0.0, 0.0005), log_loss=(0.0, 0.0005))) == []


@pytest.mark.parametrize(("mark", "severity"), [(Mark.FAIL, HIGH), (Mark.ATTENTION, MEDIUM)])
def test_each_group_that_is_harmed_is_named_once_by_its_surest_measure(limits, mark, severity):
    rows = (
        part("sex=f", "approval", 0.001, 0.004),
        part("sex=f", "auc", 0.0001, 0.0004),
        part("young", "brier", 0.0002, 0.001),
        part("old", "auc", 0.2, 0.9),
        part("few", "auc", None, None, None),
    )
    (finding,) = findings(limits, ("change", harmed(mark, *rows)))
    assert finding.statement == "The change harms some beyond what it does to all: sex=f, young."
    assert (finding.severity, finding.topic) == (severity, Topic.HARM)
    assert finding.evidence.startswith(
        "sex=f: AUC lost +0.0400 (+0.0100 to +0.0700) beyond the overall change, 1,200 rows, p 0.0004 after Holm."
    )
    assert "young: Brier score gained" in finding.evidence


@pytest.mark.parametrize("mark", [Mark.PASS, Mark.NOT_EVALUATED])
def test_harm_that_is_not_marked_harms_nobody(limits, mark):
    made = findings(limits, ("change", harmed(mark, part("sex=f", "auc", 0.0001, 0.0004))))
    assert [finding for finding in made if finding.topic is Topic.HARM] == []


@pytest.mark.parametrize(
    ("whom", "mark", "severity"),
    [
        ("challenger", Mark.FAIL, HIGH),
        ("challenger", Mark.ATTENTION, MEDIUM),
        ("change", Mark.FAIL, HIGH),
        ("data", Mark.FAIL, MEDIUM),
        ("data", Mark.ATTENTION, LOW),
    ],
)
def test_a_marked_test_weighs_by_its_mark_and_by_whom_it_is_about(limits, whom, mark, severity):
    (finding,) = findings(limits, (whom, evidence(mark)))
    assert (finding.severity, finding.test) == (severity, TEST.id)
    assert finding.statement == f"Slope ({whom}): {mark}."


def test_what_the_champion_has_too_weighs_less_and_is_no_finding_of_its_own(limits):
    (finding,) = findings(limits, ("champion", evidence(Mark.ATTENTION)), ("challenger", evidence(Mark.FAIL)))
    assert (finding.severity, finding.statement) == (
        MEDIUM,
        "Slope (challenger): fail; the champion has it too.",
    )
    (alone,) = findings(limits, ("champion", evidence(Mark.FAIL)), alone=True)
    assert (alone.severity, alone.statement) == (MEDIUM, "Slope: fail.")
    assert findings(limits, ("champion", evidence(Mark.FAIL))) == []


def test_inputs_that_were_made_up_weigh_less_and_come_later(limits):
    decay = replace(TEST, id="robustness.decay")
    (finding,) = findings(limits, ("challenger", evidence(Mark.FAIL, decay)))
    assert (finding.severity, finding.topic) == (MEDIUM, Topic.STRESS)
    slice_ = findings(limits, ("change", evidence(Mark.FAIL, worst_slice.WORST_SLICE)))[0]
    assert slice_.topic is Topic.HARM


def test_a_doubt_of_the_sample_weighs_less_than_the_figure(limits):
    sure, doubted = (
        findings(limits, ("change", evidence(Mark.ATTENTION, in_doubt=doubt)))[0].severity for doubt in (False, True)
    )
    assert (sure, doubted) == (MEDIUM, LOW)


def test_the_evidence_is_written_with_its_figures(limits):
    threshold = Threshold("slope", 0.05, 0.1, "away", "convention")
    own = evidence(value=1.2, low=1.1, high=1.3, p_value=0.0123, threshold=threshold, attribute="sex", about="sex=f")
    (finding,) = findings(limits, ("challenger", own))
    assert finding.evidence == (
        "It lies above 1. Value 1.2000 (1.1000 to 1.3000), p 0.0123, thresholds 0.05 and 0.1; 1,500 rows."
    )
    assert finding.statement == "Slope (challenger, sex=f): fail."
    assert findings(limits, ("challenger", evidence()))[0].evidence == "It lies above 1."
    churn = findings(limits, ("change", evidence(method=decision_churn.SINGLED_OUT, value=0.015)))[0].evidence
    assert churn.endswith("1.5\N{NO-BREAK SPACE}% of the rows are listed for people to read.")


def test_what_is_not_shown_and_what_is_not_evaluated_is_no_pass(limits):
    other = replace(TEST, id="outcomes.other", title="Other")
    made = findings(
        limits,
        ("change", evidence(Mark.NOT_SHOWN, reason="Too small.")),
        ("champion", evidence(Mark.NOT_EVALUATED, reason="Not asked of the champion.")),
        ("challenger", evidence(Mark.NOT_EVALUATED, reason="No outcome.")),
        ("change", evidence(Mark.NOT_EVALUATED, reason="No outcome.")),
        ("change", evidence(Mark.NOT_EVALUATED, other, "No outcome.")),
        ("change", evidence(Mark.NOT_EVALUATED, other, NOTHING_CHANGES)),
    )
    assert [(f.severity, f.statement, f.evidence) for f in made] == [
        (LOW, "Slope: the sample cannot exclude it, which is no pass.", "Too small."),
        (LOW, "2 tests are NOT EVALUATED, which is no pass.", "Slope, Other: No outcome."),
    ]


def test_a_pass_is_no_finding(limits):
    assert findings(limits, ("challenger", evidence(Mark.PASS))) == []
