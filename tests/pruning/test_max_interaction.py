"""No tree of more than two features, or of one, whatever the teacher had; and what the plan says about it."""

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.core import Kind
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.pruning.max_interaction import leaf_shares
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.lookup_tables import tables


def ordered(scorer, development, keep=1.0, **options):
    pruner = pruning.make("max_interaction", options)
    return pruner.apply(pruner.plan(scorer, development, keep), scorer, development)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
@pytest.mark.parametrize("most", [1, 2])
def test_no_tree_has_more_features_than_allowed(kind, most, fitted, development):
    scorer = fitted(kind)
    small = ordered(scorer, development, 0.8, features_per_tree=most)
    assert max(len(tree.used_features) for tree in small.ensemble.trees) == most
    assert small.ensemble.n_leaves <= 0.8 * scorer.ensemble.n_leaves
    assert type(small) is type(scorer)


def test_an_interaction_is_learnt_by_two_features_and_not_by_one(fitted, development, fresh):
    """The margin of one feature a tree is a sum over features: its mixed difference is 0 everywhere."""
    rows = np.tile(fresh.matrix[:1], (4, 1))
    rows[:, 0], rows[:, 1], rows[:, 2] = 0.0, [0, 1, 0, 1], [0, 0, 4, 4]
    mixed = [
        abs(np.array([1, -1, -1, 1]) @ ordered(fitted("lgbm"), development, features_per_tree=most).raw_margin(rows))
        for most in (1, 2)
    ]
    assert mixed[0] == pytest.approx(0, abs=1e-9)
    assert mixed[1] > 0.5


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_monotone_features_stay_monotone_in_every_table(kind, fitted, development):
    small = ordered(fitted(kind), development)
    [months] = [i for i, column in enumerate(small.features) if column.monotone == -1]
    checked = 0
    for table in tables(small.ensemble):
        for dimension, axis in enumerate(table.axes):
            if axis.feature == months:
                points = np.moveaxis(table.points, dimension, 0)[1:]
                assert (np.diff(points, axis=0) <= 1e-6).all()
                checked += 1
    assert checked
    assert small.features[months].kind is Kind.NUMERIC


def test_the_plan_says_what_share_of_the_leaves_each_order_had(fitted, development):
    scorer = fitted("lgbm")
    plan = pruning.make("max_interaction").plan(scorer, development, 0.5)
    assert len(plan.units) == max(len(tree.used_features) for tree in scorer.ensemble.trees) > 2
    assert plan.units[:3] == ("1 feature", "2 features", "3 features")
    assert sum(plan.importance) == pytest.approx(1, abs=1e-5)
    assert plan.kept == (0, 1)
    assert set(plan.values) == {scorer.ensemble.n_leaves // 2}


def test_a_scorer_of_low_order_stays_as_it_is_at_keep_1_and_shrinks_below(fitted, development):
    small = ordered(fitted("lgbm"), development)
    assert ordered(small, development) is small
    assert ordered(small, development, 0.5).ensemble.n_leaves <= 0.5 * small.ensemble.n_leaves


def test_shares_of_an_ensemble_without_trees_are_zero():
    assert leaf_shares(TreeEnsemble((), 0.0, 3, "lightgbm"), 2).tolist() == [0, 0]


def test_a_scorer_without_trees_is_refused(fitted, development):
    with pytest.raises(UnsupportedScorer, match="has no recipe for smaller trees"):
        pruning.make("max_interaction").plan(fitted("scorecard"), development, 0.5)


def test_three_features_a_tree_are_refused():
    with pytest.raises(ConfigError, match="features_per_tree"):
        pruning.make("max_interaction", {"features_per_tree": 3})
