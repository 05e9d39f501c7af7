"""The rival of the same size, from scratch."""

import numpy as np

from riskmodel import pruning


def test_the_rival_is_grown_afresh_at_the_size_asked_for(fitted, development, fresh):
    scorer = fitted("lgbm")
    pruner = pruning.make("retrain")
    small = pruner.apply(pruner.plan(scorer, development, 0.3), scorer, development)
    assert 0 < small.ensemble.n_leaves <= 0.3 * scorer.ensemble.n_leaves
    assert not np.allclose(small.score(fresh), scorer.score(fresh))
