"""One tree of a document: nodes that XGBoost deleted are left behind, and what contradicts itself is refused."""

import numpy as np
import pytest

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.xgb._tree import singles, tree, whole
from riskmodel.trees import LEAF

DATA = {  # node 1 is deleted
    "tree_param": {"num_nodes": "6", "size_leaf_vector": "1"},
    "left_children": [2, -1, 4, -1, -1, -1],
    "right_children": [3, -1, 5, -1, -1, -1],
    "split_indices": [0, 0, 2, 0, 0, 0],
    "split_type": [0, 0, 1, 0, 0, 0],
    "default_left": [1, 0, 0, 1, 0, 0],
    "split_conditions": [0.1, 9.0, 0.0, 0.3, -0.2, 0.7],
    "sum_hessian": [6.0, 0.0, 4.0, 2.0, 3.0, 1.0],
    "loss_changes": [5.0, 0.0, 2.0, 0.0, 0.0, 0.0],
    "base_weights": [0.05, 0.0, 0.01, 0.3, -0.2, 0.7],
    "categories": [1, 4],
    "categories_nodes": [2],
    "categories_segments": [0],
    "categories_sizes": [2],
}


def test_it_is_the_nodes_below_the_root():
    made = tree(DATA, 3)
    assert made.feature.tolist() == [0, 2, LEAF, LEAF, LEAF]
    assert (made.left.tolist(), made.right.tolist()) == ([1, 3, -1, -1, -1], [2, 4, -1, -1, -1])
    assert made.threshold[0] == np.float32(0.1)
    assert made.value.tolist() == [0, 0, np.float32(0.3), np.float32(-0.2), np.float32(0.7)]
    assert made.cover.tolist() == [6, 4, 2, 3, 1]
    assert made.default_left.tolist() == [True, False, False, False, False]
    assert made.sets == (None, (1, 4), None, None, None)
    assert made.carried["gain"].tolist() == [5, 2, 0, 0, 0]


REFUSED = {
    "a value too few": ({"split_conditions": [0.1] * 5}, "split_conditions must have 6 values, however: 5"),
    "a fraction as a child": ({"left_children": [2.5, -1, 4, -1, -1, -1]}, "must be a list of whole numbers"),
    "a child beyond": ({"right_children": [6, -1, 5, -1, -1, -1]}, "node 6 does not hang below one node"),
    "a child twice": ({"right_children": [2, -1, 5, -1, -1, -1]}, "node 2 does not hang below one node"),
    "a loop": ({"left_children": [2, -1, 0, -1, -1, -1]}, "node 0 does not hang below one node"),
    "a column beyond": ({"split_indices": [3, 0, 2, 0, 0, 0]}, "split_indices must be in 0 to 2"),
    "a column before": ({"split_indices": [-1, 0, 2, 0, 0, 0]}, "split_indices must be in 0 to 2"),
    "a third type": ({"split_type": [2, 0, 1, 0, 0, 0]}, "split_type must be 0 or 1"),
    "a third side": ({"default_left": [2, 0, 0, 1, 0, 0]}, "default_left must be 0 or 1"),
    "a threshold that is none": (
        {"split_conditions": [np.nan, 9, 0, 0.3, -0.2, 0.7]},
        "split_conditions must be numbers",
    ),
    "a leaf that is infinite": ({"split_conditions": [0.1, 9, 0, np.inf, -0.2, 0.7]}, "and finite at a leaf"),
    "a leaf beyond single precision": ({"split_conditions": [0.1, 9, 0, 1e39, -0.2, 0.7]}, "and finite at a leaf"),
    "a cover that is none": ({"sum_hessian": [6, 0, np.nan, 2, 3, 1]}, "sum_hessian must be finite"),
    "texts": ({"sum_hessian": ["6"] * 6}, "must be a list of numbers"),
    "a code below none": ({"categories": [-1, 4]}, "categories must be in 0 to"),
    "a code beyond": ({"categories": [1, 1 << 24]}, "categories must be in 0 to"),
    "sizes that do not add up": ({"categories_sizes": [1]}, "do not share out the categories"),
    "segments that begin late": ({"categories_segments": [1]}, "do not share out the categories"),
    "no nodes": ({"tree_param": {"num_nodes": "6.0"}}, "must be a whole number, however: '6.0'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_damage_is_refused(name):
    changes, why = REFUSED[name]
    with pytest.raises(ValueError, match=why):
        tree({**DATA, **changes}, 3)


def test_a_leaf_of_several_values_is_of_another_sort():
    with pytest.raises(UnsupportedScorer, match="must have one output, however: a leaf has several values"):
        tree({**DATA, "tree_param": {"num_nodes": "6", "size_leaf_vector": "3"}}, 3)


@pytest.mark.parametrize("name", sorted(DATA))
def test_a_part_that_is_missing_is_damage(name):
    with pytest.raises(KeyError):
        tree({key: value for key, value in DATA.items() if key != name}, 3)


@pytest.mark.parametrize(("text", "due"), [("12", 12), ("-3", -3), ("007", 7)])
def test_a_parameter_is_a_text_of_digits(text, due):
    assert whole(text) == due


@pytest.mark.parametrize("text", ["", "1.5", "1e3", " 1", "1\n", "x", "1" * 19])
def test_another_text_is_no_number(text):
    with pytest.raises(ValueError, match="must be a whole number, however"):
        whole(text)


def test_numbers_are_as_xgboost_holds_them():
    values = singles([0.1, 1, 1e39, -1e39, 1e-50])
    assert values.dtype == np.float64
    assert values.tolist() == [float(np.float32(0.1)), 1.0, np.inf, -np.inf, 0.0]
    assert singles([]).tolist() == []
