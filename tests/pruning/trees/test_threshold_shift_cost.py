"""What a number's change costs is how far margins move on rows: of one split exactly, of a leaf its own rows."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import built, random_ensemble, trying

from riskmodel.pruning.algorithms.trees.distinct_values import LEAVES, distinct, renumbered
from riskmodel.pruning.algorithms.trees.threshold_shift_cost import runs_of
from riskmodel.trees import LEAF, MISSING_NAN, TreeEnsemble

RULES = pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])


def stump(threshold, values, rules, default_left=False):
    nodes = [{"feature": 0, "left": 1, "right": 2, "threshold": threshold, "default_left": default_left}]
    nodes += [{"feature": LEAF, "cover": cover} for cover in (30.0, 70.0)]
    return built(nodes, [MISSING_NAN] * 3, [0.0, *values], rules)


def stumps(rules):
    trees = tuple(stump(at, values, rules) for at, values in [(-1.0, (1, 3)), (0.5, (-2, 0)), (2.0, (0, 5))])
    return TreeEnsemble(trees, 0.0, 3, rules)


def numbers(rules):
    draw = np.random.default_rng(0)
    rows = np.zeros((203, 3))
    rows[:, 0] = draw.choice([-3, -1, -0.5, 0.5, 1, 2, 3, np.nan], 203)
    return stumps(rules), rows


@RULES
def test_of_one_split_a_tree_the_cost_is_the_mean_square_of_the_margins_move(rules):
    """Each threshold in the place of each other one, margin by margin."""
    trees, rows = numbers(rules)
    old = distinct(trees)
    thresholds = runs_of(trees, old, rows)[0]
    for start, stop in [(0, 2), (1, 3), (0, 3)]:
        by_end = []
        for end in range(start, stop):
            new = old[0].copy()
            new[start:stop] = old[0][end]
            moved = renumbered(trees, old, {**old, 0: new})
            apart = moved.tree_margins(rows) - trees.tree_margins(rows)
            by_end.append((apart**2).mean(axis=0).sum())
        assert thresholds.cost(start, stop) == pytest.approx(min(by_end), rel=1e-12)
        assert thresholds.number(start, stop) == old[0][start + int(np.argmin(by_end))]


@RULES
def test_rows_without_the_number_move_nowhere(rules):
    trees, rows = numbers(rules)
    rows[:, 0] = np.nan
    thresholds = runs_of(trees, distinct(trees), rows)[0]
    assert thresholds.cost(0, 3) == 0


@RULES
def test_a_leaf_costs_by_the_share_of_its_trees_cover(rules):
    trees, rows = numbers(rules)
    leaves = runs_of(trees, distinct(trees), rows)[-1]
    value = distinct(trees)[LEAVES]
    assert value.tolist() == [-2, 0, 1, 3, 5]
    share = np.array([0.3, 0.7 + 0.3, 0.3, 0.7, 0.7])  # 0 is a leaf of two trees
    assert leaves.number(0, 5) == pytest.approx(np.average(value, weights=share))
    assert leaves.cost(1, 3) == pytest.approx(
        share[1:3] @ (value[1:3] - np.average(value[1:3], weights=share[1:3])) ** 2
    )


@RULES
@pytest.mark.parametrize("seed", range(3))
def test_a_number_by_itself_costs_nothing_and_stays(rules, seed):
    trees = random_ensemble(seed, rules)
    old = distinct(trees)
    groups = runs_of(trees, old, trying(trees, 150))
    assert [group.size for group in groups] == [len(values) for values in old.values()]
    for group, values in zip(groups, old.values(), strict=True):
        for place, value in enumerate(values):
            assert group.cost(place, place + 1) == pytest.approx(0, abs=1e-12)
            assert group.number(place, place + 1) == pytest.approx(value, abs=1e-12)


def test_leaves_without_cover_still_have_a_share():
    trees, rows = numbers("lightgbm")
    bare = replace(trees, trees=tuple(replace(tree, cover=np.zeros(3)) for tree in trees.trees))
    assert np.isfinite(runs_of(bare, distinct(bare), rows)[-1].number(0, 5))
