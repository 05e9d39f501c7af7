"""Losses against sklearn, slope and intercept against statsmodels, and the line that repairs a calibration."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn import metrics

from riskmodel.core import Calibration
from riskmodel.errors import DataError
from riskmodel.evaluation.metrics.calibration import brier, fit_calibration, log_loss, slope_and_intercept


def test_brier_and_log_loss_are_sklearns(draw):
    sample, pd = draw(431)
    assert brier(sample.default, pd).value == pytest.approx(metrics.brier_score_loss(sample.default, pd), rel=1e-12)
    assert log_loss(sample.default, pd).value == pytest.approx(metrics.log_loss(sample.default, pd), rel=1e-12)


def test_a_certain_pd_that_is_wrong_costs_as_much_as_in_sklearn():
    default, pd = np.array([1, 0, 1, 0], dtype=np.int8), np.array([0.0, 1.0, 1.0, 0.0])
    assert log_loss(default, pd).value == pytest.approx(metrics.log_loss(default, pd), rel=1e-9)


@pytest.mark.parametrize("rows", [60, 3_001])
def test_slope_and_intercept_are_those_of_statsmodels(draw, rows):
    sample, pd = draw(rows, seed=2)
    skewed = expit(0.4 + 1.7 * logit(pd))
    fitted = sm.GLM(sample.default, sm.add_constant(logit(skewed)), family=sm.families.Binomial()).fit(tol=1e-14)
    slope, intercept = slope_and_intercept(sample.default, skewed)
    assert (intercept.value, slope.value) == pytest.approx(fitted.params, rel=1e-6)
    bounds = [[intercept.low, intercept.high], [slope.low, slope.high]]
    np.testing.assert_allclose(bounds, fitted.conf_int(), rtol=1e-5)


def test_true_pds_have_slope_one_and_intercept_zero_within_their_intervals(draw):
    slope, intercept = slope_and_intercept(draw(5_000)[0].default, draw(5_000)[1])
    assert slope.low < 1 < slope.high
    assert intercept.low < 0 < intercept.high


@pytest.mark.parametrize(
    "pd",
    [
        pytest.param([0.2, 0.2, 0.2, 0.2, 0.2], id="constant"),
        pytest.param([0.1, 0.2, 0.3, 0.8, 0.9], id="separated"),
        pytest.param([0.1, 0.2, 0.3, 0.3, 0.9], id="separated but for a tie"),
        pytest.param([0.9, 0.8, 0.7, 0.2, 0.1], id="separated the wrong way"),
        pytest.param([0.0, 0.0, 0.0, 1.0, 1.0], id="certain"),
    ],
)
def test_slope_and_intercept_that_cannot_be_told_are_not_evaluated(pd):
    result = slope_and_intercept(np.array([0, 0, 0, 1, 1], dtype=np.int8), np.array(pd))
    assert all(np.isnan([figure.value, figure.low, figure.high]).all() for figure in result)


def test_one_pair_out_of_order_is_enough_for_a_slope():
    default = np.array([0] * 50 + [1, 0] + [1] * 20, dtype=np.int8)
    slope, _ = slope_and_intercept(default, np.linspace(0.01, 0.99, len(default)))
    assert 1 < slope.value < slope.high < np.inf


def test_the_line_undoes_a_known_distortion(draw):
    sample, pd = draw(4_000, seed=5)
    line = fit_calibration((logit(pd) - 0.7) / 2.5, sample.default)
    assert (line.intercept, line.slope) == pytest.approx((0.7, 2.5), abs=0.3)
    slope, intercept = slope_and_intercept(sample.default, expit(line((logit(pd) - 0.7) / 2.5)))
    assert (slope.value, intercept.value) == pytest.approx((1, 0), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 90), st.floats(-4, 4), st.floats(-30, 30))
def test_the_mean_pd_becomes_the_bad_rate_and_no_order_is_turned(seed, rows, direction, shift):
    rng = np.random.default_rng(seed)
    margin = rng.normal(size=rows) + shift
    default = (rng.random(rows) < expit(direction * (margin - shift))).astype(np.int8)
    default[:2] = 0, 1
    line = fit_calibration(margin, default)
    assert line.slope > 0
    assert expit(line(margin)).mean() == pytest.approx(default.mean(), abs=1e-8)


def test_a_scorer_that_ranks_the_wrong_way_round_keeps_its_ranking(draw):
    sample, pd = draw(500)
    assert fit_calibration(-logit(pd), sample.default).slope == 1


def test_a_constant_margin_moves_to_the_bad_rate():
    line = fit_calibration(np.full(8, -3.0), np.array([1, 0, 0, 0, 0, 0, 1, 0], dtype=np.int8))
    assert line == Calibration(pytest.approx(logit(0.25) + 3), 1.0)


def test_a_margin_that_separates_keeps_its_slope():
    line = fit_calibration(np.arange(6.0), np.array([0, 0, 0, 0, 1, 1], dtype=np.int8))
    assert line.slope == 1


@pytest.mark.parametrize("default", [[0, 0, 0], [1, 1, 1]])
def test_one_class_cannot_be_calibrated_on(default):
    with pytest.raises(DataError, match=r"must have bads and goods to calibrate on, however: [03] bads in 3 rows"):
        fit_calibration(np.arange(3.0), np.array(default, dtype=np.int8))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_margin_that_is_not_finite_is_refused(wrong):
    with pytest.raises(DataError, match="margins must be finite"):
        fit_calibration(np.array([0.0, wrong, 1.0]), np.array([0, 1, 0], dtype=np.int8))
