"""Errors of rows that belong together: against statsmodels, with one row a cluster, and of rows that repeat."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import DataError
from riskmodel.stats.clusters import coded, design_effect, effective, skewness, standard_error, sums


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
