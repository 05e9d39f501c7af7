"""Near rows: one of each cell comes first, of its outcome alone, and who goes leaves its weight to one that stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Column, Kind
from riskmodel.pruning.algorithms.rows.near import LEVELS, Nearness, nearness

FEATURES = (Column("income"), Column("job", kind=Kind.CATEGORICAL, categories=tuple("abcd")))


def of(matrix, default=None, order=None):
    matrix = np.array(matrix, float)
    default = np.zeros(len(matrix), np.int8) if default is None else np.array(default, np.int8)
    order = np.arange(len(matrix), dtype=float) if order is None else np.array(order, float)
    return nearness(matrix, FEATURES[: matrix.shape[1]], default, order)


def test_the_least_in_order_of_like_rows_comes_first():
    near = of([[1.0], [1.0], [1.0]], order=[2, 0, 1])
    assert near.tier.tolist() == [LEVELS, 0, LEVELS]
    assert near.parent.tolist() == [1, -1, 1]


def test_rows_of_two_outcomes_are_never_near():
    assert of([[1.0], [1.0]], default=[0, 1]).tier.tolist() == [0, 0]


def test_levels_of_a_category_are_never_joined():
    rows = [[1.0, code] for code in (0, 1, 2, 3, np.nan)]
    assert of(rows).tier.tolist() == [0] * 5


def test_a_missing_number_is_near_to_missing_ones_alone():
    near = of([[np.nan], [0.0], [np.nan], [0.0]])
    assert near.parent.tolist() == [-1, -1, 0, 1]


def test_a_column_without_any_number_is_one_cell():
    assert of([[np.nan], [np.nan]]).parent.tolist() == [-1, 0]


def test_the_nearer_rows_lie_the_finer_the_grid_in_which_they_are_one():
    near = of(np.arange(64.0)[:, None])
    assert np.bincount(near.tier, minlength=LEVELS + 1).tolist() == [4, 4, 8, 16, 32]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(1, 80))
def test_a_parent_is_of_the_same_outcome_earlier_and_of_a_lower_tier(seed, count):
    draw = np.random.default_rng(seed)
    matrix = np.column_stack([draw.normal(size=count), draw.integers(0, 3, count)])
    default, order = draw.integers(0, 2, count), draw.permutation(count)
    near = of(matrix, default, order)
    children = np.flatnonzero(near.parent >= 0)
    parent = near.parent[children]
    assert ((near.parent < 0) == (near.tier == 0)).all()
    assert (default[parent] == default[children]).all()
    assert (matrix[parent, 1] == matrix[children, 1]).all()
    assert (near.tier[parent] < near.tier[children]).all()
    assert (order[parent] < order[children]).all()


@pytest.mark.parametrize(
    ("kept", "heirs"),
    [
        ([True, True, True, True], [0, 1, 2, 3]),
        ([True, False, False, True], [0, 0, 0, 3]),
        ([True, True, False, False], [0, 1, 1, -1]),
        ([False, True, True, True], [-1, 1, 2, 3]),
        ([False] * 4, [-1] * 4),
    ],
)
def test_a_row_that_goes_leaves_its_weight_to_the_nearest_that_stays(kept, heirs):
    chain = Nearness(np.array([0, 1, 2, 0]), np.array([-1, 0, 1, -1]))
    assert chain.heirs(np.array(kept)).tolist() == heirs
