"""The bound that holds for a loss in a handful of rows: its limits, and its size in simulated samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import beta, poisson

from riskmodel.stats import rare_faults

LEVEL = 0.95


def test_where_no_row_weighs_much_it_is_the_normal_one():
    assert rare_faults.quantile(LEVEL, 0.01) == pytest.approx(ndtri(LEVEL))
    assert rare_faults.p_value(2.0, 0.04) == pytest.approx(ndtr(-2.0))


def test_where_each_row_weighs_much_it_is_clopper_and_pearsons():
    units, amplitude, error = 400, 0.8, 1e-6
    bound = rare_faults.quantile(LEVEL, amplitude / (units * error)) * error
    assert bound == pytest.approx(amplitude * beta.ppf(LEVEL, 1, units), rel=0.02)
    assert rare_faults.unseen_share(LEVEL, units) == pytest.approx(beta.ppf(LEVEL, 1, units))


@given(st.floats(0.06, 20.0), st.floats(0.5, 0.99))
def test_the_quantile_has_the_p_value_of_its_level(weight, level):
    quantile = rare_faults.quantile(level, weight)
    assert quantile >= ndtri(level) - 1e-9
    assert rare_faults.p_value(quantile, weight) <= 1 - level + 1e-6


@pytest.mark.parametrize(
    ("statistic", "weight"), [(1.7, 0.06), (2.0, 0.5), (-0.5, 1.0), (2.5, 3.0), (6.0, 0.2), (3.0, 12.0)]
)
def test_the_p_value_is_the_sum_written_out(statistic, weight):
    """Over every number of rows that Poisson's law gives a chance, for each mean."""
    worst = ndtr(-statistic)
    for mean in [0.0, *np.geomspace(0.01, 30.0, 160)]:
        chance = poisson.pmf(np.arange(200), mean)
        passing = [ndtr((mean - k) * weight - statistic * np.sqrt(1 + k * weight**2)) for k in range(200)]
        worst = max(worst, float(chance @ passing))
    assert rare_faults.p_value(statistic, weight) == pytest.approx(worst, rel=1e-9, abs=1e-13)


@given(st.floats(0.0, 10.0), st.floats(0.0, 8.0), st.floats(0.0, 8.0))
def test_more_evidence_never_gives_a_larger_p_value(weight, statistic, more):
    assert rare_faults.p_value(statistic + more, weight) <= rare_faults.p_value(statistic, weight) + 1e-12


def test_the_rows_that_are_needed_rule_the_margin_out():
    needed = rare_faults.units_needed(LEVEL, 0.005, 0.75)
    assert 0.75 * rare_faults.unseen_share(LEVEL, needed) <= 0.005 < 0.75 * rare_faults.unseen_share(LEVEL, needed - 1)


@pytest.mark.parametrize(("units", "share"), [(60, 0.03), (1000, 0.008)])
def test_a_true_loss_of_the_margin_passes_in_at_most_one_of_twenty(units, share):
    """Normal noise and a rare loss of .7 a row; the statistic is the plain one of a mean."""
    random, amplitude, passed, replications = np.random.default_rng(units), 0.7, 0, 1500
    for _ in range(replications):
        values = random.normal(0, 0.02, units) - amplitude * (random.random(units) < share)
        error = values.std(ddof=1) / np.sqrt(units)
        statistic = (values.mean() + share * amplitude) / error
        diffuse = values.clip(-0.1, 0.1).std(ddof=1) / np.sqrt(units)
        passed += rare_faults.p_value(statistic, amplitude / (units * diffuse)) < 1 - LEVEL
    assert passed / replications <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / replications)


@pytest.mark.parametrize(("weight", "statistic"), [(0.3, 1.6), (0.8, 2.0), (3.0, 2.5)])
def test_the_p_value_is_the_worst_chance_in_simulated_samples(weight, statistic):
    """Spoilt rows come by Poisson's law, each takes its weight, and adds its square to the variance."""
    draw, chances = np.random.default_rng(3), []
    for mean in (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0):
        spoilt = draw.poisson(mean, 150_000)
        value = draw.normal(size=150_000) + (mean - spoilt) * weight
        chances.append(np.mean(value / np.sqrt(1 + spoilt * weight**2) > statistic))
    p_value = rare_faults.p_value(statistic, weight)
    error = np.sqrt(p_value * (1 - p_value) / 150_000)
    assert max(chances) <= p_value + 4 * error
    assert max(chances) >= 0.9 * p_value - 4 * error  # the means that are looked at are few
