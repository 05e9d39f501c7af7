"""Where rows stand among an ensemble's splits: a place says the same as the walk of a tree with that one split."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.pruning.algorithms.trees.split_columns import MOST, split_columns
from riskmodel.trees import TreeEnsemble

RULES = st.sampled_from(["lightgbm", "xgboost"])


def goes_left(ensemble, tree, node, rows):
    """By the walk: the tree cut down to this one split."""
    here = [node, int(tree.left[node]), int(tree.right[node])]
    one = replace(
        tree,
        **{name: getattr(tree, name)[here] for name in ("threshold", "cover", "default_left", "missing")},
        feature=np.array([tree.feature[node], -1, -1], np.int32),
        left=np.array([1, -1, -1], np.int32),
        right=np.array([2, -1, -1], np.int32),
        value=np.array([0.0, 1.0, 0.0]),
        sets=(tree.sets[node], None, None),
        carried={},
    )
    return TreeEnsemble((one,), 0.0, ensemble.n_features, ensemble.rules).margins(rows) == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), RULES, st.sampled_from([(0,), (1,), (2,)]))
def test_a_row_in_bin_b_is_left_of_threshold_k_where_b_is_at_most_k(seed, rules, missing):
    ensemble = random_ensemble(seed, rules, missing=missing)
    rows = trying(ensemble, 200, seed)
    columns = {column.column: column for column in split_columns(ensemble, rows)}
    for tree in ensemble.trees:
        for node in np.flatnonzero(~tree.is_leaf & (tree.feature != 2)):
            column = columns[int(tree.feature[node])]
            k = int(np.searchsorted(column.thresholds, tree.threshold[node]))
            default = column.place == column.bins - 1
            left = np.where(default, tree.default_left[node], column.place <= k)
            np.testing.assert_array_equal(left, goes_left(ensemble, tree, node, rows))


def test_a_category_stands_at_its_code_and_all_else_in_the_last_bin():
    ensemble = random_ensemble(1, "lightgbm", features=(2,))
    last = max(code for tree in ensemble.trees for listed in tree.sets for code in listed or ())
    rows = np.zeros((5, 3))
    rows[:, 2] = [0, last, last + 1, np.nan, -1]
    (column,) = split_columns(ensemble, rows)
    assert column.categorical
    assert (column.column, column.bins) == (2, last + 2)
    assert column.place.tolist() == [0, last, last + 1, last + 1, last + 1]


def test_numbers_come_before_categories_each_in_their_order():
    ensemble = random_ensemble(4, "xgboost", trees=12)
    assert [column.column for column in split_columns(ensemble, trying(ensemble, 9))] == [0, 1, 2]


def many(count, **changes):
    """A chain of one column with so many thresholds, as trees of one split."""
    one = next(t for s in range(99) for t in random_ensemble(s, "lightgbm", features=(0,)).trees if len(t) == 3)
    edges = np.arange(count, dtype=float)
    trees = tuple(replace(one, threshold=np.array([edge, 0.0, 0.0]), **changes) for edge in edges)
    return TreeEnsemble(trees, 0.0, 3, "lightgbm")


@pytest.mark.parametrize(("count", "due"), [(3, 3), (MOST, MOST), (MOST + 1, MOST), (1000, MOST)])
def test_a_place_is_one_byte_however_many_thresholds_there_are(count, due):
    (column,) = split_columns(many(count), np.zeros((4, 3)))
    assert len(column.thresholds) == due
    assert (column.thresholds[0], column.thresholds[-1]) == (0, count - 1)
    assert column.bins <= 256


def test_without_splits_there_is_no_column():
    assert split_columns(TreeEnsemble((), 0.0, 3, "lightgbm"), np.zeros((2, 3))) == ()
