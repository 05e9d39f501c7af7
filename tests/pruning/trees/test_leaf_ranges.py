"""Leaves below a split are neighbours: the spans hold exactly those that the tree has there, left and right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_tree

from riskmodel.pruning.algorithms.trees.layout import laid_out
from riskmodel.pruning.algorithms.trees.leaf_ranges import spans, sums


def layout_of(seed, splits):
    return laid_out(random_tree(np.random.default_rng(seed), "lightgbm", splits), (0, 0, 0))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 15))
def test_spans_are_the_leaves_below_each_side(seed, splits):
    layout = layout_of(seed, splits)
    start, middle, stop = spans(layout)
    for split in range(len(layout.nodes)):
        assert sorted(layout.below(layout.left[split])) == list(range(start[split], middle[split]))
        assert sorted(layout.below(layout.right[split])) == list(range(middle[split], stop[split]))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_sums_are_those_of_the_leaves_one_by_one(seed, splits):
    layout = layout_of(seed, splits)
    amount = np.random.default_rng(seed).integers(-5, 6, len(layout.leaves)).astype(float)
    start, middle, stop = spans(layout)
    due = [amount[layout.below(left)].sum() for left in layout.left]
    np.testing.assert_array_equal(sums(amount, start, middle), due)
    assert sums(amount, start, stop)[-1] == amount.sum()  # the root is the last split


def test_a_tree_of_one_leaf_has_no_span():
    assert [len(part) for part in spans(layout_of(0, 0))] == [0, 0, 0]


@pytest.mark.parametrize(("start", "stop", "due"), [(0, 0, 0.0), (1, 3, 5.0), (0, 4, 10.0), (3, 4, 4.0)])
def test_a_sum_ends_before_its_stop(start, stop, due):
    assert sums(np.array([1.0, 2, 3, 4]), np.array([start]), np.array([stop])) == [due]
