"""From an order of splits to a cut: budgets hold and are nested, stumps end where the kept splits end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.pruning.algorithms.trees.layout import laid_out, leaf_codes
from riskmodel.pruning.algorithms.trees.truncation import first_splits, stump, stumps, untouched

FREE = (0, 0, 0)


def problem(seed):
    ensemble = random_ensemble(seed, "lightgbm")
    layouts = tuple(laid_out(tree, FREE) for tree in ensemble.trees)
    order = sorted(
        ((t, s) for t, layout in enumerate(layouts) for s in range(len(layout.nodes))),
        key=lambda step: (layouts[step[0]].depth[step[1]], step),
    )
    return ensemble, layouts, order


def leaves(kept):
    return sum(int(splits.sum()) + 1 for splits in kept if splits.any())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_the_budget_holds_and_one_split_more_would_break_it(seed, budget):
    _, layouts, order = problem(seed)
    kept = first_splits(layouts, order, budget)
    count = sum(int(splits.sum()) for splits in kept)
    assert {(t, s) for t, s in order[:count]} == {(t, int(s)) for t, k in enumerate(kept) for s in np.flatnonzero(k)}
    assert leaves(kept) <= budget or count == 0
    if count < len(order):
        assert leaves(first_splits(layouts, order, 10**6)) > budget
        tree = order[count][0]
        assert leaves(kept) + (1 if kept[tree].any() else 2) > budget


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 20), st.integers(0, 20))
def test_a_longer_budget_keeps_a_superset(seed, budget, more):
    _, layouts, order = problem(seed)
    fewer, larger = (first_splits(layouts, order, count) for count in (budget, budget + more))
    assert all((~one | other).all() for one, other in zip(fewer, larger, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 25))
def test_a_stumps_ends_hold_the_rows_that_hang_below_them(seed, budget):
    ensemble, layouts, order = problem(seed)
    rows = trying(ensemble, 80, seed)
    codes = leaf_codes(ensemble, layouts, rows)
    for made in stumps(layouts, first_splits(layouts, order, budget)):
        tree, ends = ensemble.trees[made.tree], made.layout.leaves
        cut = tree.with_leaves({int(node): float(place) for place, node in enumerate(ends)})
        walked = type(ensemble)((cut,), 0.0, 3, "lightgbm").margins(rows)
        np.testing.assert_array_equal(made.end[codes[made.tree]], walked)
        assert len(ends) == len(made.splits) + 1


def test_all_splits_kept_are_the_whole_tree_and_none_a_single_leaf():
    _, layouts, _ = problem(4)
    layout = max(layouts, key=lambda one: len(one.nodes))
    whole = stump(layout, np.ones(len(layout.nodes), bool), 1)
    assert sorted(whole.layout.leaves.tolist()) == sorted(layout.leaves.tolist())
    none = stump(layout, np.zeros(len(layout.nodes), bool), 1)
    assert none.layout.leaves.tolist() == [layout.nodes[-1]]  # the root
    assert none.end.tolist() == [0] * len(layout.leaves)


def test_a_stumps_values_are_sums_and_means_of_what_it_ends():
    _, layouts, _ = problem(4)
    layout = max(layouts, key=lambda one: len(one.nodes))
    one = stump(layout, np.zeros(len(layout.nodes), bool), 0)
    values, mass = np.arange(len(layout.leaves)) + 1.0, np.arange(len(layout.leaves)) + 2.0
    assert one.summed(values) == pytest.approx([values.sum()])
    assert one.pooled(values, mass) == pytest.approx([np.average(values, weights=mass)])


def test_where_no_split_stays_the_first_tree_is_a_leaf():
    _, layouts, _ = problem(4)
    made = stumps(layouts, tuple(np.zeros(len(layout.nodes), bool) for layout in layouts))
    assert [(one.tree, len(one.layout.leaves)) for one in made] == [(0, 1)]


def test_what_is_untouched_has_every_leaf_with_its_value_and_the_intercept_last():
    ensemble, _, _ = problem(7)
    decision = untouched(ensemble, np.zeros(ensemble.n_nodes + 1))
    assert len(decision.kept) == ensemble.n_leaves + 1
    due = [value for tree in ensemble.trees for value in tree.value[tree.is_leaf].tolist()]
    assert list(decision.values) == [*due, ensemble.intercept]
