"""Greedy choice of trees against brute force, and against the prefix."""

from itertools import combinations

import numpy as np
from scipy.optimize import minimize

from riskmodel import pruning
from riskmodel.pruning.trees import chosen_order


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


def test_trees_chosen_on_tune_beat_the_prefix_there(fitted, seen):
    scorer = fitted("lgbm")
    losses = {}
    for name in ("trees", "prefix"):
        [plan] = pruning.make(name).plans(scorer, seen, [0.3])
        matrix = seen.tune.columns(scorer.features)
        margins = scorer.ensemble.tree_margins(matrix)[:, list(plan.kept)]
        losses[name] = loss_of(margins - margins.mean(axis=0), seen.tune.default)
    assert losses["trees"] < losses["prefix"]


def test_kept_trees_fit_in_the_share_of_leaves(fitted, seen):
    scorer = fitted("xgb")
    for keep in (0.8, 0.5, 0.25):
        pruner = pruning.make("trees")
        cut = pruner.apply(pruner.plan(scorer, seen, keep), scorer, seen)
        assert cut.ensemble.n_leaves <= keep * scorer.ensemble.n_leaves
