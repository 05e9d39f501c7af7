"""Another library's nodes in LightGBM's anatomy: covers and means add up from the leaves, whatever was given inside."""

import numpy as np
import pytest

from riskmodel.scorers.foreign.plain_trees import plain_tree
from riskmodel.trees import LEAF, MISSING_NAN, MISSING_NONE, MISSING_ZERO, TreeEnsemble

FEATURE = np.array([0, LEAF, 1, LEAF, LEAF])
CHILDREN = np.array([1, LEAF, 3, LEAF, LEAF]), np.array([2, LEAF, 4, LEAF, LEAF])
VALUE = np.array([9.0, -1.0, 9.0, 2.0, 5.0])  # those of splits mean nothing


def made(
    cover=(0.0, 10.0, 0.0, 6.0, 4.0), kind=MISSING_NAN, sets=None, default_left=(True, False, False, False, False)
):
    return plain_tree(
        feature=FEATURE,
        threshold=np.array([0.5, 0, -1.5, 0, 0]),
        children=CHILDREN,
        value=VALUE,
        cover=np.array(cover),
        missing=(kind, np.array(default_left)),
        sets=sets,
    )


def test_covers_are_added_up_from_the_leaves():
    np.testing.assert_array_equal(made().cover, [20, 10, 10, 6, 4])
    np.testing.assert_array_equal(made().carried["weight"], made().cover)


def test_a_split_notes_the_mean_of_its_leaves_by_their_rows_and_a_leaf_nothing():
    right = (6 * 2 + 4 * 5) / 10
    np.testing.assert_allclose(made().carried["inner"], [(10 * -1 + 10 * right) / 20, 0, right, 0, 0], rtol=1e-15)
    np.testing.assert_array_equal(made().carried["gain"], [1, 0, 1, 0, 0])


def test_a_leaf_without_rows_counts_for_one_since_shap_divides_by_it():
    np.testing.assert_array_equal(made(cover=(0, 0, 0, 0, 0.25)).cover, [3, 1, 2, 1, 1])


@pytest.mark.parametrize("kind", [MISSING_NONE, MISSING_ZERO, MISSING_NAN, np.array([2, 2, 1, 1, 0])])
def test_only_splits_say_what_counts_as_missing(kind):
    due = np.broadcast_to(kind, 5) * (FEATURE != LEAF)
    np.testing.assert_array_equal(made(kind=kind).missing, due)


@pytest.mark.parametrize(("default_left", "left"), [(True, True), (False, False)])
def test_a_missing_value_goes_where_it_is_told_to(default_left, left):
    tree = made(default_left=(default_left, False, False, False, False))
    rows = np.array([[np.nan, -9.0], [0.5, 0.0], [0.6, -1.5], [1, 0]])
    margin = TreeEnsemble((tree,), 0.0, 2, "lightgbm").margins(rows)
    np.testing.assert_array_equal(margin, [-1 if left else 2, -1, 2, 5])


def test_without_sets_every_split_is_by_number_and_with_them_as_they_are():
    assert made().sets == (None,) * 5
    sets = (None, None, (1, 3), None, None)
    assert made(sets=sets).sets == sets


def test_one_leaf_is_a_tree():
    alone = plain_tree(
        feature=np.array([LEAF]),
        threshold=np.zeros(1),
        children=(np.array([LEAF]), np.array([LEAF])),
        value=np.array([0.7]),
        cover=np.array([12.0]),
        missing=(MISSING_NAN, np.zeros(1, bool)),
    )
    assert (alone.n_leaves, alone.value[0], alone.cover[0], alone.missing[0]) == (1, 0.7, 12.0, MISSING_NONE)
    assert {array.dtype.name for array in (alone.feature, alone.left, alone.right)} == {"int32"}
