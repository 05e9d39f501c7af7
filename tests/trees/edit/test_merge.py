"""Equal siblings and equal questions, by the numbers that SHAP and importances are made of."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, random_tree

from riskmodel.trees.edit.merge import same_questions_summed, without_equal_siblings
from riskmodel.trees.edit.rebuild import spliced


@pytest.fixture
def tree():
    return spliced(random_tree(np.random.default_rng(4), "lightgbm", 6), {}, {})


def twins(tree, factor):
    return replace(tree, value=tree.value * factor, cover=tree.cover * (2 - factor) + 0.4)


def test_twins_are_summed_and_their_covers_are_means_in_whole_rows(tree):
    one, nothing, other = same_questions_summed([tree, twins(tree, 0.5), tree.with_leaves({0: 1.0})], "lightgbm")
    np.testing.assert_array_equal(one.value, tree.value * 1.5)
    assert (nothing.value.tolist(), len(other)) == ([0.0], 1)
    leaves = one.is_leaf
    np.testing.assert_allclose(one.cover[leaves], np.rint(tree.cover[leaves] * 1.25 + 0.2), atol=1)
    assert (one.cover == np.rint(one.cover)).all()
    np.testing.assert_array_equal(one.carried["gain"], tree.carried["gain"] * 2)
    np.testing.assert_array_equal(one.carried["weight"], tree.carried["weight"])


@pytest.mark.parametrize(("parts", "whole"), [((0.25, 0.5), 0.75), ((0.75, 0.5), 1.0)])
def test_the_shrinkage_of_twins_adds_up_to_one_at_most(tree, parts, whole):
    one, _ = same_questions_summed([replace(tree, shrinkage=part) for part in parts], "lightgbm")
    assert one.shrinkage == whole


def test_the_same_tree_in_another_numbering_is_a_twin(tree):
    """Left before right, depth first, where the other goes level by level."""
    order = []
    stack = [0]
    while stack:
        node = stack.pop()
        order.append(node)
        stack += [] if tree.is_leaf[node] else [int(tree.right[node]), int(tree.left[node])]
    place = np.argsort(order).astype(np.int32)
    by_node = ("feature", "threshold", "value", "cover", "default_left", "missing")
    changed = replace(
        tree,
        **{name: getattr(tree, name)[order] for name in by_node},
        left=np.where(tree.left < 0, -1, place[tree.left])[order].astype(np.int32),
        right=np.where(tree.right < 0, -1, place[tree.right])[order].astype(np.int32),
        sets=tuple(tree.sets[node] for node in order),
        carried={name: notes[order] for name, notes in tree.carried.items()},
    )
    assert [len(t) for t in same_questions_summed([tree, changed], "lightgbm")] == [len(tree), 1]


def test_equal_siblings_go_from_below_and_the_cover_is_their_own(tree):
    flat = replace(tree, value=np.where(tree.is_leaf, 0.5, 0.0))
    less = without_equal_siblings(flat)
    assert (less.value.tolist(), less.cover.tolist()) == ([0.5], [tree.cover[0]])


def test_a_tree_without_equal_siblings_is_left_as_it_is(tree):
    apart = replace(tree, value=np.where(tree.is_leaf, np.arange(len(tree), dtype=float), 0.0))
    assert without_equal_siblings(apart) is apart


def test_no_siblings_are_equal_afterwards():
    for seed in range(30):
        for tree in random_ensemble(seed, "xgboost").trees:
            less = without_equal_siblings(tree)
            for node in np.flatnonzero(~less.is_leaf):
                left, right = less.left[node], less.right[node]
                assert not (less.is_leaf[left] and less.is_leaf[right] and less.value[left] == less.value[right])
