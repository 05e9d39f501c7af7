"""A plan of nested questions becomes the tree that asks them; covers and notes add up from the leaves."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees import MISSING_NAN, TreeEnsemble
from riskmodel.trees.edit.tree_builder import End, Question, grown

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
PLAN = Question(
    0.5, False, Question(-1.0, True, End(-2.0, 0.1), End(1.0, 0.3)), Question(2.0, False, End(3.0, 0.4), End(5.0, 0.2))
)


def parts(rules):
    return [tree for tree in random_ensemble(3, rules, trees=9).trees if not tree.is_leaf[0]][:3]


def follow(plan, x, rules):
    """One number, one question after the other."""
    while isinstance(plan, Question):
        below = x <= plan.threshold if rules == "lightgbm" else np.float32(x) < np.float32(plan.threshold)
        plan = plan.left if (plan.default_left if np.isnan(x) else below) else plan.right
    return plan.value


@both
def test_the_tree_asks_what_the_plan_asks(rules):
    tree = grown(PLAN, 1, MISSING_NAN, parts(rules), rules)
    values = np.array([-5.0, -1.0, -0.99, 0.4, 0.5, 0.51, 2.0, 2.1, np.nan])
    rows = np.column_stack([np.zeros(len(values)), values])
    given = TreeEnsemble((tree,), 0.0, 2, rules).margins(rows)
    assert given.tolist() == [follow(PLAN, x, rules) for x in values]
    assert tree.used_features == (1,)


@both
def test_covers_add_up_and_are_shared_as_the_plan_says(rules):
    of = parts(rules)
    tree = grown(PLAN, 0, MISSING_NAN, of, rules)
    inner = np.flatnonzero(~tree.is_leaf)
    np.testing.assert_allclose(tree.cover[inner], tree.cover[tree.left[inner]] + tree.cover[tree.right[inner]])
    whole = np.mean([part.cover[0] for part in of])
    assert tree.cover[0] == pytest.approx(whole, abs=4)  # LightGBM counts whole rows
    leaves = {value: cover for value, cover in zip(tree.value, tree.cover, strict=True) if value}
    for end, share in ((-2.0, 0.1), (1.0, 0.3), (3.0, 0.4), (5.0, 0.2)):
        assert leaves[end] == pytest.approx(share * whole, abs=1)


@both
def test_gains_of_the_parts_are_shared_among_its_splits(rules):
    of = parts(rules)
    gain = grown(PLAN, 0, MISSING_NAN, of, rules).carried["gain"]
    assert gain.sum() == pytest.approx(sum(part.carried["gain"].sum() for part in of))
    assert (gain[3:] == 0).all()  # of leaves
    equal = replace(PLAN, left=replace(PLAN.left, left=End(1.0, 0.1)))  # a split whose sides are alike
    assert grown(equal, 0, MISSING_NAN, of, rules).carried["gain"][1] == pytest.approx(0, abs=1e-12)


@both
def test_a_split_notes_the_mean_of_what_hangs_below_it(rules):
    tree = grown(PLAN, 0, MISSING_NAN, parts(rules), rules)
    inner, leaves = tree.carried["inner"], tree.is_leaf
    means = np.average(tree.value[leaves], weights=tree.cover[leaves])
    assert inner[0] == pytest.approx(means)
    np.testing.assert_array_equal(inner[leaves], 0.0 if rules == "lightgbm" else tree.value[leaves])
    without = [replace(part, carried={"gain": part.carried["gain"]}) for part in parts(rules)]
    assert grown(PLAN, 0, MISSING_NAN, without, rules).carried.keys() == {"gain"}


def test_a_plan_that_asks_nothing_is_a_leaf():
    tree = grown(End(2.5, 1.0), 0, MISSING_NAN, parts("xgboost"), "xgboost")
    assert (len(tree), tree.mean, tree.n_leaves) == (1, 2.5, 1)
