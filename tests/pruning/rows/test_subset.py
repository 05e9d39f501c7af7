"""Train without the rows that a plan drops: kept rows alone, weighed as the plan says; a plan for others is refused."""

from dataclasses import replace

import numpy as np
import pytest
from samples import drawn

from riskmodel.core import Development, PruningPlan
from riskmodel.errors import PlanMismatch
from riskmodel.pruning import remaining
from riskmodel.pruning.algorithms.rows.hashes import row_hashes
from riskmodel.pruning.algorithms.rows.subset import reduced

DEVELOPMENT = Development(drawn(23, 1, "train"), drawn(11, 2, "tune"))
KEPT = (2, 3, 5, 7, 11, 13, 17, 19)


def plan(development=DEVELOPMENT, kept=KEPT, unit="row", **changes):
    units = row_hashes(development.train)
    return PruningPlan("random_rows", {}, unit, 0.4, units, (0.0,) * len(units), kept, "", **changes)


def test_the_kept_rows_stay_in_their_order_and_tune_as_it_is():
    smaller = reduced(DEVELOPMENT, plan())
    np.testing.assert_array_equal(smaller.train.matrix, DEVELOPMENT.train.matrix[list(KEPT)])
    np.testing.assert_array_equal(smaller.train.default, DEVELOPMENT.train.default[list(KEPT)])
    np.testing.assert_array_equal(smaller.train.rows, KEPT)
    assert smaller.tune is DEVELOPMENT.tune
    assert smaller.train.weight is None


def test_values_of_the_plan_are_weights():
    weights = tuple(np.linspace(0.5, 1.5, len(KEPT)).tolist())
    np.testing.assert_array_equal(reduced(DEVELOPMENT, plan(values=weights)).train.weight, weights)


def test_without_values_rows_keep_the_weights_that_they_have():
    own = np.linspace(1, 2, 23)
    heavy = replace(DEVELOPMENT, train=replace(DEVELOPMENT.train, weight=own))
    np.testing.assert_array_equal(reduced(heavy, plan(heavy)).train.weight, own[list(KEPT)])


def test_a_plan_for_other_rows_is_refused():
    other = Development(drawn(17, 9, "train"), DEVELOPMENT.tune)
    with pytest.raises(PlanMismatch, match="the plan is for 23 other rows of train, however: it has 17"):
        reduced(other, plan())


def test_a_plan_for_the_same_rows_in_another_order_is_refused():
    turned = replace(DEVELOPMENT, train=DEVELOPMENT.train.take(np.arange(23)[::-1]))
    with pytest.raises(PlanMismatch, match="the plan is for 23 other rows of train"):
        reduced(turned, plan())


def test_plans_of_rows_follow_one_another_and_others_are_passed_over():
    first = plan()
    second = plan(reduced(DEVELOPMENT, first), kept=(0, 3, 6))
    trees = PruningPlan("trees", {}, "tree", 0.5, ("0",), (1.0,), (0,), "")
    left = remaining(DEVELOPMENT, [first, trees, second])
    np.testing.assert_array_equal(left.train.rows, [2, 7, 17])


def test_without_plans_all_rows_stay():
    assert remaining(DEVELOPMENT, []) is DEVELOPMENT
