"""Splits before their branches and leaves from left to right, against a recursion over each tree."""

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees.compiled.tree_order import ordered


def walked(tree):
    """The splits of a tree as nodes, root first, and its leaves as values; of each split where its leaves lie."""
    splits, leaves = [], []

    def down(node):
        if tree.is_leaf[node]:
            leaves.append(float(tree.value[node]))
            return
        place, first = len(splits), len(leaves)
        splits.append(None)
        down(int(tree.left[node]))
        second = len(leaves)
        down(int(tree.right[node]))
        splits[place] = (node, first, second, len(leaves))

    down(0)
    return splits, leaves


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(5))
def test_all_trees_stand_end_to_end_as_a_recursion_has_them(rules, seed):
    trees = random_ensemble(seed, rules, trees=7).trees
    placed = ordered(trees)
    for i, tree in enumerate(trees):
        splits, leaves = walked(tree)
        at = slice(placed.starts[i], placed.starts[i + 1])
        assert placed.counts[i] == len(splits)
        assert placed.values[placed.leaf_starts[i] : placed.leaf_starts[i + 1]].tolist() == leaves
        given = zip(placed.first[at], placed.second[at], placed.last[at], strict=True)
        assert [tuple(map(int, one)) for one in given] == [tuple(split[1:]) for split in splits]
        nodes = [split[0] for split in splits]
        assert placed.feature[at].tolist() == tree.feature[nodes].tolist()
        assert placed.threshold[at].tolist() == tree.threshold[nodes].tolist()
        assert placed.default_left[at].tolist() == tree.default_left[nodes].tolist()
        assert placed.missing[at].tolist() == tree.missing[nodes].tolist()
        assert placed.sets[at] == tuple(tree.sets[node] for node in nodes)


def test_no_trees_are_no_splits():
    placed = ordered([])
    assert len(placed.feature) == len(placed.values) == 0
    assert np.array_equal(placed.starts, [0])
