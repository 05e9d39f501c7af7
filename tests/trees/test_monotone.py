"""The split-by-split check against the margins themselves."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble

from riskmodel.trees.monotone import broken, held, split_order

UP = (1, 0, 0)


def falls_somewhere(ensemble, seed):
    """Whether some drawn row has a lower margin after feature 0 has risen."""
    draw = np.random.default_rng(seed)
    rows = np.column_stack([draw.normal(size=3000) * 2, draw.normal(size=3000) * 2, draw.integers(0, 40, 3000)])
    higher = rows.copy()
    higher[:, 0] += draw.exponential(2, 3000)
    return bool((ensemble.margins(higher) < ensemble.margins(rows) - 1e-12).any())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]))
def test_where_no_split_is_broken_no_margin_falls(seed, rules):
    ensemble = random_ensemble(seed, rules, trees=1, missing=(0, 2))
    if not broken(ensemble, UP):
        assert not falls_somewhere(ensemble, seed)


def test_a_reversed_stump_is_found_and_its_direction_is_not_held():
    result = {True: 0, False: 0}
    for seed in range(60):
        ensemble = random_ensemble(seed, "lightgbm", trees=1, features=(0,), missing=(2,))
        fails = bool(broken(ensemble, UP))
        assert held(ensemble, UP) == ((0, 0, 0) if fails else UP)
        result[fails] += 1
        if ensemble.trees[0].n_leaves == 2:
            tree = ensemble.trees[0]
            assert fails == (tree.value[tree.left[0]] > tree.value[tree.right[0]])
    assert min(result.values()) > 3


def test_a_fitted_booster_holds_to_its_constraint_and_to_no_other(fitted):
    for kind in ("lgbm", "xgb"):
        ensemble = fitted(kind).ensemble
        assert held(ensemble, (0, 0, 0, -1, 0)) == (0, 0, 0, -1, 0)
        assert held(ensemble, (1, 1, 1, 1, 1)) == (0, 0, 1, 0, 0)


def test_categories_and_leaves_have_no_order():
    for seed in range(10):
        tree = random_ensemble(seed, "xgboost", trees=1).trees[0]
        order = split_order(tree, (1, -1, 1))
        assert not order[tree.is_leaf].any()
        assert not order[tree.feature == 2].any()
