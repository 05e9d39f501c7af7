"""A graph is whole or refused by its node; what is counted is counted by hand."""

import numpy as np
import pytest
from drawn_graphs import dense, drawn

from riskmodel.errors import RiskModelError
from riskmodel.networks.graph import (
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Join,
    Pooling,
    Selection,
    sources_of,
)
from riskmodel.networks.graph.anatomy import margin_of

X = (GraphSource("x", 3), GraphSource("z", 2))


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (dense("n", "x", 1, 4), "node 'n' must be given 4 units, however: 3"),
        (Dense("n", "x", np.ones((2, 3)), np.zeros(1)), "node 'n' must be given -1 units, however: 3"),
        (Affine("n", "x", np.ones(2), np.ones(2)), "node 'n' must be given 2 units, however: 3"),
        (Join("n", "add", "x", "z"), "node 'n' must be given 3 units, however: 2"),
        (Selection("n", "x", np.array([0, 3])), "node 'n' must be given 4 units, however: 3"),
        (Pooling("n", "max", ("x", "x", "z")), "node 'n' must be given 3 units, however: 2"),
        (dense("n", "y", 1, 3), "node 'n' must come after what it is made of, however: 'y'"),
        (Concatenation("n", ("x", "later")), "node 'n' must come after what it is made of, however: 'later'"),
        (Affine("n", "x", np.array([1, np.inf, 1]), np.ones(3)), "node 'n' must have finite weights"),
        (Dense("n", "x", np.ones((1, 3)), np.array([np.nan])), "node 'n' must have finite weights"),
    ],
)
def test_a_node_that_does_not_fit_is_named(node, why):
    with pytest.raises(RiskModelError, match=why) as refused:
        Graph(X, (node,), "n")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("output", ["x", "nowhere"])
def test_a_network_ends_in_one_output_or_two(output):
    with pytest.raises(RiskModelError, match=r"must end in one output, or two classes, however: (3|None)"):
        Graph(X, (), output)
    assert Graph(X, (), "z").widths == {"x": 3, "z": 2}


def test_widths_are_those_of_the_nodes():
    graph = drawn(4)
    width = graph.widths["a0"]
    due = {"x": 3, "y": 3, "z": 2, "c": width + 2, "o": 1}
    assert graph.widths == {**dict.fromkeys(graph.widths, width), **due}


@pytest.mark.parametrize(
    ("node", "due"),
    [
        (dense("n", "x", 1, 3), ("x",)),
        (Activation("n", "x", "Relu"), ("x",)),
        (Join("n", "sub", "a", "b"), ("a", "b")),
        (Concatenation("n", ("a", "b", "c")), ("a", "b", "c")),
        (Pooling("n", "mean", ("a", "b")), ("a", "b")),
    ],
)
def test_a_node_says_what_it_is_made_of(node, due):
    assert sources_of(node) == due


def test_readers_are_the_nodes_that_a_value_goes_into():
    graph = drawn(0)
    assert [node.name for node in graph.readers["z"]] == ["a1", "c"]
    assert [node.name for node in graph.readers["r1"]] == ["j", "p"]
    assert graph.readers["o"] == []


def test_a_matrix_of_several_places_counts_once_but_is_multiplied_each_time():
    weight = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]])
    nodes = (
        Dense("t0", "x", weight, np.zeros(2), "t"),
        Dense("t1", "x", weight, np.zeros(2), "t"),
        Join("j", "add", "t0", "t1"),
        Dense("o", "j", np.array([[1.0, 0.0]]), np.ones(1)),
    )
    graph = Graph(X, nodes, "o")
    assert [node.name for node in graph.matrices] == ["t0", "o"]
    assert (graph.connections, graph.parameters, graph.work) == (4, 6 + 2 + 2 + 1, 6 + 6 + 2)
    assert [node.name for node in graph.dense_layers] == ["t0", "t1", "o"]


def test_of_two_classes_the_log_odds_are_those_of_the_second():
    assert margin_of(np.array([[1.0, 3.5], [2.0, 0.5]])).tolist() == [2.5, -1.5]
    assert margin_of(np.array([[1.0], [-2.0]])).tolist() == [1.0, -2.0]
