"""Monitoring period by period, with outcomes and without."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.core import Column
from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.stability import drift

FEATURES = (Column("income"), Column("debt"))


@pytest.fixture
def later():
    rng = np.random.default_rng(0)
    dates = np.datetime64("2024-01-15") + rng.integers(0, 365, 4000)
    return rng, drift.quarters(dates)


def test_periods_are_named_after_the_calendar():
    dates = np.array(["2023-12-31", "2024-01-01", "2024-06-30"], "datetime64[D]")
    assert drift.quarters(dates).tolist() == ["2023-Q4", "2024-Q1", "2024-Q2"]
    assert drift.months(dates).tolist() == ["2023-12", "2024-01", "2024-06"]


def test_the_period_whose_scores_shift_is_the_alarm(later, limits):
    rng, period = later
    score = rng.normal(1.0 * (period == "2024-Q3"))
    result = drift.score_shift(rng.normal(size=3000), score, period, limits)
    assert [e.period for e in result] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1"]
    assert [e.period for e in drift.alarms(result) if e.mark is Mark.FAIL] == ["2024-Q3"]


def test_features_and_missing_values_are_watched_by_period(later, limits):
    rng, period = later
    reference, current = rng.normal(size=(3000, 2)), rng.normal(size=(4000, 2))
    current[(period == "2024-Q2") & (rng.random(4000) < 0.3), 1] = np.nan
    alarms = drift.alarms(drift.missing_shift(reference, current, FEATURES, period, limits))
    assert [(e.period, e.about) for e in alarms] == [("2024-Q2", "debt")]
    assert alarms[0].value == pytest.approx(0.3, abs=0.05)
    alarms = drift.alarms(drift.feature_shift(reference, current, FEATURES, period, limits))
    assert [(e.period, e.about) for e in alarms] == [("2024-Q2", "debt")]


def test_outcomes_are_watched_where_there_are_any(draw, later, limits, independent):
    _, period = later
    before, pd_before = draw(3000, seed=5)
    now, pd = draw(4000, seed=6)
    default = now.default.copy()
    late = period == "2024-Q4"
    default[late] = np.random.default_rng(1).permutation(default[late] | (pd[late] > 0.35))
    results = [
        drift.bad_rate(before.default, default, period, limits),
        drift.calibration(default, pd, period, independent),
        drift.auc(before.default, pd_before, default, pd, period, limits),
    ]
    assert [(e.about, e.mark) for e in results] == [("2024-Q4", Mark.FAIL)] * 3
    bad_year = drift.calibration(default, pd, period, limits)
    assert bad_year.p_value > results[1].p_value
    calm = drift.auc(before.default, pd_before, now.default, pd, period, limits)
    assert calm.mark is Mark.PASS


def test_without_outcomes_nothing_is_claimed(later, draw, limits):
    _, period = later
    before, pd = draw(3000)
    for result in (
        drift.bad_rate(before.default, None, period, limits),
        drift.calibration(None, pd, period, limits),
        drift.auc(before.default, pd, None, pd, period, limits),
    ):
        assert result.mark is Mark.NOT_EVALUATED
        assert result.reason == "The data have no outcome."
    assert drift.alarms([result]) == ()


def test_a_period_of_three_rows_is_not_evaluated(draw, limits):
    before, pd = draw(600)
    period = np.array(["2024-01"] * 597 + ["2024-02"] * 3)
    result = drift.bad_rate(before.default, before.default, period, limits)
    assert [row[8] for row in result.tables[0].rows] == ["pass", "NOT EVALUATED"]
    assert drift.score_shift(pd, pd, period, limits)[1].mark is Mark.NOT_EVALUATED
    with pytest.raises(DataError, match="default must have 600 rows as period has"):
        drift.bad_rate(before.default, before.default[:-1], period, limits)
