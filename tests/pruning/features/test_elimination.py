"""The rounds of an elimination, and where a rule stops it, on scores that are known."""

import numpy as np
import pytest

from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.features.elimination import Round, order, rounds, within_margin, within_one_error


def by_name(left):
    return np.array(left, np.float64), np.array([0.7, 0.8])


@pytest.mark.parametrize(
    ("step", "sizes"), [(0.5, [7, 4, 2]), (1, [7, 6, 5, 4, 3, 2]), (3, [7, 4, 2]), (0.01, [7, 6, 5, 4, 3, 2])]
)
def test_a_step_is_a_share_or_a_count_and_never_jumps_over_the_fewest(step, sizes):
    made = rounds(range(7), 2, step, by_name)
    assert [len(r.left) for r in made] == sizes
    assert made[-1].left == (5, 6)
    assert order(made) == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("step", [0, -1, 1.5, float("nan")])
def test_a_step_that_cannot_be_is_refused(step):
    with pytest.raises(RiskModelError, match=r"step must be a share in \(0, 1\) or a count from 1"):
        rounds(range(7), 2, step, by_name)


def scored(*scores):
    return [Round(tuple(range(9 - i)), np.zeros(9 - i), np.array(s)) for i, s in enumerate(scores)]


def test_one_standard_error_goes_on_past_the_noisy_best():
    made = scored([0.80, 0.78, 0.79], [0.82, 0.78, 0.80], [0.81, 0.78, 0.79], [0.75, 0.73, 0.74])
    assert within_one_error(made) == 2  # the best is round 1 at .800, its error .0115


def test_a_margin_is_held_by_the_bound_and_not_by_the_mean():
    close = [[0.80, 0.78, 0.79], [0.799, 0.779, 0.789], [0.798, 0.778, 0.788], [0.790, 0.770, 0.780]]
    assert within_margin(scored(*close), 0.005) == 2
    wild = [[0.80, 0.78, 0.79], [0.82, 0.76, 0.79]]  # nothing lost on average, and nothing shown
    assert within_margin(scored(*wild), 0.005) == 0
    assert within_margin(scored(*close), 0.5) == 3
