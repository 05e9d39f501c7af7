"""A student of the teacher's PD: its budget, its library, and that soft outcomes are learnt as such."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.core import Development, Targets
from riskmodel.errors import ConfigError, UnsupportedScorer


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_the_student_has_the_leaves_that_the_plan_allows_and_stays_native(kind, fitted, development, fresh):
    scorer, pruner = fitted(kind), pruning.make("distil")
    plan = pruner.plan(scorer, development, 0.3)
    small = pruner.apply(plan, scorer, development)
    assert plan.values == (int(0.3 * scorer.ensemble.n_leaves),)
    assert 0 < small.ensemble.n_leaves <= plan.values[0]
    assert type(small) is type(scorer)
    np.testing.assert_allclose(small.native_margin(fresh.matrix), small.ensemble.margins(fresh.matrix), atol=1e-5)


def test_a_student_of_the_pd_is_nearer_to_it_than_one_of_the_outcomes(fitted, development, fresh):
    scorer, gaps = fitted("lgbm"), []
    for mix in (0.0, 1.0):
        pruner = pruning.make("distil", {"mix": mix})
        small = pruner.apply(pruner.plan(scorer, development, 0.4), scorer, development)
        gaps.append(np.abs(small.score(fresh) - scorer.score(fresh)).mean())
    assert gaps[1] < 0.8 * gaps[0]


def test_with_the_pd_alone_no_outcome_of_train_is_looked_at(fitted, development):
    scorer, pruner = fitted("lgbm"), pruning.make("distil", {"mix": 1.0})
    plan = pruner.plan(scorer, development, 0.2)
    turned = type(development)(
        *(type(s)(s.name, s.features, s.matrix, 1 - s.default, s.rows) for s in (development.train, development.tune))
    )
    assert pruner.apply(plan, scorer, development).files() == pruner.apply(plan, scorer, turned).files()


@pytest.mark.parametrize(("method", "nearer"), [("distil", 0.98), ("group_lasso", 0.98), ("collapse", 1.02)])
def test_applications_without_outcome_teach_the_pd(method, nearer, fitted, development, fresh):
    """Few rows have an outcome: with the others' PDs the small scorer comes nearer to the teacher."""
    scorer, rows = fitted("lgbm"), np.arange(300)
    few, many = Development(development.train.take(rows), development.tune), development.train.matrix[300:]
    gaps = []
    for given in (few, replace(few, unlabelled=many)):
        pruner = pruning.make(method, {"mix": 0.5})
        small = pruner.apply(pruner.plan(scorer, given, 0.2), scorer, given)
        gaps.append(np.abs(small.score(fresh) - scorer.score(fresh)).mean())
    assert gaps[1] < nearer * gaps[0]


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_soft_outcomes_are_not_rounded(kind, fitted, development):
    """A constant soft outcome comes back as that PD: a rounded one would be 0 or 1."""
    scorer = fitted(kind)
    constant = Targets(np.full(len(development.train), 0.3), np.full(len(development.tune), 0.3))
    small = scorer.student(development, constant, leaves=12)
    np.testing.assert_allclose(small.score(development.tune), 0.3, atol=1e-4)


def test_a_budget_below_one_small_tree_still_gives_a_scorer(fitted, development):
    scorer, pruner = fitted("lgbm"), pruning.make("distil")
    small = pruner.apply(pruner.plan(scorer, development, 0.001), scorer, development)
    assert small.ensemble.n_leaves == 2


def test_a_scorer_without_trees_is_refused(fitted, development):
    with pytest.raises(UnsupportedScorer, match="a scorecard scorer has no recipe for smaller trees"):
        pruning.make("distil").plan(fitted("scorecard"), development, 0.5)


def test_an_impossible_mix_is_refused():
    with pytest.raises(ConfigError, match="mix"):
        pruning.make("distil", {"mix": 1.2})
