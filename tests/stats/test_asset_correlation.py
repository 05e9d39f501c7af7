"""One systematic factor: the usual tests at correlation 0, and right sizes where outcomes go together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, multivariate_normal, norm

from riskmodel.stats.asset_correlation import conditional, hosmer_lemeshow_p, jeffreys_p


def test_the_mean_over_factors_is_the_pd_and_two_loans_default_together_as_vasicek_says():
    factor = norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    given = conditional(np.array([0.02, 0.1]), factor, 0.15)
    assert given.mean(axis=0) == pytest.approx([0.02, 0.1], rel=1e-3)
    both = multivariate_normal(cov=[[1, 0.15], [0.15, 1]]).cdf([norm.ppf(0.1)] * 2)
    assert (given[:, 1] ** 2).mean() == pytest.approx(both, rel=1e-3)


def test_without_correlation_it_is_the_beta_distribution():
    assert jeffreys_p(7, 200, 0.02) == pytest.approx(beta(7.5, 193.5).cdf(0.02))


def test_many_periods_say_more_than_one():
    one = jeffreys_p(360, 12_000, 0.025, 0.03)
    twelve = jeffreys_p(360, 12_000, 0.025, 0.03, np.full(12, 1000.0))
    assert jeffreys_p(360, 12_000, 0.025) < twelve < one


@pytest.mark.parametrize("periods", [1, 6])
def test_the_size_is_right_where_outcomes_go_together(periods):
    rng, rejected, plain = np.random.default_rng(0), 0, 0
    for _ in range(400):
        given = conditional(np.array([0.05]), rng.standard_normal(periods), 0.02)[:, 0]
        bads = int(rng.binomial(500, given).sum())
        rejected += jeffreys_p(bads, 500 * periods, 0.05, 0.02, np.full(periods, 500.0)) < 0.05
        plain += jeffreys_p(bads, 500 * periods, 0.05) < 0.05
    assert plain / 400 > 0.12
    assert rejected / 400 < 0.085


def test_groups_that_go_up_together_are_no_evidence_against_each():
    pd, rows = np.array([0.02, 0.05, 0.1, 0.2]), np.full((1, 4), 1000.0)
    bads = 1000 * conditional(pd, np.array([1.0]), 0.03)[0]
    statistic = float(((bads - 1000 * pd) ** 2 / (1000 * pd * (1 - pd))).sum())
    assert hosmer_lemeshow_p(statistic, pd, rows, 0.03) > 0.1
    assert hosmer_lemeshow_p(statistic, pd, rows, 1e-9) < 0.01
