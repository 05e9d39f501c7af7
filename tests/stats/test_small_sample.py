"""Intervals from few bads: they hold the truth where the usual ones do not, and never pretend."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from riskmodel.core import Verdict
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.metrics.calibration import fit_calibration
from riskmodel.evaluation.metrics.discrimination import auc, ks
from riskmodel.stats.sample_size import FEW, fewest
from riskmodel.stats.small_sample import around_auc, around_ks

COUNT = st.integers(2, 300)


@given(st.floats(0.001, 0.999), COUNT, COUNT)
def test_an_auc_lies_in_its_interval_which_mirrors_and_narrows(value, bads, goods):
    low, high = around_auc(value, bads, goods)
    assert 0 <= low < value < high <= 1
    assert around_auc(1 - value, goods, bads) == pytest.approx((1 - high, 1 - low), abs=1e-9)
    more = around_auc(value, 4 * bads, 4 * goods)
    assert low <= more[0] < more[1] <= high


def test_the_bounds_are_the_aucs_at_the_edge_of_contradiction():
    """At either bound, z of the observed AUC is 1.96 by the variance that the bound itself implies."""
    bads, goods, value = 7, 90, 0.8
    for truth in around_auc(value, bads, goods):
        spread = (bads + goods) / 2 - 1
        variance = truth * (1 - truth) * (1 + spread * ((1 - truth) / (2 - truth) + truth / (1 + truth)))
        assert abs(value - truth) / np.sqrt(variance / (bads * goods)) == pytest.approx(norm.ppf(0.975), rel=1e-6)


@pytest.mark.parametrize("bads", [2, 5, 12])
def test_intervals_of_auc_and_ks_hold_the_truth_with_few_bads(bads):
    """Binormal scores; DeLong's interval alone held 71, 84 and 91 %, the bootstrap's of KS 45, 60 and 75 %."""
    shift, rng = 1.4, np.random.default_rng(1)
    truths = norm.cdf(shift / np.sqrt(2)), 2 * norm.cdf(shift / 2) - 1
    default = np.array([1] * bads + [0] * 120, dtype=np.int8)
    held = []
    for _ in range(200):
        score = rng.normal(shift * default)
        result = zip((auc(default, score), ks(default, score)), truths, strict=True)
        held.append([figure.low <= truth <= figure.high for figure, truth in result])
    assert (np.mean(held, axis=0) > 0.94).all()


def test_kolmogorovs_band_is_the_table_of_his_test():
    """Critical values at 5 %: 0.410 for n = 10, 0.294 for n = 20 (Massey 1951)."""
    assert around_ks(0.5, 10, 10**9).high - 0.5 == pytest.approx(0.410, abs=2e-3)
    assert around_ks(0.5, 20, 10**9).high - 0.5 == pytest.approx(0.294, abs=2e-3)
    assert around_ks(0.9, 2, 5).high == 1


def test_the_smaller_class_is_counted():
    assert fewest(np.array([1, 0, 0, 0], dtype=np.int8)) == fewest(np.array([1, 1, 1, 0], dtype=np.int8)) == 1


@pytest.mark.parametrize("delta", [-0.5, 0.0, 0.5])
@pytest.mark.parametrize("error", [0.0, 0.01])
def test_below_twenty_nothing_is_decided(delta, error):
    result = judge(delta, error, 0.005, least=19)
    assert (result.verdict, result.p_value, result.detectable) == (Verdict.INCONCLUSIVE, 1.0, 1.0)
    assert result.lower <= delta <= result.upper


@given(st.floats(-0.1, 0.1), st.floats(1e-4, 0.1), st.integers(20, 200))
def test_from_twenty_on_bounds_and_p_value_agree_and_few_rows_say_less(delta, error, least):
    result, plenty = judge(delta, error, 0.005, least), judge(delta, error, 0.005)
    if abs(result.p_value - 0.05) > 1e-9:
        assert (result.verdict is Verdict.NON_INFERIOR) == (result.p_value < 0.05)
    assert result.lower <= plenty.lower
    assert result.detectable >= plenty.detectable
    if least >= FEW:
        assert result == plenty


def test_students_quantile_is_the_table():
    assert [-judge(0.0, 1.0, 9.0, rows).lower for rows in (2, 20)] == pytest.approx([6.314, 1.729], abs=1e-3)


@pytest.mark.parametrize(("bads", "slope_is_fitted"), [(19, False), (20, True)])
def test_a_slope_needs_ten_bads_for_each_of_its_two_parameters(bads, slope_is_fitted):
    rng = np.random.default_rng(0)
    default = np.array([1] * bads + [0] * 400, dtype=np.int8)
    margin = rng.normal(2 * default)
    assert (fit_calibration(margin, default).slope != 1) == slope_is_fitted
