"""The search near a row, against all corners of its box one by one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from linear_scorer import COLUMNS, LinearScorer

from riskmodel.core import Calibration
from riskmodel.evaluation.robustness.nearby_search import searched

WEIGHTS = (0.8, -1.1, 0.5)
REACH = np.array([0.3, 0.2, 0.0])


def scorer():
    return LinearScorer(COLUMNS, Calibration(), WEIGHTS)


def corners(matrix):
    """The PD at every corner of each row's box: n x corners."""
    steps = [np.array(step) * REACH for step in product((-1, 0, 1), repeat=3)]
    return np.column_stack([scorer().pd(matrix + step) for step in steps])


@given(seed=integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_exactly_those_with_a_corner_on_the_other_side_are_turned(seed):
    matrix = np.random.default_rng(seed).normal(size=(60, 3))
    result = searched(scorer(), matrix, REACH, 0.4)
    declined = scorer().pd(matrix) >= 0.4
    np.testing.assert_array_equal(result.turned, ((corners(matrix) >= 0.4) != declined[:, None]).any(axis=1))


def test_alone_is_what_one_feature_turns_and_never_more_than_is_turned():
    matrix = np.random.default_rng(0).normal(size=(300, 3))
    result, declined = searched(scorer(), matrix, REACH, 0.4), scorer().pd(matrix) >= 0.4
    for feature in range(3):
        step = np.eye(3)[feature] * REACH
        either = [scorer().pd(matrix + sign * step) >= 0.4 for sign in (-1, 1)]
        np.testing.assert_array_equal(result.alone[:, feature], (either != declined).any(axis=0))
    assert not (result.alone.any(axis=1) & ~result.turned).any()
    assert (result.turned & ~result.alone.any(axis=1)).any()  # two together do what neither does


def test_the_effect_is_the_largest_change_of_the_pd():
    matrix = np.zeros((1, 3))
    effect = searched(scorer(), matrix, REACH, 0.4).effect[0]
    expected = [abs(1 / (1 + np.exp(-w * r)) - 0.5) for w, r in zip(WEIGHTS, REACH, strict=True)]
    assert effect == pytest.approx(expected)


def test_missing_values_stay_and_without_reach_nothing_turns():
    matrix = np.array([[np.nan, 0.0, 1.0], [0.1, np.nan, 0.0]])
    result = searched(scorer(), matrix, REACH, 0.5)
    assert not result.alone[0, 0]
    assert not result.alone[1, 1]
    still = searched(scorer(), matrix, np.zeros(3), 0.5)
    assert (still.turned.any(), still.effect.any()) == (False, False)


def test_a_pd_at_the_cutoff_is_declined_and_the_least_step_turns_it():
    result = searched(scorer(), np.zeros((1, 3)), np.array([1e-6, 0.0, 0.0]), 0.5)
    assert result.turned.tolist() == [True]
