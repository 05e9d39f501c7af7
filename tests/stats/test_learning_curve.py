"""The law gives back what it was drawn from, and its bound holds as often as it says."""

import numpy as np
import pytest

from riskmodel.stats.learning_curve import RATES, gain, law_of, of_subsets

SHARES = np.array([0.0625, 0.125, 0.25, 0.5, 1.0])


def test_points_of_a_law_give_the_law():
    rate = RATES[30]
    law = law_of(SHARES, 0.8 - 0.03 * SHARES**-rate, np.eye(5) * 1e-6)
    assert (law.limit, law.drop, law.rate) == pytest.approx((0.8, 0.03, rate), abs=1e-9)
    assert law.at(2.0) == pytest.approx(0.8 - 0.03 * 2**-rate)


def test_a_falling_curve_promises_nothing():
    made = gain(SHARES, np.array([0.75, 0.74, 0.73, 0.72, 0.71]), np.eye(5) * 1e-8)
    assert made.value == 0
    assert made.upper < 1e-3


@pytest.mark.parametrize(("drop", "rate"), [(0.01, 0.5), (0.03, 0.2), (0.002, 1.0)])
def test_the_bound_holds_in_at_least_nine_of_ten_samples(drop, rate):
    """Noise as selection and chance subsets give it, correlated between shares."""
    random, held, runs = np.random.default_rng(1), 0, 120
    covariance = 0.004**2 * (0.9 + 0.1 * np.eye(5)) + 0.001**2 / np.maximum.outer(SHARES, SHARES)
    truth = 0.8 - drop * SHARES**-rate
    gained = drop * (1 - 2.0**-rate)
    for _ in range(runs):
        held += gain(SHARES, random.multivariate_normal(truth, covariance), covariance, draws=200).upper >= gained
    assert held >= 0.9 * runs


def test_the_spread_of_nested_subsets_gives_the_covariance_of_their_means():
    """A mean of rows in place of a model: 2 repeats on one of 400 tables each, against the variance over tables."""
    random, means, covariances = np.random.default_rng(2), [], []
    shares = np.array([0.25, 0.5, 1.0])
    for _ in range(400):
        table = random.normal(size=64)
        areas = np.array(
            [[order[: int(s * 64)].mean() for s in shares] for order in (random.permutation(table) for _ in range(2))]
        )
        means.append(areas.mean(axis=0))
        covariances.append(of_subsets(shares, areas))
    np.testing.assert_allclose(np.mean(covariances, axis=0), np.cov(np.array(means).T), rtol=0.25)
