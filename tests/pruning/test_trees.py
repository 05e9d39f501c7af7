"""Greedy choice of trees against brute force, and against the prefix."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import minimize

from riskmodel import pruning
from riskmodel.pruning.algorithms.trees.tree_weights import fitted_weights, weighed
from riskmodel.pruning.trees import chosen_order
from riskmodel.trees.bounds import first_break


def loss_of(margins, default):
    """Log-loss of the best straight line through the sum."""
    total = margins.sum(axis=1)

    def loss(line):
        margin = line[0] + line[1] * total
        return np.mean(np.logaddexp(0, margin) - default * margin)

    return minimize(loss, [0.0, 1.0]).fun


def toy(rows, seed):
    draw = np.random.default_rng(seed)
    margins = draw.normal(size=(rows, 7)) * np.array([0.1, 0.9, 0.05, 0.6, 0.02, 0.3, 0.2])
    default = (draw.random(rows) < 1 / (1 + np.exp(1 - margins.sum(axis=1)))).astype(np.int8)
    return margins - margins.mean(axis=0), default


def test_the_first_trees_are_the_best_subset_of_their_size():
    margins, default = toy(3000, 4)
    order = chosen_order(margins, default)
    for size in (1, 2, 3):
        best = min(combinations(range(7), size), key=lambda kept: loss_of(margins[:, kept], default))
        assert set(order[:size]) == set(best)


def test_every_tree_is_chosen_once():
    margins, default = toy(400, 1)
    assert sorted(chosen_order(margins, default)) == list(range(7))


def test_trees_chosen_on_tune_beat_the_prefix_there(fitted, development):
    scorer = fitted("lgbm")
    losses = {}
    for name in ("trees", "prefix"):
        [plan] = pruning.make(name).plans(scorer, development, [0.3])
        matrix = development.tune.columns(scorer.features)
        margins = scorer.ensemble.tree_margins(matrix)[:, list(plan.kept)]
        losses[name] = loss_of(margins - margins.mean(axis=0), development.tune.default)
    assert losses["trees"] < losses["prefix"]


def test_kept_trees_fit_in_the_share_of_leaves(fitted, development):
    scorer = fitted("xgb")
    for keep in (0.8, 0.5, 0.25):
        pruner = pruning.make("trees")
        cut = pruner.apply(pruner.plan(scorer, development, keep), scorer, development)
        assert cut.ensemble.n_leaves <= keep * scorer.ensemble.n_leaves


def penalised(weights, line, margins, default, ridge):
    margin = line[0] + margins @ weights
    return np.mean(np.logaddexp(0, margin) - default * margin) + ridge / 2 * np.sum((weights - line[1]) ** 2)


def test_weights_are_the_best_that_are_not_negative():
    """Against a solver without derivatives or bounds of its own, on squares; one tree harms and gets none."""
    margins, default = toy(2000, 8)
    margins = np.column_stack([margins[:, :4], -margins[:, 1] / 2])
    weights = fitted_weights(margins, default, pull=0.05)
    rate = default.mean()
    ridge = 0.05 * rate * (1 - rate) * np.mean(margins**2)

    def loss(x):
        return penalised(x[2:] ** 2, x[:2], margins, default, ridge)

    oracle = minimize(loss, np.ones(7), method="Powell", options={"xtol": 1e-8, "ftol": 1e-14, "maxiter": 500})
    assert weights.min() >= 0
    np.testing.assert_allclose(weights, oracle.x[2:] ** 2, atol=5e-3)


def test_a_hard_pull_gives_every_tree_the_same_weight():
    margins, default = toy(800, 3)
    weights = fitted_weights(margins, default, pull=1e9)
    assert np.ptp(weights) < 1e-4


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_weights_of_the_plan_multiply_the_trees_and_keep_the_level(fitted, development, fresh, kind):
    scorer, pruner = fitted(kind), pruning.make("trees")
    plan = pruner.plan(scorer, development, 0.4)
    cut = pruner.apply(plan, scorer, development)
    kept, weights = list(plan.kept), np.array(plan.values)
    means = np.array([tree.mean for tree in scorer.ensemble.trees])
    before = scorer.ensemble.tree_margins(fresh.matrix)[:, kept] - means[kept]
    wanted = scorer.ensemble.intercept + means.sum() + before @ weights
    np.testing.assert_allclose(cut.raw_margin(fresh.matrix), wanted, rtol=0, atol=2e-6)
    np.testing.assert_allclose(cut.contributions(fresh.matrix).sum(axis=1), wanted, rtol=0, atol=2e-5)
    assert first_break(cut.ensemble, 3, -1) is None


def test_a_tree_of_weight_nothing_is_gone(fitted):
    less = weighed(fitted("lgbm").ensemble, [2, 5, 7], [1.0, 0.0, 0.5])
    assert len(less.trees) == 2
    assert len(weighed(fitted("xgb").ensemble, [2, 5], [0.0, 0.0]).trees) == 1


def test_weights_can_be_left_out(fitted, development):
    assert pruning.make("trees", {"weights": False}).plan(fitted("lgbm"), development, 0.4).values == ()
    assert pruning.make("trees").plan(fitted("lgbm"), development, 1.0).values == ()
