"""One tree for all trees of a number: where missing goes, and which covers the new leaves get."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import built

from riskmodel.trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO, TreeEnsemble
from riskmodel.trees.edit.step_functions import single_features_merged


def stump(threshold, low, high, default_left=True, *, rows=(600.0, 400.0), missing=MISSING_NAN, rules="lightgbm"):
    root = {"feature": 0, "threshold": threshold, "left": 1, "right": 2, "default_left": default_left}
    return built([root, *({"feature": -1, "cover": n} for n in rows)], [missing] * 3, [0.0, low, high], rules)


def merged(*stumps, rules="lightgbm"):
    tree, *rest = single_features_merged(stumps, rules)
    assert all(len(other) == 1 for other in rest)
    rows = np.array([[-np.inf], [-1.0], [0.0], [1.0], [2.0], [3.0], [np.inf], [np.nan]])
    before, after = (TreeEnsemble(trees, 0.0, 1, rules).margins(rows) for trees in (stumps, (tree, *rest)))
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-12)
    return tree


def test_stumps_become_steps_with_the_rows_between_their_thresholds():
    tree = merged(stump(1.0, -1, 1, rows=(300, 700)), stump(2.0, 0, 4, rows=(800, 200)))
    leaves = tree.is_leaf
    assert dict(zip(tree.value[leaves], tree.cover[leaves], strict=True)) == {-1.0: 300, 1.0: 500, 5.0: 200}
    assert tree.cover[0] == 1000
    assert tree.carried["gain"].sum() == 2
    assert tree.carried["weight"][0] == 250


def test_missing_goes_to_the_step_that_has_its_total():
    assert merged(stump(1.0, -1, 1), stump(2.0, 0, 4)).n_leaves == 3
    assert merged(stump(1.0, -1, 1, False), stump(2.0, 0, 4, False)).n_leaves == 3


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_missing_has_a_leaf_of_its_own_where_no_step_has_its_total(rules):
    ways = [(0.5, True), (1.0, False), (1.5, True), (2.0, False), (2.5, True), (3.0, False)]
    tree = merged(*(stump(t, -1 - t, t, way, rules=rules) for t, way in ways), rules=rules)
    assert tree.n_leaves == 7 + 2
    assert np.isfinite(tree.threshold).all()


def test_two_stumps_that_would_need_more_nodes_as_one_stay_two():
    both = (stump(1.0, -1, 1, True), stump(2.0, 0, 4, False))
    assert single_features_merged(both, "lightgbm") == both


def test_stumps_that_would_need_as_many_nodes_as_one_stay():
    five = tuple(stump(t, -1 - t, t, way) for t, way in zip((0.5, 1, 1.5, 2, 2.5), (True, False) * 3, strict=False))
    assert single_features_merged(five, "lightgbm") == five


def test_zeros_that_are_missing_do_not_merge_with_zeros_that_are_numbers():
    zeros, plain = stump(1.0, -1, 1, missing=MISSING_ZERO), stump(1.5, 0, 4, missing=MISSING_NONE)
    assert single_features_merged((zeros, plain), "lightgbm") == (zeros, plain)
    alike = merged(zeros, stump(2.0, 0, 4, missing=MISSING_ZERO))
    assert set(alike.missing[~alike.is_leaf]) == {MISSING_ZERO}


def test_steps_that_say_the_same_are_one():
    tree = merged(stump(1.0, -1, 1), stump(2.0, 0, 4), stump(1.0, 1, -1))
    assert (tree.n_leaves, tree.threshold[0]) == (2, 2.0)


def test_what_the_libraries_note_of_a_tree_is_the_sum_of_what_the_parts_had():
    first, second = stump(1.0, -1, 1, rows=(300, 700)), stump(2.0, 0, 4, rows=(800, 200))
    tree = merged(replace(first, shrinkage=0.3), replace(second, shrinkage=0.25))
    assert tree.shrinkage == 0.55
    assert merged(replace(first, shrinkage=0.6), replace(second, shrinkage=0.6)).shrinkage == 1.0
    assert not tree.threshold[tree.is_leaf].any()
    root, lower = np.flatnonzero(~tree.is_leaf)
    assert tree.threshold[root] == 1.0
    parted = np.array([300 * 700 / 1000 * (15 / 7 + 1) ** 2, 500 * 200 / 700 * (5 - 1) ** 2])
    np.testing.assert_allclose(tree.carried["gain"][[root, lower]], 2 * parted / parted.sum())


def test_a_tree_alone_stays_as_it_is():
    """Though its two steps of one value could be one."""
    root = {"feature": 0, "threshold": 1.0, "left": 1, "right": 2}
    inner = {"feature": 0, "threshold": 2.0, "left": 3, "right": 4}
    leaf = {"feature": -1, "cover": 100.0}
    one = built([root, leaf, inner, leaf, leaf], [MISSING_NAN] * 5, [0.0, 1.0, 0.0, 3.0, 3.0], "lightgbm")
    assert single_features_merged((one,), "lightgbm")[0] is one
