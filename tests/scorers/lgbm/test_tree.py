"""One tree of a text: what LightGBM would not look at is looked at, and refused in words."""

import numpy as np
import pytest

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.lgbm._tree import check_links, fields, tree, whole
from riskmodel.trees import LEAF

GIVEN = {
    "num_leaves": "3",
    "num_cat": "1",
    "split_feature": "0 2",
    "split_gain": "5 1.5",
    "threshold": "0.25 0",
    "decision_type": "10 1",
    "left_child": "1 -1",
    "right_child": "-3 -2",
    "leaf_value": "0.1 -0.2 0.3",
    "leaf_weight": "1 2 3.5",
    "leaf_count": "10 20 30",
    "internal_value": "0 0.05",
    "internal_weight": "6.5 3",
    "internal_count": "60 30",
    "cat_boundaries": "0 2",
    "cat_threshold": "5 2",
    "is_linear": "0",
    "shrinkage": "0.1",
}


def test_nodes_come_before_leaves_and_keep_what_the_text_says():
    made = tree(GIVEN, 3)
    assert made.feature.tolist() == [0, 2, LEAF, LEAF, LEAF]
    assert made.left.tolist() == [1, 2, LEAF, LEAF, LEAF]
    assert made.right.tolist() == [4, 3, LEAF, LEAF, LEAF]
    assert made.value.tolist() == [0, 0, 0.1, -0.2, 0.3]
    assert made.cover.tolist() == [60, 30, 10, 20, 30]
    assert made.threshold.tolist() == [0.25, 0, 0, 0, 0]
    assert made.sets == (None, (0, 2, 33), None, None, None)
    assert (made.default_left.tolist()[:2], made.missing.tolist()[:2]) == ([True, False], [2, 0])
    assert made.carried["weight"].tolist() == [6.5, 3, 1, 2, 3.5]
    assert (made.shrinkage, made.n_leaves) == (0.1, 3)


REFUSED = {
    "too many leaves": ({"num_leaves": "4"}, "must have 3 values, however: 2"),
    "no leaf": ({"num_leaves": "0"}, "must be in 1 to"),
    "a column beyond": ({"split_feature": "0 3"}, "split_feature must be in 0 to 2"),
    "a column before": ({"split_feature": "-1 2"}, "split_feature must be in 0 to 2"),
    "a threshold that is none": ({"threshold": "nan 0"}, "threshold must be a number"),
    "a leaf that is infinite": ({"leaf_value": "0.1 inf 0.3"}, "leaf_value must be finite"),
    "a leaf that is no number": ({"leaf_value": "0.1 nan 0.3"}, "leaf_value must be finite"),
    "an odd decision": ({"decision_type": "12 1"}, "decision_type must be in 0 to 11"),
    "a child twice": ({"right_child": "-3 -1"}, "left_child and right_child do not make a tree"),
    "a child beyond": ({"right_child": "-4 -2"}, "right_child must be in"),
    "a loop": ({"left_child": "0 -1"}, "left_child and right_child do not make a tree"),
    "a gain too few": ({"split_gain": "5"}, "split_gain must have 2 values, however: 1"),
    "a count below none": ({"leaf_count": "10 -20 30"}, "leaf_count must be in 0 to"),
    "sets too few": ({"num_cat": "0"}, "num_cat must be 1"),
    "a set beyond": ({"threshold": "0.25 1"}, "must be in 0 to 0, however: 1"),
    "a bound beyond": ({"cat_boundaries": "0 3"}, "cat_boundaries must be in 0 to 2"),
    "words that nobody has": ({"cat_boundaries": "0 1"}, "cat_boundaries do not share out cat_threshold"),
    "a word too wide": ({"cat_threshold": "5 4294967296"}, "cat_threshold must be in 0 to"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_damage_is_refused(name):
    changes, why = REFUSED[name]
    with pytest.raises(ValueError, match=why):
        tree({**GIVEN, **changes}, 3)


@pytest.mark.parametrize("name", sorted(set(GIVEN) - {"is_linear", "cat_boundaries", "cat_threshold"}))
def test_a_line_that_is_missing_is_damage(name):
    with pytest.raises((KeyError, ValueError)):
        tree({key: text for key, text in GIVEN.items() if key != name}, 3)


def test_a_linear_tree_is_of_another_sort():
    with pytest.raises(UnsupportedScorer, match="linear trees are not supported"):
        tree({**GIVEN, "is_linear": "1"}, 3)


def test_a_constant_tree_may_leave_its_counts_blank():
    blank = dict.fromkeys(GIVEN, "") | {"num_leaves": "1", "num_cat": "0", "leaf_value": "0.7", "shrinkage": "1"}
    made = tree({**blank, "is_linear": "0"}, 3)
    assert (made.value.tolist(), made.cover.tolist(), made.carried["weight"].tolist()) == ([0.7], [0.0], [0.0])


def test_fields_are_name_and_text_and_stand_once():
    assert fields(["a=1", "b=x=y", "plain", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(ValueError, match="'a' stands twice"):
        fields(["a=1", "a=1"])


@pytest.mark.parametrize(("text", "due"), [("3", 3), ("-1", None), ("7", None), ("3.0", None), ("", None)])
def test_a_whole_number_lies_in_its_range(text, due):
    if due is not None:
        assert whole(text, 0, 7) == due
        return
    with pytest.raises(ValueError, match=r"must be in 0 to 6|invalid literal"):
        whole(text, 0, 7)


def test_a_child_stands_after_its_parent():
    check_links(np.array([1, 2]), np.array([4, 3]), 3)
    with pytest.raises(ValueError, match="a child stands before its parent"):
        check_links(np.array([2, 1, 4]), np.array([3, 5, 6]), 4)
