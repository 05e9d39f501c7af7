"""The lossless pruner: what its plan says went is gone, and no score notices."""

import numpy as np
import pytest

from riskmodel import pruning


@pytest.fixture(params=["lgbm", "xgb"])
def stumps(request, fitted, development):
    """A scorer of the same kind with many trees of one feature."""
    scorer = fitted(request.param)
    return type(scorer.recipe)(search=0, rounds=40, leaves=2, rate=0.3, min_rows=20).fit(
        development, scorer.features, 0
    )


def test_scores_stay_and_nodes_go(stumps, development, fresh):
    pruner = pruning.make("lossless")
    plan = pruner.plan(stumps, development, 0.5)
    cut = pruner.apply(plan, stumps, development)
    atol = 1e-12 if stumps.kind == "lgbm" else 2e-6
    np.testing.assert_allclose(cut.raw_margin(fresh.matrix), stumps.raw_margin(fresh.matrix), rtol=0, atol=atol)
    np.testing.assert_allclose(
        cut.contributions(fresh.matrix).sum(axis=1), cut.raw_margin(fresh.matrix), rtol=0, atol=1e-5
    )
    assert cut.complexity().nodes < 0.75 * stumps.complexity().nodes
    assert cut.complexity().work < stumps.complexity().work


def test_the_plan_names_the_trees_that_go_and_what_is_left_of_the_others(stumps, development):
    pruner = pruning.make("lossless")
    plan = pruner.plan(stumps, development, 1.0)
    cut = pruner.apply(plan, stumps, development)
    assert len(plan.units) == len(stumps.ensemble.trees)
    assert [plan.importance[i] for i in plan.kept] == [len(tree) for tree in cut.ensemble.trees]
    assert all(plan.importance[i] == 1 for i in plan.dropped)


def test_a_second_time_there_is_nothing_left_to_do(stumps, development):
    pruner = pruning.make("lossless")
    cut = pruner.apply(pruner.plan(stumps, development, 1.0), stumps, development)
    again = pruner.apply(pruner.plan(cut, development, 1.0), cut, development)
    assert again.ensemble.n_nodes == cut.ensemble.n_nodes
    assert len(again.ensemble.trees) == len(cut.ensemble.trees)
