"""The prefix is what the library itself predicts from its first trees."""

import lightgbm
import numpy as np

from riskmodel import pruning


def test_a_prefix_moves_lightgbms_own_prefix_by_a_constant(fitted, development, fresh):
    scorer = fitted("lgbm")
    pruner = pruning.make("prefix")
    plan = pruner.plan(scorer, development, 0.5)
    cut = pruner.apply(plan, scorer, development)
    booster = lightgbm.Booster(model_str=scorer.model.decode())
    theirs = booster.predict(fresh.matrix, raw_score=True, num_iteration=len(plan.kept))
    shift = cut.raw_margin(fresh.matrix) - theirs
    assert plan.kept == tuple(range(len(plan.kept)))
    np.testing.assert_allclose(shift, shift[0], rtol=0, atol=1e-12)
