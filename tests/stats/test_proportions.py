"""Shares and their differences against statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from riskmodel.stats.proportions import difference, p_different, p_higher, paired_difference, ratio

COUNTS = (37, 90, 61, 210)


def test_the_difference_has_newcombes_interval():
    result = difference(*COUNTS)
    expected = confint_proportions_2indep(*COUNTS, method="newcomb", compare="diff")
    assert (result.low, result.high) == pytest.approx(expected, abs=1e-9)
    wide = difference(*COUNTS, tests=5)
    expected = confint_proportions_2indep(*COUNTS, method="newcomb", compare="diff", alpha=0.05 / 5)
    assert (wide.low, wide.high) == pytest.approx(expected, abs=1e-9)


def test_the_ratio_has_katz_interval():
    result = ratio(*COUNTS)
    expected = confint_proportions_2indep(*COUNTS, method="log", compare="ratio")
    assert (result.low, result.high) == pytest.approx(expected, rel=1e-9)
    assert result.value == pytest.approx((37 / 90) / (61 / 210))


@given(st.integers(0, 12), st.integers(0, 30))
def test_the_mid_p_lies_below_fishers_and_both_ways_sum_to_one(ones, others):
    table = [[ones, 12 - ones], [others, 30 - others]]
    exact = fisher_exact(table, alternative="greater").pvalue
    result = p_higher(ones, 12, others, 30)
    assert exact / 2 - 1e-9 <= result <= exact + 1e-9
    assert result + p_higher(others, 30, ones, 12) == pytest.approx(1)
    assert 0 <= p_different(ones, 12, others, 30) <= 1


def test_shares_of_nothing_have_no_ratio():
    assert np.isnan(ratio(5, 10, 0, 10).value)
    assert ratio(0, 10, 5, 10).value == 0


def test_a_paired_difference_holds_its_level_at_few_discordant_rows():
    random, rows, covered = np.random.default_rng(0), 400, 0
    for _ in range(1500):
        cell = random.choice(4, size=rows, p=[0.012, 0.004, 0.03, 0.954])
        result = paired_difference(np.isin(cell, (0, 2)), np.isin(cell, (1, 2)))
        covered += result.low <= 0.008 <= result.high
    assert 0.94 < covered / 1500 < 0.985


def test_rows_that_belong_together_widen_a_paired_difference():
    first, second = np.arange(900) < 30, np.arange(900) < 12
    together = np.repeat(np.arange(150), 6)
    alone = paired_difference(first, second)
    wide = paired_difference(first, second, together)
    assert alone.value == wide.value == 0.02
    assert paired_difference(first, second, np.arange(900)) == alone
    assert (wide.high - wide.low) > 1.8 * (alone.high - alone.low)
    none = paired_difference(second, second)
    assert none.low < 0 < none.high
