"""A mean of few trees: its leaves are the bounded ridge fit of all at once, a PD for every row, chosen on tune."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying
from scipy.optimize import lsq_linear

from riskmodel.pruning.algorithms.trees import leaf_shares
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.trees import TreeEnsemble

RIDGE = 50.0


def forest(count=3, seed=2):
    """Trees whose values are shares of bads."""
    trees, draw = random_ensemble(seed, "lightgbm", trees=9).trees, np.random.default_rng(seed)
    grown = [tree for tree in trees if len(tree) > 1][:count]
    shares = [np.where(tree.is_leaf, draw.random(len(tree)), 0.0) for tree in grown]
    return TreeEnsemble(tuple(replace(t, value=v) for t, v in zip(grown, shares, strict=True)), 0.0, 3, "lightgbm")


def rows(count, seed, weight=None):
    draw = np.random.default_rng(seed)
    matrix = trying(forest(), count, seed)
    target = (draw.random(count) < np.where(np.nan_to_num(matrix[:, 0]) > 0, 0.7, 0.1)).astype(np.int8)
    return matrix, mixed(target, draw.random(count), 0.3, weight)


@pytest.mark.parametrize("weight", [None, np.random.default_rng(1).uniform(0.2, 3, 400)])
def test_the_values_are_those_of_bounded_least_squares_with_a_ridge(monkeypatch, weight):
    """Least sum of w (y - mean)^2 with weights of mean 1, and the ridge on each leaf, by an exact solver."""
    monkeypatch.setattr(leaf_shares, "RIDGES", (RIDGE,))
    monkeypatch.setattr(leaf_shares, "SWEEPS", 4000)
    monkeypatch.setattr(leaf_shares, "STILL", 1e-12)
    parts, (matrix, objective) = forest(), rows(400, 3, weight)
    made = leaf_shares.smaller(lambda _: parts, [3], (matrix, objective), rows(80, 4))
    ends, given = parts.leaves(matrix), [tree.value for tree in parts.trees]
    wide = np.hstack([np.eye(len(tree))[ends[:, i]] / 3 for i, tree in enumerate(parts.trees)])
    mass, ridge = np.sqrt(objective.weight * 400), np.sqrt(RIDGE) / 3
    left = np.vstack([wide * mass[:, None], ridge * np.eye(wide.shape[1])])
    right = np.concatenate([objective.target * mass, ridge * np.concatenate(given)])
    due = lsq_linear(left, right, (0, 1), tol=1e-14).x
    leaf = np.concatenate([tree.is_leaf for tree in parts.trees])
    np.testing.assert_allclose(np.concatenate([tree.value for tree in made])[leaf], due[leaf], atol=1e-5)


def test_the_mean_is_a_pd_and_splits_have_no_value():
    made = leaf_shares.smaller(forest, [1, 3], rows(300, 5), rows(120, 6))
    assert len(made) in (1, 3)
    for tree in made:
        assert ((tree.value >= 0) & (tree.value <= 1)).all()
        assert not tree.value[~tree.is_leaf].any()


def test_what_is_best_on_tune_is_taken():
    train, tune = rows(300, 5), rows(120, 6)

    def error(trees):
        mean = TreeEnsemble(trees, 0.0, 3, "lightgbm").margins(tune[0]) / len(trees)
        return tune[1].weight @ (tune[1].target - mean) ** 2

    each = [error(leaf_shares.smaller(forest, [count], train, tune)) for count in (1, 2, 3)]
    assert error(leaf_shares.smaller(forest, [1, 2, 3], train, tune)) == min(each)


def test_the_given_trees_stay():
    parts = forest()
    before = [tree.value.copy() for tree in parts.trees]
    leaf_shares.smaller(lambda _: parts, [3], rows(200, 5), rows(90, 6))
    for tree, old in zip(parts.trees, before, strict=True):
        np.testing.assert_array_equal(tree.value, old)
