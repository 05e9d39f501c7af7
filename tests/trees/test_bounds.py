"""Bounds against the worst of many inputs, and directions against moving one number while all else stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from native import trained
from random_trees import NUMBERS, built, random_ensemble, random_tree, trying
from trees.every_kind import every_kind

from riskmodel.trees import TreeEnsemble
from riskmodel.trees.bounds import first_break, margin_bound, margin_range
from riskmodel.trees.edit.reachability import boxes
from riskmodel.trees.edit.simplify import lossless


def cut_somewhere(ensemble, draw):
    """End nodes at random depths, with random values; the second tree goes."""
    leaves = {}
    for i, tree in enumerate(ensemble.trees):
        todo = [] if i == 1 else [0]
        for node in todo:
            if tree.is_leaf[node] or draw.random() < 0.3:
                leaves[i, node] = float(draw.normal())
            else:
                todo += [int(tree.left[node]), int(tree.right[node])]
    return leaves


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_no_margin_moves_by_more_than_the_bound(rules):
    for seed in range(30):
        ensemble, draw = random_ensemble(seed, rules), np.random.default_rng(seed)
        leaves = cut_somewhere(ensemble, draw)
        pruned, rows = ensemble.with_leaves(leaves, 0.5), trying(ensemble, 500, seed)
        change = np.abs(pruned.margins(rows) - ensemble.margins(rows)).max()
        assert change <= margin_bound(ensemble, leaves, 0.5) + 1e-12


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_of_one_tree_the_bound_is_exact(rules):
    """Not of every tree does the sample reach every leaf; of most it does, and none may be above."""
    exact = 0
    for seed in range(30):
        ensemble, draw = random_ensemble(seed, rules, trees=1), np.random.default_rng(seed)
        leaves = cut_somewhere(ensemble, draw)
        rows = trying(ensemble, 1500, seed)
        change = np.abs(ensemble.with_leaves(leaves, 0.25).margins(rows) - ensemble.margins(rows)).max()
        exact += bool(np.isclose(change, margin_bound(ensemble, leaves, 0.25), rtol=1e-12))
    assert exact >= 28


def test_margins_stay_within_their_range():
    ensemble = trained("lightgbm")[0]
    low, high = margin_range(ensemble)
    margins = ensemble.margins(trying(ensemble))
    assert low <= margins.min() < margins.max() <= high


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_single_tree_breaks_a_direction_if_and_only_if_some_input_shows_it(rules):
    answers = []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        ensemble = TreeEnsemble((random_tree(draw, rules, 4, missing=(0, 2)),), 0.0, 3, rules)
        for direction in (1, -1):
            holds = first_break(ensemble, 0, direction) is None
            answers.append(holds)
            assert holds == (not is_monotone(ensemble, direction))
    assert 20 < sum(answers) < 100


def is_monotone(ensemble, direction):
    """Whether the margin moves against the direction for some values of the other features."""
    numbers = np.unique(np.concatenate([NUMBERS, NUMBERS + 0.1, NUMBERS - 0.1, [-9.0, 9.0]]))
    codes = np.append(np.arange(-1.0, 41), np.nan)
    second = np.concatenate([numbers, [np.nan]])
    grid = np.stack(np.meshgrid(second, codes, numbers, indexing="ij"), axis=-1).reshape(-1, 3)
    margins = ensemble.margins(grid[:, [2, 0, 1]]).reshape(-1, len(numbers))
    return bool((direction * np.diff(margins, axis=1) < 0).any())


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_leaves_that_differ_in_another_feature_are_not_compared(rules):
    """On both sides of the split on 0 the leaves go by feature 1; only for one value of it each does 0 matter."""
    splits = [(0, 0.0), (1, 0.0), (1, 0.0)]
    nodes = [
        {"feature": feature, "threshold": at, "left": 2 * i + 1, "right": 2 * i + 2}
        for i, (feature, at) in enumerate(splits)
    ]
    nodes += [{"feature": -1, "cover": 1.0} for _ in range(4)]
    for values, holds in (((0.0, 5.0, 1.0, 6.0), True), ((0.0, 5.0, 1.0, 4.0), False)):
        tree = built(nodes, [2] * 7, [0.0, 0.0, 0.0, *values], rules)
        assert (first_break(TreeEnsemble((tree,), 0.0, 2, rules), 0, 1) is None) == holds


def test_what_lightgbm_was_told_to_rise_rises_also_after_exact_edits():
    for how in ({"monotone_constraints": [1, -1, 0]}, {"monotone_constraints": [1, -1, 0], "num_leaves": 2}):
        ensemble = trained("lightgbm", trees=40, **how)[0]
        for edited in (ensemble, lossless(ensemble)):
            assert first_break(edited, 0, 1) is None
            assert first_break(edited, 1, -1) is None
            assert first_break(edited, 0, -1) is not None


def test_a_break_tells_where():
    ensemble = trained("xgboost")[0]
    result = first_break(ensemble, 0, -1)
    assert ensemble.trees[result.tree].feature[result.node] == 0
    assert result.high > result.low


@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]))
@settings(max_examples=40, deadline=None)
def test_the_range_of_one_tree_is_met_on_both_sides_and_of_more_it_encloses(seed, rules):
    """By one applicant of every kind; the leaves that have a box are just those that somebody ends in."""
    ensemble = random_ensemble(seed, rules, trees=2)
    one = ensemble.keep_trees([0])
    rows = every_kind(ensemble)
    margins = one.margins(rows)
    assert margin_range(one) == (margins.min(), margins.max())
    low, high = margin_range(ensemble)
    both = ensemble.margins(rows)
    assert low <= both.min() <= both.max() <= high
    for tree, ends in zip(ensemble.trees, ensemble.leaves(rows).T, strict=True):
        assert {node for node in boxes(tree, rules) if tree.is_leaf[node]} == set(ends.tolist())
