"""Intervals against statsmodels, and by how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from riskmodel.stats.interval import of_mean, of_share


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
