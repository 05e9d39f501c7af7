"""Intervals against statsmodels, and by how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ncx2, norm
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from riskmodel.stats.interval import around, of_mean, of_noncentrality, of_share, of_share_of, simultaneous


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (7, 7), (3, 11), (5_321, 6_000)])
def test_a_share_has_the_wilson_interval_of_statsmodels(successes, trials):
    result = of_share(successes, trials)
    assert result.value == successes / trials
    assert (result.low, result.high) == pytest.approx(proportion_confint(successes, trials, method="wilson"), abs=1e-12)


def test_a_mean_has_the_normal_interval_of_statsmodels():
    values = np.random.default_rng(0).exponential(size=101)
    result = of_mean(values)
    assert (result.low, result.high) == pytest.approx(DescrStatsW(values).zconfint_mean(), rel=1e-12)


def test_the_interval_of_a_mean_holds_the_truth_in_about_95_percent():
    draws = np.random.default_rng(1).normal(3.0, 2.0, (1_000, 200))
    held = [result.low <= 3.0 <= result.high for result in map(of_mean, draws)]
    assert 0.93 < np.mean(held) < 0.97


@pytest.mark.parametrize(("value", "error"), [(0.7, 0.02), (-3.0, 1.5)])
def test_a_normal_interval_is_that_of_the_normal_distribution(value, error):
    assert (around(value, error).low, around(value, error).high) == pytest.approx(norm.interval(0.95, value, error))
    for tests in (1, 4, 30):
        result = simultaneous(value, error, tests)
        assert (result.low, result.high) == pytest.approx(norm.interval(1 - 0.05 / tests, value, error))
    assert simultaneous(value, error, 0) == simultaneous(value, error, 1)


def test_weighted_and_clustered_shares_reduce_to_wilsons_interval():
    """With equal weights, and with a cluster a row, there are as many independent rows as rows, but for n / (n - 1)."""
    hits = np.random.default_rng(4).random(4_001) < 0.03
    due = of_share(int(hits.sum()), len(hits))
    for result in (of_share_of(hits), of_share_of(hits, None, np.full(len(hits), 7.0))):
        assert (result.value, result.low, result.high) == pytest.approx((due.value, due.low, due.high), rel=1e-3)
    none = of_share_of(np.zeros(50, bool), None, np.r_[np.ones(25), np.full(25, 3.0)])
    kish = (25 + 75) ** 2 / (25 + 25 * 9)  # rows that count
    assert (none.low, none.high) == pytest.approx(proportion_confint(0, kish, method="wilson"), abs=1e-9)


@pytest.mark.parametrize(("statistic", "freedom"), [(9.0, 3), (40.0, 12), (250.0, 5)])
def test_the_bounds_of_the_noncentrality_have_the_statistic_as_their_quantile(statistic, freedom):
    low, high = of_noncentrality(statistic, freedom)
    assert low < statistic < high + freedom
    assert ncx2.cdf(statistic, freedom, high) == pytest.approx(0.025, abs=1e-9)
    assert low == 0 or ncx2.cdf(statistic, freedom, low) == pytest.approx(0.975, abs=1e-9)
    assert of_noncentrality(0.01, freedom) == (0.0, 0.0)
