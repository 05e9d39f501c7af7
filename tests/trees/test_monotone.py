"""The split-by-split check against the margins themselves."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble
from trees.every_kind import every_kind

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


def below(tree, node):
    """Values of the leaves that hang below a node."""
    if tree.is_leaf[node]:
        return [float(tree.value[node])]
    return below(tree, int(tree.left[node])) + below(tree, int(tree.right[node]))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]), st.tuples(*[st.sampled_from((-1, 0, 1))] * 2))
def test_a_split_is_broken_where_some_pair_of_leaves_on_its_sides_is(seed, rules, directions):
    ensemble = random_ensemble(seed, rules, trees=3)
    wanted = [
        (i, node)
        for i, tree in enumerate(ensemble.trees)
        for node in range(len(tree))
        if tree.feature[node] in (0, 1)
        and any(
            directions[tree.feature[node]] * (high - low) < 0
            for low in below(tree, int(tree.left[node]))
            for high in below(tree, int(tree.right[node]))
        )
    ]
    assert broken(ensemble, (*directions, 1)) == tuple(wanted)
    failing = {int(ensemble.trees[i].feature[node]) for i, node in wanted}
    due = tuple(0 if feature in failing else direction for feature, direction in enumerate(directions))
    assert held(ensemble, (*directions, 1)) == (*due, 1)  # of a category nothing is asked


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]))
def test_what_is_held_is_held_by_applicants_of_every_kind_in_both_directions(seed, rules):
    """Of each two who differ in feature 0 alone, and have it, the one with more has no lower margin."""
    ensemble = random_ensemble(seed, rules, trees=2, features=(0, 1), missing=(0, 2))
    rows = every_kind(ensemble)
    rows = rows[~np.isnan(rows[:, 0])]
    order = np.lexsort((rows[:, 0], np.nan_to_num(rows[:, 1], nan=9e99)))
    rows, mirrored = rows[order], replace(ensemble, trees=tuple(replace(t, value=-t.value) for t in ensemble.trees))
    same = np.diff(np.nan_to_num(rows[:, 1], nan=9e99)) == 0
    for direction, one in ((1, ensemble), (-1, mirrored)):
        steps = direction * np.diff(one.margins(rows))[same]
        if held(one, (direction, 0, 0))[0]:
            assert (steps >= -1e-12).all()
