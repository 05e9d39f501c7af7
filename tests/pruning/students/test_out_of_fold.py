"""A teacher out of fold: every PD of models that did not have the row, the blend's worth, and who learns it."""

from dataclasses import replace

import numpy as np
import pytest
from samples import drawn
from scipy.special import expit

from riskmodel import pruning
from riskmodel.core import Development, PruningPlan
from riskmodel.errors import PlanMismatch, RiskModelError
from riskmodel.pruning.algorithms.students import out_of_fold
from riskmodel.stats.folds import folds

COUNT = 3


@pytest.fixture(scope="module")
def taught(fitted, development):
    named = {"booster": fitted("lgbm"), "card": fitted("scorecard")}
    more = drawn(200, 8).matrix
    return out_of_fold.teacher(named, replace(development, unlabelled=more), COUNT, seed=4)


def test_the_pds_are_those_of_a_slow_exact_version(taught, fitted, development):
    """The oracle: each scorer refitted by hand on the other folds, their log-odds weighed as the blend says."""
    parts, train = folds(development.train.default, COUNT, 4), development.train
    total = np.full(len(train), taught.blend.intercept)
    for weight, kind in zip(taught.blend.weights, ("lgbm", "scorecard"), strict=True):
        for held, fits in zip(parts.held, parts.fits, strict=True):
            scorer = fitted(kind).refit(replace(development, train=train.take(fits)), train.features)
            total[held] += weight * scorer.raw_margin(train.matrix[held])
    np.testing.assert_allclose(taught.train, expit(total), atol=1e-12)
    assert taught.blend.scorers == ("booster", "card")
    assert (taught.blend.folds, taught.blend.by) == (COUNT, "row")
    assert len(taught.unlabelled) == 200


def test_what_a_row_came_to_does_not_change_its_own_log_odds(fitted, development):
    """The rows of one fold turned: what the models say of that fold stays, bit for bit."""
    parts, train = folds(development.train.default, COUNT, 4), development.train
    turned = train.default.copy()
    turned[parts.held[1]] = 1 - turned[parts.held[1]]
    other = replace(development, train=replace(train, default=turned))
    first, second = (out_of_fold.margins_of(fitted("lgbm"), one, parts).train for one in (development, other))
    np.testing.assert_array_equal(first[parts.held[1]], second[parts.held[1]])
    assert np.any(first[parts.held[0]] != second[parts.held[0]])


def test_out_of_time_the_folds_are_periods_and_borrowers_stay_whole(fitted, development):
    borrower = np.arange(len(development.train)) // 3
    dated = replace(development, train=replace(development.train, borrower=borrower), out_of_time=True)
    blend = out_of_fold.teacher({"card": fitted("scorecard")}, dated, COUNT).blend
    assert (blend.by, blend.folds) == ("period", COUNT)
    assert (
        out_of_fold.teacher({"card": fitted("scorecard")}, replace(dated, out_of_time=False), 2).blend.by == "borrower"
    )


@pytest.mark.parametrize("method", ["distil", "group_lasso"])
def test_a_pruner_learns_the_teacher_and_its_plan_says_whose(method, fitted, taught, development, fresh):
    """Of two teachers, the pruned scorer is nearer to the one that it learnt."""
    scorer, pruner = fitted("lgbm"), pruning.make(method, {"mix": 1.0})
    far = replace(taught, train=1 - taught.train, tune=1 - taught.tune, unlabelled=None)
    means = []
    for one in (taught, far):
        given = replace(development, taught=one)
        plan = pruner.plan(scorer, given, 0.3)
        assert plan.teacher == taught.blend
        assert PruningPlan.from_json(plan.to_json()) == plan
        means.append(pruner.apply(plan, scorer, given).score(fresh).mean())
    assert abs(means[0] - taught.train.mean()) < 0.05
    assert abs(means[1] - far.train.mean()) < 0.12


def test_a_plan_is_not_applied_with_another_teacher(fitted, taught, development):
    scorer, pruner = fitted("lgbm"), pruning.make("distil")
    plan = pruner.plan(scorer, replace(development, taught=taught), 0.3)
    with pytest.raises(PlanMismatch, match="of the teacher booster, card, however"):
        pruner.apply(plan, scorer, development)


def test_a_plan_of_nobody_who_learns_has_no_teacher(fitted, taught, development):
    plan = pruning.make("prefix").plan(fitted("lgbm"), replace(development, taught=taught), 0.5)
    assert plan.teacher is None


def test_no_scorer_and_too_few_rows_are_refused(fitted, development):
    with pytest.raises(RiskModelError, match="must have a scorer or more"):
        out_of_fold.teacher({}, development)
    few = Development(development.train.take(np.arange(12)), development.tune)
    with pytest.raises(RiskModelError, match="rows of the rarer class"):
        out_of_fold.teacher({"card": fitted("scorecard")}, few)
