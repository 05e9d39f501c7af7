"""Contrasts are an orthonormal basis; the prox of subtrees against a generic solver."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_tree
from scipy.optimize import minimize

from riskmodel.pruning.algorithms.trees.contrasts import haar, shrunk
from riskmodel.pruning.algorithms.trees.layout import laid_out


def drawn(seed, splits):
    draw = np.random.default_rng(seed)
    layout = laid_out(random_tree(draw, "xgboost", splits), (0, 0, 0))
    return draw, haar(layout, draw.uniform(0.1, 3, len(layout.leaves)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_contrasts_are_orthonormal_and_sum_to_nothing(seed, splits):
    _, basis = drawn(seed, splits)
    matrix = np.column_stack([basis.values(unit) for unit in np.eye(splits)])
    np.testing.assert_allclose(matrix.T @ (basis.weight[:, None] * matrix), np.eye(splits), atol=1e-9)
    np.testing.assert_allclose(basis.weight @ matrix, 0, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 12))
def test_values_come_back_from_their_coefficients_but_for_their_mean(seed, splits):
    draw, basis = drawn(seed, splits)
    values = draw.normal(size=splits + 1)
    centred = values - np.average(values, weights=basis.weight)
    np.testing.assert_allclose(basis.values(basis.coefficients(values)), centred, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_subtree_of_zeros_is_one_value(seed, splits):
    draw, basis = drawn(seed, splits)
    coefficients = draw.normal(size=splits)
    split = int(draw.integers(0, splits))
    coefficients[basis.layout.first[split] : split + 1] = 0
    inside = basis.values(coefficients)[basis.layout.below(split)]
    np.testing.assert_allclose(inside, inside[0], atol=1e-12)


def slow_prox(layout, wished, penalty):
    """The dual, solved generically: a vector of bounded length for each group, all of them summed."""
    groups = [slice(first, split + 1) for split, first in enumerate(layout.first)]
    sizes = np.cumsum([0, *(g.stop - g.start for g in groups)])

    def rest(dual):
        left = wished.copy()
        for g, a, b in zip(groups, sizes[:-1], sizes[1:], strict=True):
            left[g] -= dual[a:b]
        return left

    limits = [
        {
            "type": "ineq",
            "fun": lambda d, a=a, b=b, p=p: p**2 - d[a:b] @ d[a:b],
            "jac": lambda d, a=a, b=b: _slope(d, a, b),
        }
        for a, b, p in zip(sizes[:-1], sizes[1:], penalty, strict=True)
    ]

    def slope(dual):
        left = rest(dual)
        return np.concatenate([-2 * left[g] for g in groups])

    result = minimize(
        lambda d: rest(d) @ rest(d), np.zeros(sizes[-1]), jac=slope, constraints=limits, method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )  # fmt: skip
    return rest(result.x)


def _slope(dual, start, end):
    slope = np.zeros(len(dual))
    slope[start:end] = -2 * dual[start:end]
    return slope


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_the_prox_in_one_pass_is_the_minimum(seed, splits):
    draw, basis = drawn(seed, splits)
    layout, wished, penalty = basis.layout, draw.normal(size=splits), draw.uniform(0.1, 0.8, splits)
    ours = shrunk(layout.first, layout.left, layout.right, wished, penalty)
    np.testing.assert_allclose(ours, slow_prox(layout, wished, penalty), atol=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_no_small_change_of_the_prox_is_better(seed, splits):
    draw, basis = drawn(seed, splits)
    layout, wished, penalty = basis.layout, draw.normal(size=splits), draw.uniform(0, 1, splits)

    def cost(x):
        norms = [np.linalg.norm(x[first : split + 1]) for split, first in enumerate(layout.first)]
        return 0.5 * np.sum((x - wished) ** 2) + penalty @ norms

    ours = shrunk(layout.first, layout.left, layout.right, wished, penalty)
    for _ in range(30):
        assert cost(ours) <= cost(ours + draw.normal(size=splits) * 10 ** draw.uniform(-6, 0)) + 1e-12
