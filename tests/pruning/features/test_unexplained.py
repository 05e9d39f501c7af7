"""What a set of features cannot say of a margin: all that one says alone, and nothing that another says too."""

import numpy as np
import pytest

from riskmodel.core import Column, Kind
from riskmodel.pruning.algorithms.features.unexplained import Unexplained

FEATURES = (
    Column("a"),
    Column("twin"),
    Column("level", kind=Kind.CATEGORICAL, categories=tuple("abcd")),
    Column("noise"),
)


@pytest.fixture(scope="module")
def unexplained():
    random = np.random.default_rng(0)

    def rows(count):
        a, level = random.normal(size=count), random.integers(0, 4, count)
        matrix = np.column_stack([a, 2 * a, level, random.normal(size=count)])
        matrix[::7, 3] = np.nan
        return matrix, 2 * (a > 0) + 1.5 * np.isin(level, (1, 3)), random.uniform(0.05, 0.25, count)

    return Unexplained(FEATURES, rows(900), rows(700))


def test_a_twin_says_it_again_and_what_only_a_level_says_is_missed(unexplained):
    whole, _ = unexplained([0, 1, 2, 3])
    without_twin, _ = unexplained([0, 2, 3])
    without_level, _ = unexplained([0, 1, 3])
    assert whole < 0.05
    assert without_twin < 1.2 * whole + 1e-3
    assert without_level == pytest.approx(1.5**2 / 4, rel=0.25)  # the variance of what only the level says


def test_gains_are_of_the_features_in_their_order(unexplained):
    _, gains = unexplained([3, 2, 0])
    assert gains[2] > gains[1] > 20 * gains[0]


def test_the_same_rows_say_the_same(unexplained):
    assert unexplained([0, 2])[0] == unexplained([0, 2])[0]
