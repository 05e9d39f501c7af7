"""The Brier score in its parts, its skill, and the reliability curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.calibration.reliability import curve, decomposition, skill


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=1, max_size=60), st.integers(1, 12))
def test_the_parts_add_up_to_the_brier_score(rows, bins):
    default, steps = (np.array(values) for values in zip(*rows, strict=True))
    pd, default = steps / 8, default.astype(np.int8)
    result = decomposition(default, pd, bins)
    total = result.reliability - result.resolution + result.uncertainty + result.within - 2 * result.covariance
    assert total == pytest.approx(brier_score_loss(default, pd) if len(pd) else 0, abs=1e-12)


def test_of_grades_the_parts_are_murphys_three():
    """Two grades by hand: 10 rows at 0.2 with 1 bad, 30 rows at 0.6 with 21."""
    pd, default = np.repeat([0.2, 0.6], [10, 30]), np.repeat([1, 0, 1, 0], [1, 9, 21, 9]).astype(np.int8)
    result, rate = decomposition(default, pd), 22 / 40
    assert result.reliability == pytest.approx(0.25 * 0.1**2 + 0.75 * 0.1**2)
    assert result.resolution == pytest.approx(0.25 * (0.1 - rate) ** 2 + 0.75 * (0.7 - rate) ** 2)
    assert result.uncertainty == pytest.approx(rate * (1 - rate))
    assert (result.within, result.covariance) == pytest.approx((0, 0), abs=1e-15)


def test_the_interval_of_the_skill_is_near_a_bootstrap(draw, limits):
    sample, pd = draw(1500)
    rng, drawn = np.random.default_rng(1), []
    for _ in range(600):
        rows = rng.integers(0, 1500, 1500)
        y = sample.default[rows]
        drawn.append(1 - np.mean((pd[rows] - y) ** 2) / (y.mean() * (1 - y.mean())))
    result = skill(sample.default, pd, limits)
    assert (result.high - result.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.12)


def test_forecasts_worse_than_the_bad_rate_fail(draw, limits):
    sample, pd = draw(900)
    assert skill(sample.default, np.full(900, sample.default.mean()), limits).value == pytest.approx(0)
    assert skill(sample.default, 1 - pd, limits).mark is Mark.FAIL
    assert skill(np.zeros(900, np.int8), pd, limits).mark is Mark.NOT_EVALUATED


def test_the_curve_is_sklearns(draw, limits):
    sample, pd = draw(1000)
    result = curve(sample.default, pd, limits).tables[0]
    rates, means = calibration_curve(sample.default, pd, n_bins=10, strategy="quantile")
    np.testing.assert_allclose([row[4] for row in result.rows], rates, atol=0.02)
    np.testing.assert_allclose([row[3] for row in result.rows], means, atol=0.02)
    assert sum(row[1] for row in result.rows) == 1000
    assert all(row[5] <= row[4] <= row[6] for row in result.rows)


def test_calibrated_pds_pass_and_wrong_ones_fail(draw, limits):
    sample, pd = draw(2000)
    assert curve(sample.default, pd, limits).mark is Mark.PASS
    result = curve(sample.default, pd**1.6, limits)
    assert result.mark is Mark.FAIL
    assert result.low > 0.02
    assert curve(sample.default, pd, limits) == curve(sample.default, pd, limits)


def test_one_grade_for_all_is_one_bin(draw, limits):
    sample, _ = draw(400)
    result = curve(sample.default, np.full(400, 0.25), limits)
    assert len(result.tables[0].rows) == 1
    assert result.value == pytest.approx(abs(sample.default.mean() - 0.25))
