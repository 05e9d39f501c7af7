"""Arrays that are no trees, or none of ours, are refused with what is wrong with them."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import helper, numpy_helper  # noqa: E402

from riskmodel import limits  # noqa: E402
from riskmodel.errors import BundleError  # noqa: E402
from riskmodel.onnx_export.tree_arrays import check_trees, columns_of  # noqa: E402
from riskmodel.trees.ensemble import LARGEST  # noqa: E402

COLUMNS = 3


def node_of(source="rows", **changes):
    """Two trees: a split of two leaves, and one with a set of members above another split."""
    arrays = {
        "tree_roots": [0, 1],
        "nodes_featureids": [0, 2, 1],
        "nodes_modes": np.array([0, 6, 1], np.uint8),
        "nodes_splits": np.array([0.5, 0.0, -1.0]),
        "nodes_missing_value_tracks_true": [0, 1, 0],
        "nodes_truenodeids": [0, 2, 2],
        "nodes_trueleafs": [1, 0, 1],
        "nodes_falsenodeids": [1, 3, 4],
        "nodes_falseleafs": [1, 1, 1],
        "leaf_targetids": [0, 0, 0, 1, 0],
        "leaf_weights": np.array([0.1, -0.1, 0.2, 0.3, -0.4]),
        "membership_values": np.array([3.0, 5.0, np.nan]),
        "n_targets": 2,
        "aggregate_function": 1,
        "post_transform": 0,
    }
    given = {**arrays, **changes}
    named = {
        name: numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        for name, value in given.items()
        if value is not None
    }
    return helper.make_node("TreeEnsemble", [source], ["sum"], domain="ai.onnx.ml", **named)


def test_trees_as_they_are_written_here_pass():
    check_trees(node_of(), COLUMNS)
    check_trees(node_of(leaf_weights=np.full(5, LARGEST / 5)), COLUMNS)


REFUSED = {
    "no roots": ({"tree_roots": None}, "'tree_roots' is missing or no array"),
    "no leaves": ({"leaf_weights": None}, "'leaf_weights' is missing or no array"),
    "a table of splits": ({"nodes_splits": np.zeros((3, 1))}, "an array of several dimensions is missing or no array"),
    "a split too few": ({"nodes_splits": np.zeros(2)}, "its arrays differ in length"),
    "a weight too many": ({"leaf_weights": np.zeros(6)}, "its arrays differ in length"),
    "a child too few": ({"nodes_falsenodeids": [1, 3]}, "its arrays differ in length"),
    "a side too few": ({"nodes_missing_value_tracks_true": [0, 1]}, "its arrays differ in length"),
    "leaves too large": ({"leaf_weights": np.full(5, LARGEST)}, "its leaves add up to more than"),
    "a leaf that is no number": ({"leaf_weights": np.array([0, 0, np.nan, 0, 0])}, "its leaves add up to more than"),
    "a mean": ({"aggregate_function": 0}, "it has a mode that is not written here"),
    "a logistic function": ({"post_transform": 2}, "it has a mode that is not written here"),
    "another question": ({"nodes_modes": np.array([0, 6, 4], np.uint8)}, "it has a mode that is not written here"),
    "no outputs": ({"n_targets": 0}, "it has a mode that is not written here"),
    "too many outputs": ({"n_targets": 100_001}, "it has a mode that is not written here"),
    "a column beyond": ({"nodes_featureids": [0, 3, 1]}, "it has a column or an output beyond the last"),
    "a column before": ({"nodes_featureids": [0, -1, 1]}, "it has a column or an output beyond the last"),
    "an output beyond": ({"leaf_targetids": [0, 0, 2, 1, 0]}, "it has a column or an output beyond the last"),
    "no set": ({"membership_values": None}, "it has not one set of members a split that asks for one"),
    "a set too many": ({"membership_values": np.array([3.0, np.nan, np.nan])}, "it has not one set of members"),
    "a root beyond": ({"tree_roots": [0, 3]}, "it has a root beyond the last split"),
    "a leaf of a third sort": ({"nodes_trueleafs": [1, 2, 1]}, "it has a leaf beyond the last"),
    "a leaf beyond": ({"nodes_falsenodeids": [1, 3, 5]}, "it has a leaf beyond the last"),
    "a split as its own child": ({"nodes_truenodeids": [0, 1, 2]}, "a split does not stand before its children"),
    "a split before its parent": ({"nodes_truenodeids": [0, 0, 2]}, "a split does not stand before its children"),
    "a split beyond": ({"nodes_truenodeids": [0, 3, 2]}, "a split does not stand before its children"),
    "a root below a split": ({"tree_roots": [0, 1, 2]}, "a split has two parents"),
    "two roots of one tree": ({"tree_roots": [0, 0, 1]}, "a split has two parents"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_tree_of_ours_is_refused_in_one_line(name):
    changes, why = REFUSED[name]
    with pytest.raises(BundleError) as refusal:
        check_trees(node_of(**changes), COLUMNS)
    text = str(refusal.value)
    assert text.startswith(f"an ONNX model must have trees as they are written here, however: {why}")
    assert "\n" not in text


@pytest.mark.parametrize(("limit", "value"), [("trees", 1), ("nodes", 7)])
def test_more_trees_or_nodes_than_allowed_are_refused(limit, value, monkeypatch):
    monkeypatch.setattr(limits, "_raised", {limit: value})
    with pytest.raises(BundleError, match=f"{limit} must be at most {value}, however: {value + 1}"):
        check_trees(node_of(), COLUMNS)


def test_of_what_was_made_of_the_rows_a_split_may_ask_more_columns():
    assert columns_of(node_of(), COLUMNS) == COLUMNS
    assert columns_of(node_of("view"), COLUMNS) == 1 << 20
    check_trees(node_of("view", nodes_featureids=[0, 7, 1]), COLUMNS)
