"""Features made worse on purpose."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.core import Column, Kind
from riskmodel.evaluation.robustness.stress_inputs import lost_at_random, lost_extremes, noise, shifted

FEATURES = (Column("income", monotone=-1), Column("job", kind=Kind.CATEGORICAL), Column("debt"), Column("none"))


@pytest.fixture
def matrix():
    rng = np.random.default_rng(0)
    drawn = rng.normal([50, 0, 3, 0], [10, 0, 2, 0], (2000, 4))
    drawn[:, 1] = rng.integers(0, 4, 2000)
    drawn[:300, 2] = np.nan
    drawn[:, 3] = np.nan
    return drawn


def test_noise_is_a_share_of_each_features_spread_and_spares_categories(matrix):
    other = noise(matrix, FEATURES, 0.5, seed=1)
    assert np.nanstd((other - matrix)[:, [0, 2]], axis=0) == pytest.approx([5, 1], rel=0.08)
    assert np.array_equal(other[:, 1], matrix[:, 1])
    assert np.array_equal(np.isnan(other), np.isnan(matrix))
    assert np.array_equal(noise(matrix, FEATURES, 0.5, seed=1), other, equal_nan=True)


def test_a_shift_goes_towards_more_risk(matrix):
    steps = shifted(matrix, FEATURES, 2.0) - matrix
    assert steps[:, 0] == pytest.approx(-20, rel=0.08)
    assert steps[300:, 2] == pytest.approx(4, rel=0.08)
    assert not steps[:, 1].any()


def test_values_are_lost_at_random_or_at_the_risky_end(matrix):
    assert np.isnan(lost_at_random(matrix, 0.2, seed=0)[:, 0]).mean() == pytest.approx(0.2, abs=0.03)
    lost = lost_extremes(matrix, FEATURES, 0.1)
    gone = np.isnan(lost[:, 0])
    assert gone.mean() == pytest.approx(0.1, abs=0.01)
    assert matrix[gone, 0].max() <= matrix[~gone, 0].min()
    gone = np.isnan(lost[300:, 2])
    assert matrix[300:, 2][gone].min() >= matrix[300:, 2][~gone].max()
    assert not np.isnan(lost[:, 1]).any()


def test_the_given_matrix_stays_as_it_is(matrix):
    before = matrix.copy()
    lost_extremes(matrix, FEATURES, 0.1), noise(matrix, FEATURES, 1, 0), lost_at_random(matrix, 0.5, 0)
    assert np.array_equal(matrix, before, equal_nan=True)
