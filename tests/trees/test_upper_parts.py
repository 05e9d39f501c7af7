"""The bound on a cut is sound for every row, tight where trees are upper parts, and 0 where nothing goes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble
from trees.every_kind import every_kind

from riskmodel import pruning
from riskmodel.trees.bounds import margin_range
from riskmodel.trees.upper_parts import cut_bound


def pruned(scorer, method, development, keep=0.4):
    pruner = pruning.make(method)
    return pruner.apply(pruner.plan(scorer, development, keep), scorer, development)


@pytest.mark.parametrize(
    "method", ["prefix", "trees", "collapse", "group_lasso", "level_scaling", "lossless", "distil", "max_interaction"]
)
def test_no_row_moves_further_and_upper_parts_have_a_tighter_bound(method, fitted, development, fresh):
    before, after = fitted("lgbm").ensemble, pruned(fitted("lgbm"), method, development).ensemble
    apart = np.abs(before.margins(fresh.matrix) - after.margins(fresh.matrix))
    (low, high), (lowest, highest) = margin_range(before), margin_range(after)
    loosest = max(highest - low, high - lowest)
    assert apart.max() <= cut_bound(before, after) <= loosest
    if method in ("prefix", "trees", "collapse", "group_lasso", "level_scaling"):
        assert cut_bound(before, after) < loosest
    assert cut_bound(before, before) == 0


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_of_a_single_tree_the_bound_is_what_some_row_moves_by(kind, fitted, development, fresh):
    scorer = fitted(kind)
    whole = scorer.with_ensemble(scorer.ensemble.keep_trees([0]))
    after = pruned(whole, "collapse", development, 0.5).ensemble
    apart = np.abs(whole.ensemble.margins(fresh.matrix) - after.margins(fresh.matrix))
    assert apart.max() == pytest.approx(cut_bound(whole.ensemble, after), rel=1e-5)


RULES = st.sampled_from(["lightgbm", "xgboost"])


def cut(ensemble, draw, kept):
    """The kept trees, each ending at random depths with random values, and another intercept."""
    ends = {}
    for i in kept:
        todo = [0]
        for node in todo:
            tree = ensemble.trees[i]
            if tree.is_leaf[node] or draw.random() < 0.3:
                ends[i, node] = float(draw.integers(-3, 4))
            else:
                todo += [int(tree.left[node]), int(tree.right[node])]
    return ensemble.with_leaves(ends, float(draw.integers(-2, 3)))


def moved(before, after):
    """The most by which a margin moves, over applicants of every kind."""
    rows = every_kind(before, after)
    return float(np.abs(after.margins(rows) - before.margins(rows)).max())


@given(st.integers(0, 10_000), RULES)
@settings(max_examples=30, deadline=None)
def test_of_one_cut_tree_somebody_moves_by_the_whole_bound(seed, rules):
    before = random_ensemble(seed, rules, trees=1)
    after = cut(before, np.random.default_rng(seed), [0])
    assert cut_bound(before, after) == pytest.approx(moved(before, after), abs=1e-12)


@given(st.integers(0, 10_000), RULES, st.sets(st.integers(0, 3), min_size=1))
@settings(max_examples=30, deadline=None)
def test_whichever_trees_go_and_whichever_are_cut_nobody_moves_further(seed, rules, kept):
    before = random_ensemble(seed, rules, trees=4, features=(0, 2))
    after = cut(before, np.random.default_rng(seed), sorted(kept))
    assert moved(before, after) <= cut_bound(before, after) + 1e-12


@given(st.integers(0, 10_000), RULES)
@settings(max_examples=30, deadline=None)
def test_trees_that_are_no_upper_parts_are_bounded_by_both_ranges(seed, rules):
    """Grown apart, or the same ones in another order."""
    before, other = (random_ensemble(one, rules, trees=3, features=(0, 2)) for one in (seed, seed + 1))
    for after in (other, replace(before, trees=before.trees[::-1])):
        assert moved(before, after) <= cut_bound(before, after) + 1e-12


@given(st.integers(0, 10_000), RULES, st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_a_level_alone_moves_everyone_by_just_as_much(seed, rules, by):
    before = random_ensemble(seed, rules, trees=3)
    after = replace(before, intercept=before.intercept + by)
    low, high = margin_range(before)
    assert cut_bound(before, after) == pytest.approx(abs(by), abs=1e-12)
    assert margin_range(after) == pytest.approx((low + by, high + by), abs=1e-12)
