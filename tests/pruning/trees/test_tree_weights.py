"""Weights of trees: the least of what is stated, none below zero, and the level of risk stays where they go."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying
from scipy.optimize import minimize

from riskmodel.pruning.algorithms.trees.tree_weights import fitted_weights, weighed
from riskmodel.stats import log_loss

DRAW = np.random.default_rng(7)
MARGINS = DRAW.normal(size=(307, 4))
DEFAULT = (DRAW.random(307) < 1 / (1 + np.exp(1 - MARGINS @ [1.0, 0.5, 0.0, -1.0]))).astype(np.int8)
ROWS = DRAW.uniform(0.2, 3, 307)


def stated(x, pull, mass):
    """The docstring's formula."""
    rate = mass @ DEFAULT
    ridge = pull * rate * (1 - rate) * (mass @ (MARGINS**2).mean(axis=1))
    loss = mass @ log_loss.of_margin(x[0] + MARGINS @ x[2:], DEFAULT)
    return loss + ridge / 2 * np.sum((x[2:] - x[1]) ** 2)


@pytest.mark.parametrize("rows", [None, ROWS])
@pytest.mark.parametrize("pull", [0.05, 2.0])
def test_they_are_the_least_of_the_stated_loss(pull, rows):
    mass = np.full(307, 1 / 307) if rows is None else rows / rows.sum()
    bounds = [(None, None), *[(0, None)] * 5]
    due = minimize(stated, [0, 1, 1, 1, 1, 1], (pull, mass), bounds=bounds, method="SLSQP", tol=1e-14).x[2:]
    np.testing.assert_allclose(fitted_weights(MARGINS, DEFAULT, pull, rows), due, atol=2e-3)


def test_a_tree_that_points_the_wrong_way_has_no_weight():
    weights = fitted_weights(MARGINS, DEFAULT, 0.05)
    assert weights[3] == 0
    assert weights[0] > weights[1] > 0


def test_a_strong_pull_makes_all_weights_one_slope():
    assert np.ptp(fitted_weights(MARGINS[:, :3], DEFAULT, 1e4)) < 1e-2


def test_rows_of_one_weight_are_rows_without_any():
    np.testing.assert_allclose(
        fitted_weights(MARGINS, DEFAULT, rows=np.full(307, 5.0)), fitted_weights(MARGINS, DEFAULT), atol=1e-7
    )


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_class_alone_gives_numbers_all_the_same(outcome):
    weights = fitted_weights(MARGINS, np.full(307, outcome, np.int8))
    assert np.isfinite(weights).all()
    assert (weights >= 0).all()


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_weighed_ensemble_is_its_centred_trees_times_their_weights(rules):
    trees = random_ensemble(3, rules)
    rows = trying(trees, 200)
    centred = trees.tree_margins(rows) - [tree.mean for tree in trees.trees]
    level = trees.intercept + sum(tree.mean for tree in trees.trees)
    weights = np.array([0.5, 2.0, 0.0])
    cut = weighed(trees, [4, 1, 2], weights)
    assert len(cut.trees) == 2  # a weight of 0 is no tree
    ordered = weighed(trees, [1, 2, 4], [2.0, 0.0, 0.5])
    np.testing.assert_allclose(ordered.margins(rows), level + centred[:, [1, 4]] @ [2.0, 0.5], atol=1e-12)


def test_without_any_weight_the_first_tree_stays_as_it_is():
    trees = random_ensemble(3, "lightgbm")
    cut = weighed(trees, [2, 4], [0.0, 0.0])
    np.testing.assert_array_equal(cut.trees[0].value, trees.trees[2].value)
    assert cut.intercept == trees.keep_trees([2]).intercept


def test_inner_notes_are_scaled_with_the_leaves_and_covers_are_not():
    trees = random_ensemble(5, "lightgbm")
    noted = tuple(replace(t, carried={**t.carried, "inner": np.ones(len(t))}) for t in trees.trees)
    (tree,) = weighed(replace(trees, trees=noted), [0], [0.25]).trees
    np.testing.assert_array_equal(tree.carried["inner"], 0.25)
    np.testing.assert_array_equal(tree.cover, trees.trees[0].cover)
