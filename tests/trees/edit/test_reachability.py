"""What can come to a node: the cases by name; test_exact tries them all out."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import built, random_ensemble, trying

from riskmodel.trees.edit.reachability import Categories, Numbers, boxes, without_unreachable

NONE, ZERO, NAN = 0, 1, 2


def nested(rules, *splits):
    """The last of a chain of splits (threshold, default left, missing, side), as a state."""
    state = Numbers(rules)
    for threshold, default_left, missing, side in splits:
        state = state.split(threshold, default_left, missing)[side == "right"]
    return state


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_nothing_is_both_above_a_number_and_below_it(rules):
    assert not nested(rules, (1.0, True, NAN, "right"), (1.0, False, NAN, "left")).possible
    assert nested(rules, (1.0, True, NAN, "right"), (2.0, False, NAN, "left")).possible
    assert nested(rules, (1.0, False, NAN, "right"), (1.0, True, NAN, "left")).possible  # the missing


def test_the_threshold_itself_goes_left_in_lightgbm_and_right_in_xgboost():
    between = ((1.0, False, NAN, "left"), (np.nextafter(1.0, 0), True, NAN, "right"))
    assert nested("lightgbm", *between).some
    assert nested("xgboost", (1.0, True, NAN, "right"), (np.nextafter(1.0, 2), False, NAN, "left")).some


def test_a_missing_number_counts_as_zero_where_lightgbm_knows_no_missing():
    assert not nested("lightgbm", (1.0, True, NONE, "right")).nan
    assert nested("lightgbm", (1.0, False, NONE, "left")).nan
    assert nested("lightgbm", (0.0, False, NONE, "left")).nan
    assert not nested("lightgbm", (0.0, True, NONE, "right")).nan


def test_missing_zeros_take_the_default_way():
    state = nested("lightgbm", (5.0, False, ZERO, "left"))
    assert (state.some, state.nan, state.zero) == (True, False, False)
    state = nested("lightgbm", (-5.0, True, ZERO, "left"), (-6.0, True, ZERO, "right"))
    assert (state.nan, state.zero) == (False, False)
    assert state.some


def test_infinities_belong_to_the_ends():
    assert nested("lightgbm", (-np.inf, False, NAN, "left")).some
    assert not nested("xgboost", (-np.inf, False, NAN, "left")).some
    assert nested("xgboost", (np.inf, True, NAN, "right")).some
    assert not nested("lightgbm", (np.inf, True, NAN, "right")).some


def test_between_what_counts_as_zero_there_is_no_other_number():
    tiny = 1e-35
    assert not nested("lightgbm", (-tiny, False, ZERO, "right"), (tiny, False, ZERO, "left")).some
    assert nested("lightgbm", (-3 * tiny, False, ZERO, "right"), (tiny, False, ZERO, "left")).some
    assert nested("lightgbm", (-tiny, False, ZERO, "right"), (3 * tiny, False, ZERO, "left")).some
    kept = np.float64(1.0000000180025095e-35)  # the largest that is 0 there
    assert not nested("lightgbm", (-tiny, False, ZERO, "right"), (kept, False, ZERO, "left")).some
    beyond = np.nextafter(-kept, -1)
    assert not nested("lightgbm", (beyond, False, ZERO, "right"), (tiny, False, ZERO, "left")).some


def test_listed_codes_go_left_in_lightgbm_and_right_in_xgboost():
    left, right = Categories("lightgbm").split((3, 4), default_left=False)
    assert (left.listed((2, 3)), right.listed((2, 3))) == ((3,), (2,))
    left, right = Categories("xgboost").split((3, 4), default_left=True)
    assert (left.listed((2, 3)), right.listed((2, 3))) == ((2,), (3,))
    assert (left.nan, right.nan) == (True, False)
    left, right = Categories("xgboost", nan=False).split((3, 4), default_left=True)
    assert (left.nan, right.nan) == (False, False)
    left, right = Categories("xgboost", nan=False).split((3, 4), default_left=False)
    assert (left.nan, right.nan) == (False, False)


def test_two_nodes_of_other_codes_share_nothing_but_a_missing_value_that_can_come_to_both():
    three, four = frozenset({3}), frozenset({4})
    assert not Categories("xgboost", three, nan=True).meets(Categories("xgboost", four, nan=False))
    assert not Categories("xgboost", three, nan=False).meets(Categories("xgboost", four, nan=True))
    assert Categories("xgboost", three).meets(Categories("xgboost", four))
    assert not Categories("lightgbm", three).meets(Categories("lightgbm", four))
    assert Categories("lightgbm", three | four).meets(Categories("lightgbm", four))


def test_what_was_listed_twice_over_cannot_be_anything_else():
    listed, _ = Categories("lightgbm").split((3, 4), default_left=False)
    assert not listed.split((3, 4, 5), default_left=False)[1].possible
    assert listed.split((3,), default_left=False)[1].listed((3, 4)) == (4,)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_every_node_that_a_row_comes_to_has_a_box(rules):
    for seed in range(20):
        ensemble = random_ensemble(seed, rules)
        leaves = ensemble.leaves(trying(ensemble, 300, seed))
        for i, tree in enumerate(ensemble.trees):
            assert set(leaves[:, i].tolist()) <= boxes(tree, rules).keys()


def test_only_categories_that_can_come_are_listed():
    for seed in range(20):
        for tree in random_ensemble(seed, "lightgbm", features=(2,)).trees:
            less = without_unreachable(tree, "lightgbm")
            for node, box in boxes(less, "lightgbm").items():
                if less.sets[node]:
                    state = box.get((2, True), Categories("lightgbm"))
                    assert state.listed(less.sets[node]) == less.sets[node]


def test_what_is_up_to_one_is_never_beyond_two():
    """A split by a number is held to the splits by that number above it."""
    root = {"feature": 0, "threshold": 1.0, "left": 1, "right": 2, "default_left": True}
    inner = {"feature": 0, "threshold": 2.0, "left": 3, "right": 4, "default_left": True}
    leaf = {"feature": -1, "cover": 100.0}
    tree = built([root, inner, leaf, leaf, leaf], [NAN] * 5, [0.0, 0.0, 1.0, 3.0, 4.0], "lightgbm")
    assert set(boxes(tree, "lightgbm")) == {0, 1, 2, 3}
    less = without_unreachable(tree, "lightgbm")
    assert sorted(less.value[less.is_leaf].tolist()) == [1.0, 3.0]


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_a_missing_value_comes_to_both_or_does_not_join_them(rules):
    low, high = Numbers(rules, high=1.0, zero=False), Numbers(rules, low=2.0, zero=False)
    assert low.meets(high)  # both take it
    for one, other in ((low, replace(high, nan=False)), (replace(low, nan=False), high)):
        assert not one.meets(other)
