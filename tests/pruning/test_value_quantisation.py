"""Shared numbers: the cheapest mergers first, thresholds where single precision decides alike, fewer bytes."""

import zlib
from itertools import combinations, pairwise

import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.pruning.algorithms.trees.distinct_values import LEAVES, distinct, renumbered, single, single_below
from riskmodel.pruning.algorithms.trees.threshold_shift_cost import runs_of
from riskmodel.pruning.algorithms.trees.value_merging import LeafRuns, Merger, ThresholdRuns
from riskmodel.trees.bounds import first_break


@pytest.fixture(params=["lgbm", "xgb"])
def scorer(request, fitted):
    return fitted(request.param)


def shared(scorer, development, keep):
    pruner = pruning.make("value_quantisation")
    plan = pruner.plan(scorer, development, keep)
    return plan, pruner.apply(plan, scorer, development)


def count(scorer):
    return sum(map(len, distinct(scorer.ensemble).values()))


@pytest.mark.parametrize("keep", [0.8, 0.4, 0.1])
def test_so_many_distinct_numbers_are_left(scorer, development, keep):
    plan, cut = shared(scorer, development, keep)
    assert len(plan.units) == count(scorer)
    assert count(cut) <= len(plan.kept) <= keep * count(scorer)


def test_margins_move_more_the_fewer_numbers_are_left_and_little_at_first(scorer, development, fresh):
    before = scorer.raw_margin(fresh.matrix)
    changes = [
        np.std(shared(scorer, development, keep)[1].raw_margin(fresh.matrix) - before) for keep in (0.8, 0.4, 0.1)
    ]
    assert changes == sorted(changes)
    assert changes[0] < 0.01 * np.std(before)
    assert changes[1] < 0.05 * np.std(before)


def test_the_library_agrees_explains_and_takes_fewer_bytes(scorer, development, fresh):
    cut = shared(scorer, development, 0.3)[1]
    margins = cut.raw_margin(fresh.matrix)
    np.testing.assert_allclose(margins, cut.ensemble.margins(fresh.matrix), rtol=0, atol=1e-5)
    np.testing.assert_allclose(cut.contributions(fresh.matrix).sum(axis=1), margins, rtol=0, atol=1e-5)
    rewritten = scorer.with_ensemble(scorer.ensemble)  # by the same writer: the libraries spell numbers differently
    assert len(zlib.compress(cut.model)) < 0.95 * len(zlib.compress(rewritten.model))


def test_what_fell_with_months_still_falls(scorer, development):
    for keep in (0.5, 0.15):
        assert first_break(shared(scorer, development, keep)[1].ensemble, 3, -1) is None


def test_thresholds_are_float32_and_decide_alike_on_float32(fitted, development):
    """Rounded down, because a number at the threshold goes left."""
    cut = shared(fitted("lgbm"), development, 0.9)[1]
    for feature, values in distinct(cut.ensemble).items():
        assert feature == LEAVES or (values == values.astype(np.float32)).all()
    thresholds = np.random.default_rng(0).normal(size=300)
    rounded = single_below(thresholds)
    near = np.concatenate([rounded, thresholds]).astype(np.float32)
    beside = [np.nextafter(near, np.float32(to)) for to in (-np.inf, np.inf)]
    x = np.concatenate([near, *beside]).astype(np.float64)[:, None]
    np.testing.assert_array_equal(x <= thresholds, x <= rounded)


def test_runs_of_leaves_cost_what_their_rows_move():
    value, share = np.array([-1.0, 0.0, 0.5, 3.0]), np.array([0.1, 0.4, 0.3, 0.2])
    runs = LeafRuns(value, share)
    for start, stop in combinations(range(5), 2):
        mean = np.average(value[start:stop], weights=share[start:stop])
        assert runs.number(start, stop) == pytest.approx(mean)
        assert runs.cost(start, stop) == pytest.approx(np.sum(share[start:stop] * (value[start:stop] - mean) ** 2))


def test_a_moved_threshold_costs_the_rows_that_it_moves(scorer, development):
    """The one split of a stump is moved, on whole numbers, where rows lie at the thresholds themselves."""
    trees = scorer.ensemble
    stump = next(tree for tree in trees.trees if tree.feature[0] == 3)
    ends = {int(node): float(stump.value[_first_leaf(stump, node)]) for node in (stump.left[0], stump.right[0])}
    few = type(trees)((stump.with_leaves(ends), *trees.trees[1:]), trees.intercept, trees.n_features, trees.rules)
    numbers, feature = distinct(few), int(stump.feature[0])
    old = int(np.searchsorted(numbers[feature], stump.threshold[0]))
    only = type(trees)(few.trees[:1], 0.0, trees.n_features, trees.rules)
    single_numbers = {**numbers, LEAVES: distinct(only)[LEAVES]}
    runs = next(
        r
        for r in runs_of(only, single_numbers, development.train.matrix)
        if isinstance(r, ThresholdRuns) and r.size > 1 and stump.threshold[0] in r.threshold
    )
    for new in range(runs.size):
        thresholds = numbers[feature].copy()
        thresholds[old] = thresholds[new]
        changes = renumbered(only, single_numbers, {**single_numbers, feature: thresholds})
        square = np.mean((changes.margins(development.train.matrix) - only.margins(development.train.matrix)) ** 2)
        assert runs._sums[-1][new] == pytest.approx(square)


def _first_leaf(tree, node):
    while not tree.is_leaf[node]:
        node = int(tree.left[node])
    return node


def test_each_merger_is_the_cheapest_of_all_neighbours():
    draw = np.random.default_rng(2)
    groups = [
        LeafRuns(np.sort(draw.normal(size=9)), draw.random(9)),
        LeafRuns(np.sort(draw.normal(size=6)), draw.random(6)),
    ]
    merger, edges = Merger(groups), [list(range(10)), list(range(7))]
    for left in range(14, 1, -1):
        rises = {
            (g, i): groups[g].cost(e[i - 1], e[i + 1]) - groups[g].cost(e[i - 1], e[i]) - groups[g].cost(e[i], e[i + 1])
            for g, e in enumerate(edges)
            for i in range(1, len(e) - 1)
        }
        group, gone = min(rises, key=rises.__getitem__)
        edges[group].pop(gone)
        kept, values = merger.down_to(left)
        assert kept == (*edges[0][:-1], *(9 + e for e in edges[1][:-1]))
        assert list(values) == [groups[g].number(*span) for g, e in enumerate(edges) for span in pairwise(e)]
    assert merger.down_to(1)[0] == (0, 9)


def test_single_precision_in_its_shortest_spelling_keeps_the_order():
    values = np.sort(np.random.default_rng(3).normal(size=200))
    assert (np.diff(single(values)) >= 0).all()
    assert max(len(repr(float(value))) for value in single(values)) <= 14
