"""A figure against a tolerance: two one-sided tests, by Student's law where rows are few, by sign without spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, ttest_1samp

from riskmodel.stats.noninferiority import against

FEW, MANY = 12, 400
SEED = st.integers(0, 1000)


def influences(seed, rows):
    """Influences of a mean: symmetric about 0, so that nothing is skewed."""
    half = np.random.default_rng(seed).exponential(size=rows // 2)
    return np.concatenate([half, -half]) / rows


@given(SEED, st.floats(-1, 1), st.floats(-1, 1))
@settings(max_examples=20)
def test_with_few_rows_it_is_the_t_test_of_a_mean(seed, value, tolerance):
    influence = influences(seed, FEW)
    found = against(value, influence, tolerance)
    rows = influence * FEW + value
    assert found.p_beyond == pytest.approx(ttest_1samp(rows, tolerance, alternative="greater").pvalue, abs=1e-12)
    assert found.p_within == pytest.approx(ttest_1samp(rows, tolerance, alternative="less").pvalue, abs=1e-12)
    assert found.value == value


@given(SEED, st.floats(-0.2, 0.2))
@settings(max_examples=20)
def test_with_many_rows_it_is_the_normal_law(seed, tolerance):
    found = against(0.0, influences(seed, MANY), tolerance)
    assert found.p_within == pytest.approx(norm.cdf(-tolerance / found.standard_error), abs=1e-12)
    assert found.p_beyond + found.p_within == pytest.approx(1, abs=1e-12)


def test_rows_without_a_part_leave_the_law_as_it_was():
    few = influences(1, FEW)
    padded = np.concatenate([few, np.zeros(200)])
    alone, among = against(0.1, few, 0.3), against(0.1, padded, 0.3)
    as_normal = norm.cdf((0.1 - 0.3) / among.standard_error)
    assert among.p_within > 1.5 * as_normal or among.p_within - as_normal > 1e-3
    assert among.p_within == pytest.approx(alone.p_within, rel=0.2)


def test_what_it_can_detect_it_shows_in_four_samples_of_five():
    influence = influences(3, MANY)
    found = against(0.0, influence, 1.0)
    draws = np.random.default_rng(0).normal(0, found.standard_error, 1500)
    shown = np.mean([against(draw, influence, found.detectable).p_within < 0.05 for draw in draws])
    assert shown == pytest.approx(0.8, abs=0.035)


@pytest.mark.parametrize(
    ("value", "beyond", "within"),
    [(0.2, 0.0, 1.0), (0.1, 1.0, 1.0), (0.0, 1.0, 0.0)],
    ids=["beyond", "at", "within"],
)
def test_without_spread_the_sign_decides_and_a_tie_shows_nothing(value, beyond, within):
    found = against(value, np.zeros(10), 0.1)
    assert (found.p_beyond, found.p_within) == (beyond, within)
    assert found.standard_error == found.detectable == 0


@pytest.mark.parametrize("influence", [np.zeros(1), np.array([np.nan, 1.0]), np.array([np.inf, 0.0])])
def test_without_a_finite_error_nothing_is_shown(influence):
    found = against(0.5, influence, 0.1)
    assert (found.p_beyond, found.p_within) == (1, 1)
    assert not np.isfinite(found.detectable)


@given(SEED, st.floats(-0.5, 0.5))
@settings(max_examples=20)
def test_a_wider_tolerance_is_never_harder_to_keep(seed, value):
    influence = np.random.default_rng(seed).standard_exponential(80)
    influence = (influence - influence.mean()) / 80
    shown = [against(value, influence, tolerance).p_within for tolerance in np.linspace(-1, 1, 9)]
    assert np.all(np.diff(shown) <= 1e-12)


def test_rows_of_one_cluster_count_once():
    influence = np.repeat(influences(5, FEW), 20) / 20
    clusters = np.repeat(np.arange(FEW), 20)
    clustered, alone = against(0.0, influence, 0.1, clusters), against(0.0, influence, 0.1)
    assert clustered.standard_error == pytest.approx(against(0.0, influences(5, FEW), 0.1).standard_error)
    assert clustered.standard_error > 3 * alone.standard_error
    assert clustered.p_within > alone.p_within


def test_large_losses_a_sample_may_lack_make_it_harder_to_be_within():
    heavy = np.random.default_rng(2).lognormal(sigma=1.5, size=MANY)
    heavy = (heavy - heavy.mean()) / MANY
    value = -1.5 * against(0.0, heavy, 0.0).standard_error
    up, down = against(value, heavy, 0.0).p_within, against(value, -heavy, 0.0).p_within
    assert up > down
