"""Trees side by side: every split stands once, in its tree's lane, and lanes without one never go right."""

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.trees.compiled.layout import LANES
from riskmodel.trees.compiled.row_lanes import lanes
from riskmodel.trees.compiled.split_encoding import questions
from riskmodel.trees.compiled.tree_order import ordered


def laid(trees, small=None, rules="lightgbm"):
    splits = ordered(trees)
    asked = questions(splits, rules)
    small = np.ones(len(trees), bool) if small is None else small
    return splits, asked, lanes(splits, asked, small)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("count", [1, 7, LANES, LANES + 3])
def test_step_i_of_a_lane_is_the_trees_ith_split(rules, count):
    trees = random_ensemble(3, rules, trees=count).trees
    splits, asked, side = laid(trees, rules=rules)
    before = np.concatenate([[0], np.cumsum(side.steps)])
    for tree in range(count):
        group, lane = divmod(int(side.slot[tree]), LANES)
        for i, split in enumerate(range(splits.starts[tree], splits.starts[tree + 1])):
            row = before[group] + i
            due = (asked.mask[split], asked.limit[split], splits.first[split], splits.second[split])
            assert side.columns[row, lane] == asked.column[split]
            assert tuple(side.asks[row, :, lane]) == due


def test_trees_of_like_size_share_a_group_and_none_is_longer_than_its_group():
    trees = random_ensemble(5, "lightgbm", trees=2 * LANES + 1).trees
    splits, _, side = laid(trees)
    by_slot = splits.counts[np.argsort(side.slot)]
    assert (np.diff(by_slot) <= 0).all()
    assert side.steps.tolist() == by_slot[::LANES].tolist()
    assert side.columns.shape == (side.steps.sum(), LANES)


def test_a_lane_without_a_split_has_mask_0():
    trees = random_ensemble(5, "lightgbm", trees=9).trees
    splits, _, side = laid(trees)
    assert np.count_nonzero(side.asks[:, 0]) == splits.counts.sum()  # no mask of a split is 0


def test_large_trees_have_no_lane():
    trees = random_ensemble(5, "lightgbm", trees=6).trees
    small = np.array([True, False, True, True, False, True])
    _, _, side = laid(trees, small)
    assert (side.slot < 0).tolist() == (~small).tolist()
    assert sorted(side.slot[small]) == [0, 1, 2, 3]


def test_without_small_trees_there_is_no_step():
    trees = random_ensemble(5, "lightgbm", trees=2).trees
    for side in (laid([])[2], laid(trees, np.zeros(2, bool))[2]):
        assert side.asks.shape == (0, 4, LANES)
        assert not side.steps.size
