"""Whole trees go backward, and those that stay are weighed together."""

import numpy as np
from samples import drawn

from riskmodel import pruning
from riskmodel.core import Development
from riskmodel.stats import log_loss


def test_what_stays_is_weighed_and_half_of_the_trees_cost_less_loss_than_the_first_half(fitted):
    scorer = fitted("lgbm")
    development, fresh = Development(drawn(2003, 31), drawn(901, 32)), drawn(4001, 33)
    losses = {}
    for name in ("terms", "prefix"):
        pruner = pruning.make(name)
        [plan] = pruner.plans(scorer, development, [0.5])
        cut = pruner.apply(plan, scorer, development)
        losses[name] = log_loss.of_margin(cut.margin(fresh.matrix), fresh.default.astype(float)).mean()
    assert losses["terms"] < losses["prefix"]


def test_the_plan_says_the_weights(fitted, development):
    scorer = fitted("lgbm")
    pruner = pruning.make("terms")
    whole, half = pruner.plans(scorer, development, [1.0, 0.5])
    assert whole.values == ()
    assert len(half.values) == len(half.kept)
    cut = pruner.apply(half, scorer, development)
    kept = [scorer.ensemble.trees[i] for i, weight in zip(half.kept, half.values, strict=True) if weight > 0]
    assert len(cut.ensemble.trees) == len(kept)
    spans = [np.ptp(tree.value[tree.is_leaf]) for tree in kept]
    weights = [weight for weight in half.values if weight > 0]
    made = [np.ptp(tree.value[tree.is_leaf]) for tree in cut.ensemble.trees]
    np.testing.assert_allclose(made, np.array(spans) * weights, rtol=1e-9)
