"""Layouts and leaf codes against the ensemble's own walk."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, random_tree, trying

from riskmodel.pruning.algorithms.trees.layout import laid_out, leaf_codes

FREE = (0, 0, 0)


def below(tree, node):
    if tree.is_leaf[node]:
        return {node}
    return below(tree, int(tree.left[node])) | below(tree, int(tree.right[node]))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_codes_name_the_leaf_that_the_walk_ends_in(seed):
    ensemble = random_ensemble(seed, "lightgbm")
    rows = trying(ensemble, 200, seed)
    layouts = tuple(laid_out(tree, FREE) for tree in ensemble.trees)
    codes, ends = leaf_codes(ensemble, layouts, rows), ensemble.leaves(rows)
    for t, layout in enumerate(layouts):
        np.testing.assert_array_equal(layout.leaves[codes[t]], ends[:, t])
        np.testing.assert_array_equal(layout.value, ensemble.trees[t].value[layout.leaves])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 12))
def test_subtrees_lie_without_gaps_and_hold_their_leaves(seed, splits):
    tree = random_tree(np.random.default_rng(seed), "xgboost", splits)
    layout = laid_out(tree, FREE)
    for split, node in enumerate(layout.nodes):
        inside = {int(n) for n in layout.nodes[layout.first[split] : split + 1]}
        assert {int(leaf) for leaf in layout.leaves[layout.below(split)]} == below(tree, int(node))
        assert all(below(tree, n) <= below(tree, int(node)) for n in inside)
        assert len(inside) == len(below(tree, int(node))) - 1
        assert layout.depth[split] == tree.depth[node]


def test_more_than_256_leaves_a_tree_take_two_bytes():
    draw = np.random.default_rng(0)
    ensemble = random_ensemble(0, "lightgbm")
    for splits, dtype in ((255, np.uint8), (256, np.uint16)):
        wide = type(ensemble)((random_tree(draw, "lightgbm", splits),), 0.0, 3, "lightgbm")
        layouts = (laid_out(wide.trees[0], FREE),)
        assert leaf_codes(wide, layouts, trying(wide, 50)).dtype == dtype


def test_monotone_splits_are_marked_and_sets_are_not():
    tree = random_tree(np.random.default_rng(3), "lightgbm", 12)
    layout = laid_out(tree, (1, -1, 1))
    for order, node in zip(layout.order, layout.nodes, strict=True):
        assert order == {0: 1, 1: -1, 2: 0}[int(tree.feature[node])]
