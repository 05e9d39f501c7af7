import numpy as np
import pytest

from riskmodel.evaluation import catalogue
from riskmodel.review.dossier import assess
from riskmodel.review.evidence.subject import Earlier
from riskmodel.review.findings import Severity
from riskmodel.review.wording import NOT_EVALUATED


@pytest.fixture(scope="module")
def hurt(subject):
    from riskmodel.evaluation.thresholds import standard

    return assess(subject(harm=True, seed=1), standard())


def entries(dossier, test):
    return [entry for entry in dossier.entries if entry.id == test]


def test_harm_to_a_group_and_a_slice_is_the_first_finding_though_the_whole_is_no_worse(hurt):
    first = hurt.findings[0]
    assert first.severity == "high"
    assert "sex=f" in first.statement
    assert "thin file" in first.statement
    assert hurt.verdict == "non-inferior"
    assert first.owner == ""


def test_without_harm_none_is_found(subject, limits):
    result = assess(subject(harm=False, seed=1, rows=3000), limits)
    assert {finding.severity for finding in result.findings if finding.test == "change.harm"} <= {Severity.LOW}


def test_every_test_of_the_catalogue_appears_judged_or_not(hurt):
    assert {method.id for method in catalogue.methods()} <= {entry.id for entry in hurt.entries}


def test_a_test_that_cannot_be_made_says_why(hurt):
    (flips,) = entries(hurt, "change.flips")
    assert flips.evidence.mark == NOT_EVALUATED
    assert flips.evidence.reason == "No champion of another seed is at hand."


def test_flips_are_held_against_those_of_a_reseed(subject, limits):
    given = subject(rows=2000, harm=False)
    other = np.roll(given.champion.pd, 1)
    result = assess(subject(rows=2000, harm=False, reseeded=(other,)), limits)
    assert entries(result, "change.flips")[0].evidence.value < 1


def test_the_change_is_told_by_figure_with_the_hash_of_its_margins(hurt):
    change = hurt.plain()["change"]
    assert set(change["auc"]) >= {"verdict", "delta", "lower", "margin", "detectable"}
    assert change["auc"]["margin"] == 0.005
    assert len(change["margins_sha256"]) == 64
    assert {"brier", "log_loss"} <= set(change)


def test_without_outcomes_what_needs_them_is_not_evaluated_and_the_rest_is(subject, limits):
    result = assess(subject(rows=800, default=None), limits)
    assert result.verdict == NOT_EVALUATED
    assert result.plain()["change"]["auc"] == {"verdict": NOT_EVALUATED, "reason": "The data have no outcome."}
    assert entries(result, "change.score_migration")[0].evidence.value is not None
    assert {e.evidence.mark for e in result.entries if e.evidence.method.needs_outcome} == {NOT_EVALUATED}


def test_one_class_is_told_and_no_figure_made(subject, limits):
    result = assess(subject(rows=700, default=np.zeros(700, np.int8)), limits)
    assert "at least 2 bads" in result.plain()["change"]["auc"]["reason"]
    assert entries(result, "discrimination.auc")[0].evidence.mark == NOT_EVALUATED


def test_a_group_of_three_people_is_not_evaluated(subject, limits):
    sex = np.array(["x"] * 3 + ["m"] * 1997, dtype=object)
    result = assess(subject(rows=2000, harm=False, protected={"sex": sex}), limits)
    (harm,) = entries(result, "change.harm")
    rows = [row for row in harm.evidence.tables[0].rows if row[0] == "sex=x"]
    assert {row[8] for row in rows} == {NOT_EVALUATED}
    assert "3 rows; at least 100 are needed." in {row[9] for row in rows}


def test_scores_that_tie_everywhere_are_no_crash(subject, limits):
    given = subject(rows=600, harm=False)
    for side in given.sides:
        side.matrix[:, 0] = 1.0
    result = assess(given, limits)
    reason = entries(result, "change.swap_set")[0].evidence.reason
    assert reason.startswith("The champion approves nobody")
    assert result.plain()["change"]["auc"]["delta"] == 0


def test_misaligned_rows_are_named(subject, limits):
    from riskmodel.errors import DataError

    given = subject(rows=600, harm=False)
    with pytest.raises(DataError, match="must have 599 rows"):
        assess(subject(rows=600, harm=False, default=given.default[:599]), limits)


def test_a_later_period_is_compared_with_earlier_rows(subject, limits):
    before = subject(rows=900, seed=3, harm=False)
    shifted = subject(rows=1200, seed=4, harm=False)
    for side in shifted.sides:
        side.matrix[:, 0] += 2
    earlier = Earlier(*before.sides, before.default)
    result = assess(
        subject(rows=1200, champion=shifted.champion, challenger=shifted.challenger, earlier=earlier), limits
    )
    alarms = result.plain()["monitoring"]["alarms"]
    assert ("stability.psi", "challenger", "fail") in {(a["id"], a["whom"], a["verdict"]) for a in alarms}


def test_long_lists_are_cut_and_the_rest_is_counted(hurt):
    (listed,) = entries(hurt, "change.singled_out")
    table = listed.plain()["tables"][1]
    assert len(table["rows"]) == 200
    assert table["left_out"] == len(listed.evidence.tables[1].rows) - 200 > 0


def test_the_same_subject_gives_the_same_data(subject, limits):
    one, other = (assess(subject(rows=700, seed=5), limits).plain() for _ in range(2))
    assert one == other
