"""One tree against its slow definition: walked from the root, a path at a time."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees import TreeEnsemble

every = pytest.mark.parametrize("tree", [tree for seed in range(4) for tree in random_ensemble(seed, "lightgbm").trees])


def paths(tree, node=0, above=()):
    """Every node with the nodes above it, by walking down."""
    reached = {node: above}
    if not tree.is_leaf[node]:
        for child in (tree.left[node], tree.right[node]):
            reached |= paths(tree, int(child), (*above, node))
    return reached


@every
def test_nodes_stand_after_their_parents_and_all_of_them(tree):
    place = {node: i for i, node in enumerate(tree.order)}
    assert set(place) == set(paths(tree)) == set(range(len(tree)))
    assert all(place[above[-1]] < place[node] for node, above in paths(tree).items() if above)


@every
def test_depth_counts_the_splits_above(tree):
    assert tree.depth.tolist() == [len(paths(tree)[node]) for node in range(len(tree))]


@every
def test_means_are_weighed_by_the_rows_of_the_leaves(tree):
    ends = [node for node in paths(tree) if tree.is_leaf[node]]
    rows = sum(tree.cover[node] for node in ends)
    assert tree.mean == pytest.approx(sum(tree.value[node] * tree.cover[node] for node in ends) / rows, abs=1e-12)
    visited = sum((len(paths(tree)[node]) + 1) * tree.cover[node] for node in ends) / rows
    assert tree.visits == pytest.approx(visited, rel=1e-12)


@every
def test_without_covers_every_leaf_counts_alike(tree):
    bare = replace(tree, cover=np.zeros(len(tree)))
    assert bare.mean == pytest.approx(np.mean(tree.value[tree.is_leaf]), abs=1e-12)


@every
def test_used_features_are_those_of_splits(tree):
    assert set(tree.used_features) == {int(f) for f in tree.feature if f >= 0}
    assert list(tree.used_features) == sorted(tree.used_features)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(4))
def test_a_tree_that_ends_higher_gives_each_row_the_value_of_its_end(rules, seed):
    """Cut at every second split of depth one or more: a row gets the value of the first cut node on its way."""
    ensemble = random_ensemble(seed, rules)
    rows = trying(ensemble, 300, seed)
    for tree in ensemble.trees:
        above = paths(tree)
        cut = {node for node in above if len(above[node]) == 2}
        ends = {n: 10.0 + n for n in above if not set(above[n]) & cut and (n in cut or tree.is_leaf[n])}
        shorter = tree.with_leaves(ends)
        assert shorter.n_leaves == len(ends)
        whole = TreeEnsemble((tree,), 0.0, 3, rules).leaves(rows)[:, 0]
        wanted = [next(n for n in (*above[leaf], leaf) if n in ends) + 10.0 for leaf in whole.tolist()]
        np.testing.assert_array_equal(TreeEnsemble((shorter,), 0.0, 3, rules).margins(rows), wanted)


def test_an_end_is_missing_or_one_too_many():
    tree = next(tree for tree in random_ensemble(0, "lightgbm").trees if tree.n_leaves > 2)
    leaves = {node: 0.0 for node in paths(tree) if tree.is_leaf[node]}
    gone, *_ = leaves
    with pytest.raises(ValueError, match=f"node {gone} is a leaf, however: it has no value"):
        tree.with_leaves({node: 0.0 for node in leaves if node != gone})
    with pytest.raises(ValueError, match=f"node {min(leaves)} hangs below another given node"):
        tree.with_leaves({0: 1.0, **leaves})
