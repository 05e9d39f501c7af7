"""Paths to leaves, their shares and the sides of rows, against a walk; quadrature against integrals."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.trees.shap.leaf_paths import leaf_paths, sides
from riskmodel.trees.shap.quadrature import points_for, quadrature, share_left

both = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


@both
@pytest.mark.parametrize("seed", range(3))
def test_a_row_passes_the_path_of_its_own_leaf_alone(rules, seed):
    ensemble = random_ensemble(seed, rules)
    rows = trying(ensemble, 200, seed)
    left = sides(ensemble, rows)
    total = np.zeros(len(rows))
    for path in leaf_paths(ensemble):
        total += path.value * path.passed(left).all(axis=1)
    single = sum(float(tree.value[0]) for tree in ensemble.trees if tree.is_leaf[0])  # they have no path
    np.testing.assert_array_equal(total + single + ensemble.intercept, ensemble.margins(rows))


def share_by_walk(tree, node, feature):
    """The share of train that passes the splits on one feature above a node: from the node up."""
    parent = {int(child): at for at in np.flatnonzero(~tree.is_leaf) for child in (tree.left[at], tree.right[at])}
    share = 1.0
    while node in parent:
        above = int(parent[node])
        if tree.feature[above] == feature:
            covers = tree.cover[tree.left[above]], tree.cover[tree.right[above]]
            own = covers[0] if tree.left[above] == node else covers[1]
            share *= own / sum(covers) if sum(covers) else 0.5
        node = above
    return share


@both
def test_shares_are_those_of_the_covers_on_the_way(rules):
    for tree in random_ensemble(5, rules).trees:
        ensemble = random_ensemble(5, rules, trees=1)
        one = type(ensemble)((tree,), 0.0, 3, rules)
        due = [
            {f: share_by_walk(tree, int(leaf), f) for f in range(3)} | {"value": float(tree.value[leaf])}
            for leaf in np.flatnonzero(tree.is_leaf)
        ]
        given = sorted((p.value, *(p.share[p.features.index(f)] if f in p.features else 1.0 for f in range(3)))
                       for p in leaf_paths(one))  # fmt: skip
        expected = sorted((leaf["value"], leaf[0], leaf[1], leaf[2]) for leaf in due) if not tree.is_leaf[0] else []
        np.testing.assert_allclose(given, expected, rtol=1e-12)


@pytest.mark.parametrize("points", [1, 2, 5, 9])
def test_quadrature_is_exact_up_to_its_degree_and_no_further(points):
    at, weights = quadrature(points)
    for degree in range(2 * points):
        assert (weights * at**degree).sum() == pytest.approx(1 / (degree + 1), abs=1e-13)
    beyond = (weights * at ** (2 * points)).sum()
    assert beyond < 1 / (2 * points + 1)
    assert ((at > 0) & (at < 1)).all()


def test_points_are_half_the_features_of_the_longest_path():
    for tree in random_ensemble(8, "lightgbm", trees=10).trees:
        one = type(random_ensemble(8, "lightgbm"))((tree,), 0.0, 3, "lightgbm")
        most = max((len(path.features) for path in leaf_paths(one)), default=1)
        assert points_for(tree) == (most + 1) // 2


def test_a_split_without_rows_is_shared_in_halves():
    tree = next(tree for tree in random_ensemble(1, "xgboost").trees if not tree.is_leaf[0])
    assert share_left(replace(tree, cover=np.zeros(len(tree))), 0) == 0.5
