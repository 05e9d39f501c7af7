"""A tree rebuilt from some of its nodes says what the way down through those nodes says."""

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees import TreeEnsemble
from riskmodel.trees.edit.rebuild import added_up, constant, countable, spliced

TREES = [
    (rules, tree)
    for rules in ("lightgbm", "xgboost")
    for seed in range(3)
    for tree in random_ensemble(seed, rules).trees
]
splits = pytest.mark.parametrize(("rules", "tree"), [(rules, tree) for rules, tree in TREES if tree.n_leaves > 2])


def rows(rules, seed=0):
    return trying(random_ensemble(seed, rules), 200, seed)


def margins(tree, rules):
    return TreeEnsemble((tree,), 0.0, 3, rules).margins(rows(rules))


@splits
def test_nothing_replaced_is_the_same_tree_in_another_order(rules, tree):
    same = spliced(tree, {}, {})
    np.testing.assert_array_equal(margins(same, rules), margins(tree, rules))
    assert sorted(same.value.tolist()) == sorted(tree.value.tolist())
    assert all(parent < child for parent, child in zip(range(len(same)), same.left, strict=True) if child >= 0)
    again = spliced(same, {}, {})
    for name in ("feature", "threshold", "left", "right", "value"):
        np.testing.assert_array_equal(getattr(again, name), getattr(same, name))


@splits
def test_a_split_replaced_by_its_left_side_sends_all_rows_there(rules, tree):
    root = TreeEnsemble((tree,), 0.0, 3, rules)
    left = spliced(tree, {0: int(tree.left[0])}, {})
    always = margins(left, rules)
    leaves = root.leaves(rows(rules))[:, 0]
    below, waiting = set(), [int(tree.left[0])]
    while waiting:
        node = waiting.pop()
        below.add(node)
        waiting += [] if tree.is_leaf[node] else [int(tree.left[node]), int(tree.right[node])]
    went_left = np.isin(leaves, list(below))
    np.testing.assert_array_equal(always[went_left], margins(tree, rules)[went_left])
    assert left.n_leaves == sum(tree.is_leaf[node] for node in below)
    for node in np.flatnonzero(~left.is_leaf):
        assert left.cover[node] == left.cover[left.left[node]] + left.cover[left.right[node]]


@splits
def test_amounts_of_leaves_add_up_to_the_root(rules, tree):
    amount = np.where(tree.is_leaf, np.arange(len(tree)) + 1.0, -99.0)
    total = added_up(tree, amount)
    assert total[0] == amount[tree.is_leaf].sum()
    np.testing.assert_array_equal(total[tree.is_leaf], amount[tree.is_leaf])


def test_covers_can_be_written_by_each_library():
    cover = np.array([0.0, 0.4, 0.5, 1.5, 7.49])
    assert countable(cover, "lightgbm").tolist() == [1, 1, 1, 2, 7]
    assert countable(cover, "xgboost").tolist() == [1e-3, 0.4, 0.5, 1.5, 7.49]


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_constant_tree_gives_every_row_its_value(rules):
    like = random_ensemble(1, rules).trees[0]
    leaf = constant(-1.5, like, rules)
    assert (len(leaf), leaf.cover[0]) == (1, like.cover[0])
    assert set(margins(leaf, rules)) == {-1.5}
    assert leaf.carried.keys() == like.carried.keys()


@splits
def test_a_constant_has_one_node_in_all_of_its_columns(rules, tree):
    leaf = constant(0.5, tree, rules)
    columns = (value for value in vars(leaf).values() if isinstance(value, (np.ndarray, tuple)))
    assert {len(column) for column in (*columns, *leaf.carried.values())} == {1}
    assert not leaf.default_left[0]
