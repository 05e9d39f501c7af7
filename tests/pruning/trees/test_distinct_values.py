"""The numbers of an ensemble by group, put in place of one another; single precision that keeps every comparison."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.pruning.algorithms.trees.distinct_values import (
    LEAVES,
    NEITHER,
    distinct,
    groups_of,
    renumbered,
    single,
    single_below,
)

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["lightgbm", "xgboost"]))
def test_each_group_has_every_number_once_and_rising(seed, rules):
    trees = random_ensemble(seed, rules)
    numbers = distinct(trees)
    thresholds, values = {}, set()
    for tree in trees.trees:
        for node in range(len(tree)):
            if tree.is_leaf[node]:
                values.add(tree.value[node])
            elif tree.sets[node] is None:
                thresholds.setdefault(int(tree.feature[node]), set()).add(tree.threshold[node])
    assert list(numbers) == [*sorted(thresholds), LEAVES]
    for group, due in {**thresholds, LEAVES: values}.items():
        assert numbers[group].tolist() == sorted(due)


def test_a_categorical_split_has_no_number():
    trees = random_ensemble(2, "lightgbm", features=(2,))
    assert set(distinct(trees)) == {LEAVES}
    asked = np.concatenate([groups_of(tree)[~tree.is_leaf] for tree in trees.trees])
    assert set(asked.tolist()) == {NEITHER}


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_the_same_numbers_give_the_same_margins(rules):
    trees = random_ensemble(8, rules)
    rows = trying(trees, 300)
    numbers = distinct(trees)
    np.testing.assert_array_equal(renumbered(trees, numbers, numbers).margins(rows), trees.margins(rows))


def test_new_numbers_stand_in_the_place_of_the_old_ones_and_nowhere_else():
    trees = random_ensemble(8, "xgboost")
    numbers = distinct(trees)
    doubled = {group: 2 * values for group, values in numbers.items()}
    for old, new in zip(trees.trees, renumbered(trees, numbers, doubled).trees, strict=True):
        numeric = ~old.is_leaf & np.array([listed is None for listed in old.sets])
        np.testing.assert_array_equal(new.value, 2 * old.value)
        np.testing.assert_array_equal(new.threshold[numeric], 2 * old.threshold[numeric])
        np.testing.assert_array_equal(new.threshold[~numeric], old.threshold[~numeric])
        np.testing.assert_array_equal(new.feature, old.feature)
        assert new.sets == old.sets


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=8))
def test_single_numbers_are_the_nearest_and_short(numbers):
    made = single(numbers)
    np.testing.assert_array_equal(made.astype(np.float32), np.array(numbers).astype(np.float32))
    assert all(float(f"{value:.9g}") == value for value in made)  # nine digits are enough
    assert (np.diff(single(sorted(numbers))) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(DOUBLES, st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_single_number_is_at_or_below_both_thresholds_or_neither(threshold, x):
    below = single_below(np.array([threshold]))[0]
    assert below <= threshold
    assert (x <= below) == (x <= threshold)


@pytest.mark.parametrize("threshold", [0.1, -0.1, 1e300, -1e300, 0.0, 1 + 2**-40, np.inf, -np.inf])
def test_the_neighbours_of_a_threshold_stay_on_their_side(threshold):
    below = single_below(np.array([threshold]))[0]
    with np.errstate(over="ignore"):
        near = np.float32(threshold)
    for x in (near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))):
        assert (float(x) <= below) == (float(x) <= threshold)
