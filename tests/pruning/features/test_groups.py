"""Which features say the same."""

import numpy as np

from riskmodel.core import Column, Kind
from riskmodel.pruning.algorithms.features.groups import correlated, repeated

RANDOM = np.random.default_rng(3)
BASE = RANDOM.normal(size=(400, 3))


def test_a_monotone_image_is_the_same_and_groups_have_no_loose_ends():
    matrix = np.column_stack([BASE[:, 0], np.exp(BASE[:, 0]), -BASE[:, 0], BASE[:, 1], BASE[:, 2]])
    matrix[::7, 1] = np.nan
    columns = [Column(name) for name in "abcde"]
    assert correlated(matrix, columns, 0.9) == [(0, 1, 2), (3,), (4,)]
    assert correlated(matrix, columns, 1.5) == [(0,), (1,), (2,), (3,), (4,)]
    assert correlated(matrix, columns, 0.9, alone=[1]) == [(0, 2), (1,), (3,), (4,)]


def test_a_category_is_by_itself():
    matrix = np.column_stack([BASE[:, 0], BASE[:, 0]])
    columns = [Column("a"), Column("b", kind=Kind.CATEGORICAL, categories=("x", "y"))]
    assert correlated(matrix, columns, 0.9) == [(0,), (1,)]


def test_of_twins_the_cheapest_stays_and_constants_go():
    twin = np.where(BASE[:, 0] > 1, np.nan, BASE[:, 0])
    empty, half = np.full(400, np.nan), np.where(np.arange(400) % 2, np.nan, 1.0)
    matrix = np.column_stack([twin, BASE[:, 1], twin, np.ones(400), empty, half])
    assert repeated(matrix, [5, 0, 1, 0, 0, 0]) == [0, 3, 4]
    assert repeated(matrix, [1, 0, 5, 0, 0, 0]) == [2, 3, 4]
