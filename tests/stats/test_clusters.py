"""Errors of rows that belong together: against statsmodels, with one row a cluster, and of rows that repeat."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import DataError
from riskmodel.stats.clusters import coded, design_effect, effective, floored, skewness, standard_error, sums


def influence(values):
    return (values - values.mean()) / len(values)


def test_the_error_of_a_mean_is_statsmodels_cluster_robust_one():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 40, 503)
    values = rng.normal(size=40)[labels] + rng.normal(size=503)
    fitted = sm.OLS(values, np.ones(503)).fit(cov_type="cluster", cov_kwds={"groups": labels, "use_correction": False})
    assert standard_error(influence(values), labels) == pytest.approx(fitted.bse[0] * np.sqrt(40 / 39))


def test_one_row_a_cluster_changes_nothing():
    values = np.random.default_rng(1).gamma(2, 1, 211)
    assert standard_error(influence(values)) == pytest.approx(values.std(ddof=1) / np.sqrt(211))
    assert standard_error(influence(values), np.arange(211)) == pytest.approx(standard_error(influence(values)))
    assert design_effect(values, np.arange(211)) == pytest.approx(1)
    assert effective(np.arange(211), 211) == effective(None, 211) == 211


@given(st.integers(2, 6), st.integers(0, 1000))
def test_rows_that_stand_several_times_count_once(times, seed):
    values = np.random.default_rng(seed).gamma(1, 1, 50)
    again = np.repeat(np.arange(50), times)
    assert standard_error(influence(values[again]), again) == pytest.approx(standard_error(influence(values)))
    assert skewness(influence(values[again]), again) == pytest.approx(skewness(influence(values)))
    assert effective(again, len(again)) == pytest.approx(50)
    assert design_effect(values[again], again) == pytest.approx(times, rel=0.2)


def test_one_large_cluster_leaves_few_that_count():
    assert effective(np.repeat([0, 1, 2, 3], [997, 1, 1, 1]), 1000) == pytest.approx(1, abs=0.01)


def test_sums_are_by_cluster_and_leave_out_codes_that_no_row_has():
    assert sums(np.array([1.0, 2, 3]), np.array([0, 2, 0])).tolist() == [4, 2]


@pytest.mark.parametrize(("labels", "message"), [(["a", "a"], "two clusters"), (["a", "b", "c"], "must have 2 rows")])
def test_labels_that_cannot_be_clusters_are_refused(labels, message):
    with pytest.raises(DataError, match=message):
        coded(np.array(labels), 2)


def test_few_clusters_that_agree_by_chance_make_no_error_smaller_than_rows_do():
    values = np.random.default_rng(2).normal(size=300)
    order = np.argsort(values)
    few, many = np.empty(300, int), np.empty(300, int)
    few[order], many[order] = np.arange(300) % 3, np.arange(300) % 75  # sums that hardly differ
    alone = standard_error(influence(values))
    assert standard_error(influence(values), few) == alone
    assert standard_error(influence(values), many) < 0.7 * alone
    assert floored(3.0, 3, 2.0) == 3.0
    assert np.isnan(standard_error(influence(values), np.zeros(300, int)))


def test_a_bound_by_three_months_holds_its_level_where_losses_are_skewed():
    """A month's loss goes with the square of its noise; the true one lies at the margin."""
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(3), 100)
    noise = rng.uniform(0.12, 0.32, (4000, 3))
    loss = noise[:, labels] ** 2 + 0.14 * rng.normal(size=(4000, 300))
    margin = 0.22**2 + 0.2**2 / 12
    errors = np.array([standard_error(influence(row), labels) for row in loss])
    passes = (loss.mean(axis=1) + 2.919986 * errors < margin).mean()
    assert passes < 0.05
    unfloored = np.array([row.reshape(3, 100).mean(axis=1).std(ddof=1) / np.sqrt(3) for row in loss])
    assert (loss.mean(axis=1) + 2.919986 * unfloored < margin).mean() > passes + 0.01
