"""Exact edits against the ensemble they began with, on every value that a split could treat in a way of its own."""

from dataclasses import replace

import numpy as np
import pytest
from native import TOLERANCE, table, trained
from random_trees import random_ensemble, trying

from riskmodel.trees import TreeEnsemble
from riskmodel.trees.edit.simplify import constants_gone, lossless, simplified

KINDS = {
    "all kinds": {},
    "one number": {"features": (0,)},
    "one number, zeros missing": {"features": (0,), "missing": (1,)},
    "one number, no missing": {"features": (0,), "missing": (0,)},
    "one category": {"features": (2,)},
}
STRANGE = [
    ("lightgbm", {}),
    ("lightgbm", {"num_leaves": 2}),
    ("lightgbm", {"num_leaves": 3, "zero_as_missing": True}),
    ("lightgbm", {"num_leaves": 3, "use_missing": False}),
    ("lightgbm", {"num_leaves": 4, "interaction_constraints": [[0], [1], [2]]}),
    ("xgboost", {}),
    ("xgboost", {"max_depth": 1}),
    ("xgboost", {"max_depth": 2, "interaction_constraints": "[[0], [1], [2]]"}),
]


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_input_whatever_gets_another_margin(rules, kind):
    for seed in range(25):
        ensemble = random_ensemble(seed, rules, **KINDS[kind])
        less, rows = lossless(ensemble), trying(ensemble, 400, seed)
        np.testing.assert_allclose(less.margins(rows), ensemble.margins(rows), rtol=0, atol=1e-12)
        assert less.n_nodes <= ensemble.n_nodes
        assert lossless(less).n_nodes == less.n_nodes


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_node_has_the_cover_of_its_children(rules):
    for seed in range(25):
        for tree in lossless(random_ensemble(seed, rules)).trees:
            inner = np.flatnonzero(~tree.is_leaf)
            below = tree.cover[tree.left[inner]] + tree.cover[tree.right[inner]]
            np.testing.assert_allclose(tree.cover[inner], below, rtol=1e-12)
            assert tree.cover.min() > 0


@pytest.mark.parametrize(("library", "settings"), STRANGE)
def test_the_library_loads_the_result_and_agrees(library, settings):
    ensemble, given_back = trained(library, **settings)
    less, rows = lossless(ensemble), np.vstack([table(300, 1)[0], trying(ensemble, 600)])
    native = given_back(less)
    np.testing.assert_allclose(native.margins(rows), ensemble.margins(rows), rtol=0, atol=TOLERANCE[library])
    finite = table(300, 1)[0]
    np.testing.assert_allclose(native.explained(finite), native.margins(finite), rtol=0, atol=1e-5)


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_stumps_of_one_number_become_one_balanced_tree(library):
    settings = {"num_leaves": 2} if library == "lightgbm" else {"max_depth": 1}
    ensemble = trained(library, trees=60, **settings)[0]
    before, after = (parts_of(0, e) for e in (ensemble, lossless(ensemble)))
    thresholds = {float(tree.threshold[0]) for tree in before}
    assert len(after) == 1 < len(before)
    assert after[0].n_leaves <= len(thresholds) + 3  # a step more than thresholds; -inf and missing where set apart
    assert after[0].depth.max() <= 2 + np.ceil(np.log2(after[0].n_leaves))
    gains = [sum(tree.carried["gain"].sum() for tree in trees) for trees in (before, after)]
    assert gains[0] == pytest.approx(gains[1])


def parts_of(feature, ensemble):
    return [tree for tree in ensemble.trees if set(tree.feature[~tree.is_leaf].tolist()) == {feature}]


def test_what_is_already_small_is_left_as_it_is():
    ensemble = trained("lightgbm", trees=2)[0]
    assert lossless(ensemble).trees == ensemble.trees


def test_a_merged_tree_leaves_a_constant_of_nothing_in_its_place():
    ensemble = random_ensemble(1, "lightgbm", trees=8, features=(0,), missing=(2,))
    kept = simplified(ensemble)
    assert len(kept.trees) == 8
    assert sum(len(tree) > 1 for tree in kept.trees) == 1


def test_the_last_tree_stays_where_all_are_constant():
    ensemble = random_ensemble(3, "xgboost", trees=3)
    flat = replace(ensemble, trees=tuple(tree.with_leaves({0: 0.5}) for tree in ensemble.trees))
    less = constants_gone(flat)
    assert (len(less.trees), less.intercept) == (1, 0.25 + 1.0)
    assert constants_gone(TreeEnsemble((), 0.25, 3, "lightgbm")).trees == ()


@pytest.mark.parametrize("values", [(0.5,), (0.5, 1.0, 2.0)])
def test_of_constants_the_last_one_stays_and_no_other(values):
    leaf = random_ensemble(3, "xgboost", trees=1).trees[0]
    flat = TreeEnsemble(tuple(leaf.with_leaves({0: value}) for value in values), 0.25, 3, "xgboost")
    less = constants_gone(flat)
    assert [float(tree.value[0]) for tree in less.trees] == [values[-1]]
    assert less.intercept == 0.25 + sum(values[:-1])
