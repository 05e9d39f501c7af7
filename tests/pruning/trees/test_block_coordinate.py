"""Block descent without a design matrix, against the matrix."""

import numpy as np
import pytest

from riskmodel.pruning.algorithms.trees.block_coordinate import Descent
from riskmodel.pruning.algorithms.trees.objective import mixed

SIZES = (3, 5, 2)


@pytest.fixture(params=[np.uint8, np.uint16])
def descent(request):
    draw = np.random.default_rng(7)
    codes = np.stack([draw.integers(0, size, 203) for size in SIZES]).astype(request.param)
    target, weight = draw.random(203), draw.random(203)
    objective = mixed(np.zeros(203, np.int8), target, 1.0, weight)
    return Descent(codes, objective, [draw.normal(size=size) for size in SIZES], 0.3)


def matrix(descent, tree):
    return np.eye(SIZES[tree])[descent.codes[tree]]


def test_sums_a_leaf_are_the_products_with_the_leaf_matrix(descent):
    for tree in range(3):
        np.testing.assert_allclose(descent.gradient(tree), matrix(descent, tree).T @ descent.residual, atol=1e-14)
        np.testing.assert_allclose(descent.curvature(tree), matrix(descent, tree).T @ descent.hessian, atol=1e-11)


def test_a_move_adds_to_margins_and_residuals_follow_the_second_order_model(descent):
    change = np.array([0.5, -1.0, 0.0, 2.0, 0.1])
    margin, residual, rows = descent.margin.copy(), descent.residual.copy(), matrix(descent, 1) @ change
    descent.move(1, change)
    np.testing.assert_allclose(descent.margin, margin + rows, atol=1e-14)
    np.testing.assert_allclose(descent.residual, residual - descent.hessian * rows, atol=1e-14)


def test_the_intercept_goes_where_residuals_add_up_to_nothing(descent):
    for _ in range(20):
        descent.renew()
    assert descent.residual.sum() == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("start", [-40.0, 25.0])
def test_from_a_start_where_newton_overshoots_the_bound_brings_it_back(start):
    objective = mixed(np.array([0, 1, 0, 0], np.int8), np.zeros(4), 0.0)
    descent = Descent(np.zeros((0, 4), np.uint8), objective, [], start)
    for _ in range(400):
        descent.renew()
    assert descent.intercept == pytest.approx(objective.base, abs=1e-6)
