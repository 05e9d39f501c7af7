"""The table of drift says what the tests say, period by period, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.core import Column
from riskmodel.evaluation.stability import drift as tests
from riskmodel.review.dossier import assess
from riskmodel.review.evidence.drift_table import drift
from riskmodel.review.evidence.entry import Entry
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.subject import Earlier

FEATURES = (Column("income"), Column("odd: name"))
NAMES = ["2024-Q1", "2024-Q2", "2024-Q3"]


@pytest.fixture
def entries(limits):
    """Two features and three periods of unequal lengths; the second feature moves in the last of them."""
    draw = np.random.default_rng(0)
    then, now = draw.normal(size=(900, 2)), draw.normal(size=(1000, 2))
    period = np.repeat(NAMES, [300, 50, 650])
    now[350:, 1] += 1
    now[350:400, 0] = np.nan
    score = draw.random(900), draw.random(1000)
    bad = [(draw.random(n) < 0.2).astype(np.int8) for n in (900, 1000)]
    rows = np.concatenate([np.full(900, "before"), period])
    pd = np.full(1900, 0.2)
    return [
        *(Entry("challenger", e) for e in tests.score_shift(*score, period, limits)),
        *(Entry("data", e) for e in tests.feature_shift(then, now, FEATURES, period, limits)),
        *(Entry("data", e) for e in tests.missing_shift(then, now, FEATURES, period, limits)),
        Entry("data", tests.bad_rate(bad[0], bad[1], period, limits)),
        Entry("challenger", tests.calibration(np.concatenate(bad), pd, rows, limits)),
    ]


def test_the_reference_stands_first_and_each_period_once(entries):
    result = drift(entries, "before", NAMES)
    assert [row["dated"] for row in result["periods"]] == [False, True, True, True]
    assert [(row["period"], row["role"], row["rows"]) for row in result["periods"]] == [
        ("before", "reference", 900), ("2024-Q1", "new", 300), ("2024-Q2", "new", 50), ("2024-Q3", "new", 650)
    ]  # fmt: skip
    assert (result["sides"], result["shifted"], result["against"]) == (["challenger"], NAMES, "before")


def test_figures_are_those_of_the_tests(entries):
    last = drift(entries, "before")["periods"][-1]
    psi, rate = (
        next(e.evidence for e in reversed(entries) if e.id == name) for name in ("stability.psi", "drift.bad_rate")
    )
    assert last["psi"]["challenger"]["value"] == psi.value
    assert last["moved"] == next(row[8] for row in rate.tables[0].rows if row[0] == "2024-Q3")
    assert last["bad_rate"]["value"] == last["bads"] / last["rows"]
    assert last["mean_pd"] == {"challenger": pytest.approx(0.2)}


def test_the_feature_that_moved_most_is_in_front_whatever_its_name(entries):
    last = drift(entries, "before")["periods"][-1]
    assert (last["csi"]["feature"], last["csi"]["verdict"]) == ("odd: name", "fail")
    assert (last["missing"]["feature"], last["missing"]["verdict"]) == ("income", "fail")
    assert last["missing"]["value"] == pytest.approx(50 / 650)


def test_what_is_too_small_is_not_evaluated_and_never_in_front(entries):
    small = drift(entries, "before")["periods"][2]
    assert small["psi"]["challenger"] == {"value": None, "low": None, "high": None, "verdict": "NOT EVALUATED"}
    assert small["calibration"] == {"challenger": "NOT EVALUATED"}
    assert [row["csi"][1]["verdict"] for row in drift(entries, "")["features"]] == ["NOT EVALUATED"] * 2


def test_without_outcomes_only_shifts_are_told(entries):
    rows = drift([e for e in entries if not e.evidence.method.needs_outcome], "")["periods"]
    assert [row["period"] for row in rows] == NAMES
    assert {row["bad_rate"] for row in rows} == {None}


def test_nothing_to_compare_with_leaves_it_empty(subject, limits):
    result = assess(subject(rows=400, harm=False), limits).plain()["monitoring"]["drift"]
    assert result == {"against": "", "sides": [], "periods": [], "shifted": [], "features": []}


def test_a_month_of_both_is_told_apart(subject, limits):
    """Rows before and after the fifteenth."""
    then, now = subject(rows=500, seed=1, harm=False), subject(rows=700, seed=2, harm=False)
    month = np.full(700, "2024-06")
    earlier = Earlier(*then.sides, then.default, "rows before", np.repeat(["2024-05", "2024-06"], [200, 300]))
    result = assess(replace(now, earlier=earlier, period=month), limits).plain()["monitoring"]["drift"]
    assert [(row["period"], row["role"], row["rows"]) for row in result["periods"]] == [
        ("2024-05", "reference", 200), ("2024-06 (earlier)", "reference", 300), ("2024-06", "new", 700)
    ]  # fmt: skip
    assert result["sides"] == ["champion", "challenger"]


def test_undated_rows_are_one_period(subject, limits):
    then, now = subject(rows=300, seed=1, harm=False), subject(rows=400, seed=2, harm=False)
    result = assess(replace(now, earlier=Earlier(*then.sides, then.default, "tune")), limits)
    rows = result.plain()["monitoring"]["drift"]["periods"]
    assert [(row["period"], row["role"]) for row in rows] == [("tune", "reference"), ("all", "new")]
    assert rows[1]["csi"]["feature"] in {"margin", "income", "months"}
    assert Dated.of(np.array(["2024-02-01"], "datetime64[D]")).names.tolist() == ["2024-02"]
