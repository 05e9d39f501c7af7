"""Neighbouring numbers become one: each merger costs what it says, and the cheapest goes first."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.pruning.algorithms.trees.value_merging import LeafRuns, Merger, ThresholdRuns


def leaves(seed, size):
    draw = np.random.default_rng(seed)
    return np.sort(draw.normal(size=size)), draw.uniform(0.1, 1, size)


def thresholds(seed, size):
    draw = np.random.default_rng(seed)
    return np.sort(draw.normal(size=size)), np.abs(np.subtract.outer(*[np.arange(size)] * 2)) * draw.uniform(
        0.5, 2, (size, 1)
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(1, 9))
def test_leaves_become_their_mean_and_cost_their_spread(seed, size):
    value, share = leaves(seed, size)
    runs = LeafRuns(value, share)
    for start, stop in [(0, size), (0, 1), (size - 1, size)]:
        mean = np.average(value[start:stop], weights=share[start:stop])
        assert runs.number(start, stop) == pytest.approx(mean, abs=1e-12)
        assert runs.cost(start, stop) == pytest.approx(share[start:stop] @ (value[start:stop] - mean) ** 2, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(1, 9))
def test_thresholds_become_the_one_among_them_that_costs_least(seed, size):
    threshold, cost = thresholds(seed, size)
    runs = ThresholdRuns(threshold, cost)
    for start, stop in [(0, size), (size // 2, size)]:
        by_end = [cost[start:stop, end].sum() for end in range(start, stop)]
        assert runs.cost(start, stop) == pytest.approx(min(by_end), abs=1e-12)
        assert runs.number(start, stop) in threshold[start:stop][np.isclose(by_end, min(by_end))]


def slow(groups, count):
    """The greedy rule as it is said: again and again the cheapest merger of two neighbours of one group."""
    runs = [[(i, i + 1) for i in range(group.size)] for group in groups]
    while sum(map(len, runs)) > count:
        rises = [
            (groups[g].cost(a[0], b[1]) - groups[g].cost(*a) - groups[g].cost(*b), g, i)
            for g, own in enumerate(runs)
            for i, (a, b) in enumerate(pairwise(own))
        ]
        if not rises:
            break
        _, g, i = min(rises)
        runs[g][i : i + 2] = [(runs[g][i][0], runs[g][i + 1][1])]
    starts = np.cumsum([0, *(group.size for group in groups)])
    return [int(starts[g]) + start for g, own in enumerate(runs) for start, _ in own]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.lists(st.integers(1, 6), min_size=1, max_size=3), st.integers(1, 12))
def test_the_cheapest_merger_goes_first(seed, sizes, count):
    groups = [LeafRuns(*leaves(seed, sizes[0])), *(ThresholdRuns(*thresholds(seed, size)) for size in sizes[1:])]
    runs, numbers = Merger(groups).down_to(count)
    assert list(runs) == slow(groups, count)
    assert len(runs) == len(numbers) == max(min(count, sum(sizes)), len(sizes))


def test_smaller_counts_go_on_from_larger_ones():
    merger, fresh = (Merger([LeafRuns(*leaves(3, 12))]) for _ in range(2))
    first, _ = merger.down_to(7)
    assert set(merger.down_to(3)[0]) < set(first)
    assert merger.down_to(3) == fresh.down_to(3)


def test_importance_is_how_many_mergers_a_number_outlives():
    merger = Merger([LeafRuns(np.array([0.0, 1.0, 10.0, 10.1]), np.ones(4))])
    merger.down_to(1)
    assert merger.importance.tolist() == [3, 1, 2, 0]


def test_groups_never_become_one():
    groups = [LeafRuns(np.array([1.0]), np.ones(1)), LeafRuns(np.array([1.0, 1.0]), np.ones(2))]
    assert Merger(groups).down_to(1) == ((0, 1), (1.0, 1.0))
