"""The line over a margin: the one of least loss, from wherever it starts, and never one that turns ranks around."""

import numpy as np
import pytest
from scipy.optimize import minimize

from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.pruning.algorithms.trees.platt_line import SLOPES, fitted_line, level

DRAW = np.random.default_rng(4)
MARGIN = DRAW.normal(-1, 1.5, 403)
DEFAULT = (DRAW.random(403) < 1 / (1 + np.exp(-(0.4 + 0.6 * MARGIN)))).astype(np.int8)
OBJECTIVE = mixed(DEFAULT, np.zeros(403), 0.0, DRAW.uniform(0.5, 2, 403))


def test_it_is_the_line_of_least_loss():
    due = minimize(lambda line: OBJECTIVE.loss(line[0] + line[1] * MARGIN), [0.0, 1.0], tol=1e-12).x
    np.testing.assert_allclose(fitted_line(OBJECTIVE, MARGIN, level(OBJECTIVE), 12), due, atol=1e-5)


def test_two_steps_from_near_by_are_enough():
    far = fitted_line(OBJECTIVE, MARGIN, np.array([0.0, 1.0]), 30)
    np.testing.assert_allclose(fitted_line(OBJECTIVE, MARGIN, far + 0.05, 2), far, atol=1e-4)


def test_no_step_leaves_the_line_as_it_is():
    np.testing.assert_array_equal(fitted_line(OBJECTIVE, MARGIN, np.array([0.3, 0.8]), 0), [0.3, 0.8])


def test_before_any_fit_the_level_is_the_base_rate():
    rate = float(OBJECTIVE.weight @ DEFAULT)
    np.testing.assert_allclose(level(OBJECTIVE), [np.log(rate / (1 - rate)), 1.0], rtol=1e-12)


def test_a_constant_margin_has_a_line_of_the_base_rate():
    line = fitted_line(OBJECTIVE, np.zeros(403), level(OBJECTIVE), 5)
    assert line[0] == pytest.approx(OBJECTIVE.base, abs=1e-9)
    assert np.isfinite(line).all()


@pytest.mark.parametrize("sign", [-1.0, -1e-3])
def test_a_margin_that_ranks_the_wrong_way_round_keeps_the_smallest_slope(sign):
    assert fitted_line(OBJECTIVE, sign * MARGIN, level(OBJECTIVE), 6)[1] == SLOPES[0]


def test_a_timid_margin_is_widened_but_not_without_end():
    assert fitted_line(OBJECTIVE, MARGIN * 1e-6, level(OBJECTIVE), 8)[1] == SLOPES[1]
