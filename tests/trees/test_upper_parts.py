"""The bound on a cut is sound for every row, tight where trees are upper parts, and 0 where nothing goes."""

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.trees.bounds import margin_range
from riskmodel.trees.upper_parts import cut_bound


def pruned(scorer, method, development, keep=0.4):
    pruner = pruning.make(method)
    return pruner.apply(pruner.plan(scorer, development, keep), scorer, development)


@pytest.mark.parametrize(
    "method", ["prefix", "trees", "collapse", "group_lasso", "level_scaling", "lossless", "distil", "max_interaction"]
)
def test_no_row_moves_further_and_upper_parts_have_a_tighter_bound(method, fitted, development, fresh):
    before, after = fitted("lgbm").ensemble, pruned(fitted("lgbm"), method, development).ensemble
    apart = np.abs(before.margins(fresh.matrix) - after.margins(fresh.matrix))
    (low, high), (lowest, highest) = margin_range(before), margin_range(after)
    loosest = max(highest - low, high - lowest)
    assert apart.max() <= cut_bound(before, after) <= loosest
    if method in ("prefix", "trees", "collapse", "group_lasso", "level_scaling"):
        assert cut_bound(before, after) < loosest
    assert cut_bound(before, before) == 0


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_of_a_single_tree_the_bound_is_what_some_row_moves_by(kind, fitted, development, fresh):
    scorer = fitted(kind)
    whole = scorer.with_ensemble(scorer.ensemble.keep_trees([0]))
    after = pruned(whole, "collapse", development, 0.5).ensemble
    apart = np.abs(whole.ensemble.margins(fresh.matrix) - after.margins(fresh.matrix))
    assert apart.max() == pytest.approx(cut_bound(whole.ensemble, after), rel=1e-5)
