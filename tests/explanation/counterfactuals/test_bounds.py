"""Which values an applicant may come to: column by column, as train and the modeller say."""

import numpy as np
import pytest

from riskmodel.core import Column, Kind, Role
from riskmodel.explanation.counterfactuals.bounds import Bounds

NUMBER = Column("n", low=-1.0, high=4.0)
LEVEL = Column("level", kind=Kind.CATEGORICAL, categories=("a", "b"))


def of(column, **directions):
    return Bounds.of((column,), directions)


def ways(column, **directions):
    """Whether it may fall, rise, and take any value."""
    bounds = of(column, **directions)
    return bounds.falls[0], bounds.rises[0], bounds.free[0]


@pytest.mark.parametrize(
    ("directions", "due"),
    [
        ({}, (True, True, True)),
        ({"n": "any"}, (True, True, True)),
        ({"n": "up"}, (False, True, False)),
        ({"n": "down"}, (True, False, False)),
        ({"other": "up"}, (False, False, False)),  # where some are named no other changes
    ],
)
def test_a_number_goes_where_its_direction_says(directions, due):
    assert ways(NUMBER, **directions) == due
    assert of(NUMBER, **directions).changes(0) is any(due)


@pytest.mark.parametrize(("monotone", "due"), [(-1, (False, True, True)), (1, (True, False, True)), (0, (True,) * 3)])
def test_a_column_with_a_direction_goes_the_way_that_does_not_raise_the_pd(monotone, due):
    assert ways(Column("n", monotone=monotone)) == due


def test_a_direction_against_that_of_the_model_leaves_none():
    assert ways(Column("n", monotone=-1), n="down") == (False, False, False)
    assert ways(Column("n", monotone=-1), n="up") == (False, True, False)


@pytest.mark.parametrize("way", ["up", "down", "any"])
def test_a_level_lies_in_no_direction(way):
    assert ways(LEVEL, level=way) == (True, True, True)
    assert ways(LEVEL, other=way) == (False, False, False)


@pytest.mark.parametrize("column", [Column("n", role=Role.PROTECTED), Column("n_is_96", source="n", codes=(96.0,))])
@pytest.mark.parametrize("directions", [{}, {"n": "any", "n_is_96": "any"}])
def test_what_is_protected_and_what_marks_a_code_stays(column, directions):
    bounds = Bounds.of((column,), directions)
    assert not bounds.changes(0)
    assert not bounds.allowed(0, 1.0, np.array([0.0, 1.0, 2.0])).any()


def test_numbers_stay_within_what_train_had():
    values = np.array([-1.0000001, -1.0, 0.0, 4.0, 4.0000001])
    assert of(NUMBER).allowed(0, 1.0, values).tolist() == [False, True, True, True, False]


def test_a_column_whose_range_nobody_knows_has_none():
    assert of(Column("n")).allowed(0, 0.0, np.array([-1e300, 1e300, np.inf])).all()


@pytest.mark.parametrize(("way", "due"), [("up", [False, True, True]), ("down", [True, False, False])])
def test_a_value_below_is_a_fall_and_any_other_none(way, due):
    assert of(NUMBER, n=way).allowed(0, 1.0, np.array([0.5, 1.0, 1.5])).tolist() == due


def test_of_each_feature_its_own():
    bounds = Bounds.of((NUMBER, LEVEL, Column("m", monotone=1)), {"n": "up", "m": "any"})
    assert bounds.falls.tolist() == [False, False, True]
    assert bounds.rises.tolist() == [True, False, False]
    assert bounds.free.tolist() == [False, False, True]
    assert [bounds.changes(place) for place in range(3)] == [True, False, True]
    low, high, falls, rises = bounds.arrays
    assert (low.tolist(), high.tolist()) == ([-1.0, -np.inf, -np.inf], [4.0, np.inf, np.inf])
    assert (falls is bounds.falls, rises is bounds.rises) == (True, True)
