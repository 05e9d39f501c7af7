"""SHAP values against the definition, subset by subset, on trees of every kind; and against the libraries."""

from dataclasses import replace
from functools import cache
from itertools import chain, combinations
from math import factorial

import numpy as np
import pytest
from random_trees import built, random_ensemble, trying
from samples import drawn

from riskmodel.trees import LEAF, TreeEnsemble
from riskmodel.trees.shap.simd_steps import LANES
from riskmodel.trees.shap.treeshap import TreeShap


def left(ensemble, tree, node, row):
    """Whether a row goes left at a node: what a tree of that split alone says."""
    pair = np.array([node, *[np.flatnonzero(tree.feature == LEAF)[0]] * 2])
    stump = replace(
        tree,
        **{name: getattr(tree, name)[pair] for name in ("feature", "threshold", "value", "cover", "missing")},
        default_left=tree.default_left[pair],
        left=np.array([1, -1, -1], np.int32),
        right=np.array([2, -1, -1], np.int32),
        sets=tuple(tree.sets[i] for i in pair),
        carried={},
    )
    return replace(ensemble, trees=(stump,)).leaves(row[None])[0, 0] == 1


def by_definition(ensemble, row):
    """Shapley values of the game whose players are features: one that is out is averaged over by the covers."""
    result = np.zeros(ensemble.n_features)
    for tree in ensemble.trees:
        goes = cache(lambda node, tree=tree: left(ensemble, tree, node, row))

        def worth(node, known, tree=tree, goes=goes):
            if tree.feature[node] == LEAF:
                return tree.value[node]
            ways = tree.left[node], tree.right[node]
            if tree.feature[node] in known:
                return worth(ways[0] if goes(node) else ways[1], known)
            return sum(tree.cover[way] * worth(way, known) for way in ways) / tree.cover[node]

        players = range(ensemble.n_features)
        for i in players:
            others = [j for j in players if j != i]
            for known in chain.from_iterable(combinations(others, size) for size in range(len(players))):
                weight = factorial(len(known)) * factorial(len(players) - len(known) - 1) / factorial(len(players))
                result[i] += weight * (worth(0, {*known, i}) - worth(0, set(known)))
    return result


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(4))
def test_they_are_what_the_definition_says(rules, seed):
    ensemble = random_ensemble(seed, rules, trees=4)
    rows = trying(ensemble, LANES + 5, seed)
    expected = [by_definition(ensemble, row) for row in rows]
    np.testing.assert_allclose(TreeShap(ensemble)(rows), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("kind", "atol"), [("lgbm", 1e-12), ("xgb", 1e-5)])  # XGBoost adds in single precision
def test_they_are_the_librarys_own(fitted, kind, atol):
    scorer, rows = fitted(kind), drawn(2 * LANES + 1, 9).matrix
    np.testing.assert_allclose(TreeShap(scorer.ensemble)(rows), scorer.contributions(rows)[:, :-1], rtol=0, atol=atol)


def test_they_add_up_to_the_margin_on_deep_trees_with_many_features():
    """Twelve features on a path: six points of quadrature are exact where five are not."""
    draw = np.random.default_rng(0)
    nodes = [{"feature": 0, "threshold": 0.0, "left": 1, "right": 2}]
    for f in range(1, 12):
        split = {"feature": f, "threshold": 0.0, "left": 2 * f + 1, "right": 2 * f + 2}
        nodes += [{"feature": LEAF, "cover": 10.0 * f}, split]
    nodes += [{"feature": LEAF, "cover": 7.0}, {"feature": LEAF, "cover": 3.0}]
    tree = built(nodes, [2] * len(nodes), draw.normal(size=len(nodes)).tolist(), "lightgbm")
    ensemble = TreeEnsemble((tree,), 0.0, 12, "lightgbm")
    rows = draw.normal(size=(50, 12))
    values = TreeShap(ensemble)(rows)
    np.testing.assert_allclose([TreeShap(ensemble).of_row(row) for row in rows[:5]], values[:5], rtol=0, atol=1e-12)
    np.testing.assert_allclose(values.sum(axis=1) + tree.mean, ensemble.margins(rows), rtol=0, atol=1e-12)


def test_no_trees_and_no_rows_give_no_effects():
    stump = random_ensemble(3, "lightgbm", trees=2)
    assert not TreeShap(replace(stump, trees=()))(np.ones((3, 3))).any()
    assert TreeShap(stump)(np.ones((0, 3))).shape == (0, 3)


def test_a_rows_values_do_not_depend_on_its_neighbours(fitted):
    shap, rows = TreeShap(fitted("lgbm").ensemble), drawn(3 * LANES + 7, 4).matrix
    whole = shap(rows)
    np.testing.assert_array_equal(np.vstack([shap(rows[i : i + 1]) for i in range(len(rows))]), whole)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(6))
def test_one_row_gets_the_values_that_it_gets_among_many(rules, seed):
    ensemble = random_ensemble(seed, rules, trees=1 + 9 * seed)
    rows = trying(ensemble, 3 * LANES, seed)
    shap = TreeShap(ensemble)
    np.testing.assert_allclose([shap.of_row(row) for row in rows], shap(rows), rtol=0, atol=1e-12)


def test_one_row_of_no_tree_gets_nothing():
    ensemble = random_ensemble(3, "lightgbm", trees=5)
    assert not TreeShap(replace(ensemble, trees=())).of_row(np.ones(ensemble.n_features)).any()
