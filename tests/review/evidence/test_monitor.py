"""Monitoring: which rows are compared, under which period, for whom; what rings, and from where an alarm begins."""

from dataclasses import replace

import numpy as np
import pytest
from planted import planted

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.stability import drift, migration, stability
from riskmodel.review.evidence.entry import Entry
from riskmodel.review.evidence.monitor import NO_EARLIER, WATCHED, alarms, monitored, plan
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.subject import Earlier


@pytest.fixture(scope="module")
def now():
    return planted(1_500, 0, harm=False)


@pytest.fixture(scope="module")
def then():
    return planted(1_100, 7, harm=False)


def of(entries, method, whom=None):
    return [entry.evidence for entry in entries if entry.id == method.id and whom in (None, entry.whom)]


@pytest.mark.parametrize(("months", "names"), [(12, ["2023-12", "2024-01"]), (13, ["2023-Q4", "2024-Q1"])])
def test_more_than_a_years_months_become_quarters(months, names):
    dates = np.datetime64("2023-12", "M") + np.arange(months)
    assert Dated.of(dates.astype("datetime64[D]")).names[:2].tolist() == names


def test_without_earlier_rows_each_says_so(now, limits):
    made = [entry.evidence for entry in monitored(now, limits) if entry.evidence.reason == NO_EARLIER]
    assert [evidence.method for evidence in made] == list(WATCHED)
    assert {evidence.mark for evidence in made} == {Mark.NOT_EVALUATED}


def test_undated_rows_are_compared_as_a_whole_by_the_figures_themselves(now, then, limits):
    made = list(monitored(replace(now, earlier=Earlier(*then.sides, then.default)), limits))
    for whom in ("champion", "challenger"):
        (psi,) = of(made, stability.PSI, whom)
        before, after = getattr(then, whom).pd, getattr(now, whom).pd
        [expected] = drift.score_shift(before, after, np.full(len(after), "all"), limits)
        assert (psi.value, psi.period, psi.rows) == (expected.value, "", 1_500)
        (concentration,) = of(made, migration.CONCENTRATION, whom)
        counts = [np.bincount(now.graded(getattr(side, whom)), minlength=5) for side in (then, now)]
        assert concentration.value == migration.concentration(*counts, limits).value
    (rate,) = of(made, drift.BAD_RATE)
    assert rate.tables[0].rows[0][rate.tables[0].columns.index("bads")] == now.default.sum()


def test_each_period_is_compared_with_the_earlier_rows(now, then, limits):
    period = np.resize(["2024-01", "2024-02", "2024-03"], len(now))
    made = list(monitored(replace(now, period=period, earlier=Earlier(*then.sides)), limits))
    assert [evidence.period for evidence in of(made, stability.PSI, "champion")] == sorted(set(period))
    assert sum(evidence.rows for evidence in of(made, stability.PSI, "champion")) == 1_500


def test_without_outcomes_on_both_sides_nothing_is_said_of_them(now, then, limits):
    for subject in (
        replace(now, earlier=Earlier(*then.sides)),
        replace(now, default=None, earlier=Earlier(*then.sides, then.default)),
    ):
        made = list(monitored(subject, limits))
        assert of(made, drift.BAD_RATE) + of(made, drift.CALIBRATION) + of(made, drift.AUC) == []


def test_a_period_of_the_same_name_before_is_told_apart(now, then, limits):
    period = np.full(len(now), "2024-01")
    before = Earlier(*then.sides, then.default, period=np.resize(["2023-12", "2024-01"], 1_100))
    made = of(list(monitored(replace(now, period=period, earlier=before), limits)), drift.CALIBRATION, "champion")
    names = [
        row[part.columns.index("period")] for evidence in made for part in evidence.tables[:1] for row in part.rows
    ]
    assert names == ["2023-12", "2024-01 (earlier)", "2024-01"]


def test_weights_of_one_are_none(now, then, limits):
    bare = replace(now, earlier=Earlier(*then.sides, then.default))
    ones = replace(bare, weight=np.ones(1_500), earlier=replace(bare.earlier, weight=np.ones(1_100)))
    for method in (drift.BAD_RATE, drift.CALIBRATION, drift.AUC):
        pairs = zip(of(list(monitored(bare, limits)), method), of(list(monitored(ones, limits)), method), strict=True)
        for one, other in pairs:
            assert (one.mark, one.value) == (other.mark, pytest.approx(other.value))


def test_alarms_are_what_is_watched_and_marked_failures_first(now, then, limits):
    made = list(monitored(replace(now, earlier=Earlier(*then.sides, then.default)), limits))
    psi, missing = of(made, stability.PSI, "champion")[0], of(made, drift.MISSING)[0]
    entries = [
        Entry("challenger", replace(psi, mark=Mark.ATTENTION, period="2024-01")),
        Entry("champion", replace(psi, mark=Mark.PASS)),
        Entry("data", replace(missing, mark=Mark.FAIL)),
        Entry("change", replace(of(made, migration.CONCENTRATION)[0], mark=Mark.NOT_EVALUATED)),
        Entry("change", replace(psi, mark=Mark.FAIL, method=replace(psi.method, id="change.harm"))),
    ]
    rung = alarms(entries)
    assert [(a["id"], a["whom"], a["verdict"], a["period"]) for a in rung] == [
        (drift.MISSING.id, "data", "fail", ""),
        (stability.PSI.id, "challenger", "attention", "2024-01"),
    ]


def test_the_plan_is_of_the_thresholds_file(limits):
    rows = plan(WATCHED, limits)
    psi = next(row for row in rows if row["id"] == stability.PSI.id)
    assert (psi["attention"], psi["fail"]) == (limits[stability.PSI.id].attention, limits[stability.PSI.id].fail)
    needs = {row["id"]: row["needs"] for row in rows}
    assert (needs[stability.PSI.id], needs[drift.AUC.id]) == ("applications", "outcomes")
    assert plan([replace(stability.PSI, id="no.threshold")], limits) == []
