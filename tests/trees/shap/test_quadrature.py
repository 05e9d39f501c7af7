"""Quadrature is exact for what a tree needs, and its needs are those of the path with most features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_trees import random_ensemble

from riskmodel.trees.shap.quadrature import points_for, quadrature, share_left


@given(st.integers(1, 12), st.lists(st.floats(-3, 3), min_size=1, max_size=24))
def test_a_polynomial_of_degree_below_twice_the_points_is_integrated_exactly(points, coefficients):
    coefficients = coefficients[: 2 * points]
    at, weights = quadrature(points)
    due = sum(c / (power + 1) for power, c in enumerate(coefficients))
    taken = sum(c * at**power for power, c in enumerate(coefficients))
    assert float(weights @ taken) == pytest.approx(due, abs=1e-12)


@pytest.mark.parametrize("points", [1, 2, 7])
def test_points_lie_inside_and_weights_are_shares(points):
    at, weights = quadrature(points)
    assert ((at > 0) & (at < 1)).all()
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()
    np.testing.assert_allclose(at + at[::-1], 1)


def features_of_paths(tree, node=0, above=frozenset()):
    """The features on the way to each leaf."""
    if tree.feature[node] < 0:
        return [above]
    below = above | {int(tree.feature[node])}
    return [
        *features_of_paths(tree, int(tree.left[node]), below),
        *features_of_paths(tree, int(tree.right[node]), below),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_half_as_many_points_as_the_path_with_most_features_are_needed(seed):
    for tree in random_ensemble(seed, "lightgbm").trees:
        most = max(map(len, features_of_paths(tree)))
        assert points_for(tree) == max(1, -(-most // 2))


@pytest.mark.parametrize("seed", range(6))
def test_the_share_of_a_branch_is_that_of_its_rows(seed):
    for tree in random_ensemble(seed, "xgboost").trees:
        for node in np.flatnonzero(~tree.is_leaf):
            left, right = tree.cover[tree.left[node]], tree.cover[tree.right[node]]
            due = left / (left + right) if left + right else 0.5
            assert share_left(tree, int(node)) == pytest.approx(due)
