"""A folded graph is the same function with fewer steps; what cannot be folded stays where it is."""

import numpy as np
import pytest
from drawn_graphs import dense, drawn, rows
from hypothesis import given, settings
from hypothesis import strategies as st

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
    folded,
    levelled,
    renamed,
    traced_graph,
)

X = (GraphSource("x", 3), GraphSource("z", 2))


def line(name, source, width, seed=0, tie=""):
    random = np.random.default_rng(seed)
    return Affine(name, source, random.normal(size=width), random.normal(size=width), tie)


def steps(graph):
    return [node.name for node in graph.nodes if isinstance(node, Affine)]


def margin(graph):
    return traced_graph(graph, rows()).margin


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 2]))
def test_folding_changes_no_margin_and_adds_no_step(seed, outputs):
    graph = drawn(seed, outputs)
    smaller = folded(graph)
    np.testing.assert_allclose(margin(smaller), margin(graph), atol=1e-10)
    assert len(smaller.nodes) <= len(graph.nodes)
    assert len(folded(smaller).nodes) == len(smaller.nodes)


FOLDED = {
    "after a matrix": (dense("a", "x", 4, 3), line("s", "a", 4), Activation("r", "s", "Relu"), dense("o", "r", 1, 4)),
    "before a matrix": (dense("a", "x", 4, 3), Activation("r", "a", "Relu"), line("s", "r", 4), dense("o", "s", 1, 4)),
    "before two matrices": (
        line("s", "x", 3),
        dense("a", "s", 2, 3),
        dense("b", "s", 2, 3, 1),
        Join("j", "mul", "a", "b"),
        dense("o", "j", 1, 2),
    ),
    "at the end": (dense("o", "x", 1, 3), line("s", "o", 1)),
    "two in a row": (dense("a", "x", 4, 3), line("s", "a", 4), line("t", "s", 4, 1), dense("o", "t", 1, 4)),
}


@pytest.mark.parametrize("name", FOLDED)
def test_a_step_beside_a_matrix_goes_into_it(name):
    nodes = FOLDED[name]
    graph = Graph(X, nodes, nodes[-1].name)
    assert steps(folded(graph)) == []
    np.testing.assert_allclose(margin(folded(graph)), margin(graph), atol=1e-10)


KEPT = {
    "between bends": (
        dense("a", "x", 4, 3),
        Activation("r", "a", "Relu"),
        line("s", "r", 4),
        Activation("u", "s", "Tanh"),
        dense("o", "u", 1, 4),
    ),
    "of a matrix that something else reads": (
        dense("a", "x", 4, 3),
        line("s", "a", 4),
        Activation("r", "s", "Relu"),
        Activation("u", "a", "Tanh"),
        Join("j", "add", "r", "u"),
        dense("o", "j", 1, 4),
    ),
    "before a matrix and a join": (
        line("s", "x", 3),
        dense("a", "s", 3, 3),
        Join("j", "add", "a", "s"),
        dense("o", "j", 1, 3),
    ),
    "before a matrix of several places": (
        line("s", "x", 3),
        Dense("t0", "s", np.ones((2, 3)), np.zeros(2), "t"),
        Dense("t1", "x", np.ones((2, 3)), np.zeros(2), "t"),
        Join("j", "mul", "t0", "t1"),
        dense("o", "j", 1, 2),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_step_that_would_change_something_else_stays(name):
    nodes = KEPT[name]
    graph = Graph(X, nodes, nodes[-1].name)
    assert steps(folded(graph)) == ["s"]
    np.testing.assert_allclose(margin(folded(graph)), margin(graph), atol=1e-10)


@pytest.mark.parametrize(("ties", "left"), [(("n", "n"), []), (("n", "m"), ["s0", "s1"]), (("", ""), ["s0", "s1"])])
def test_a_matrix_of_several_places_takes_a_step_in_where_the_same_follows_all(ties, left):
    weight, scale, shift = np.arange(6.0).reshape(2, 3), np.array([2.0, -1.0]), np.array([0.5, 3.0])
    nodes = (
        *(Dense(f"t{i}", "x", weight, np.ones(2), "t") for i in range(2)),
        *(Affine(f"s{i}", f"t{i}", scale, shift, tie) for i, tie in enumerate(ties)),
        *(Activation(f"r{i}", f"s{i}", "Tanh") for i in range(2)),
        Join("j", "add", "r0", "r1"),
        dense("o", "j", 1, 2),
    )
    graph = Graph(X, nodes, "o")
    smaller = folded(graph)
    assert steps(smaller) == left
    np.testing.assert_allclose(margin(smaller), margin(graph), atol=1e-10)
    uses = [node for node in smaller.dense_layers if node.tie]
    assert np.array_equal(uses[0].weight, uses[1].weight)


def test_the_output_keeps_its_line_where_the_matrix_before_it_is_read_elsewhere():
    nodes = (dense("a", "x", 1, 3), line("o", "a", 1))
    assert folded(Graph(X, nodes, "o")).output == "a"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("outputs", [1, 2])
def test_a_level_is_a_line_of_the_log_odds_by_the_last_weights(seed, outputs):
    graph = drawn(seed, outputs)
    level = levelled(graph, 0.7, -0.3)
    np.testing.assert_allclose(margin(level), 0.7 * margin(graph) - 0.3, atol=1e-10)
    assert (level.output, len(level.nodes)) == (graph.output, len(graph.nodes))


def test_a_level_of_a_bent_output_is_a_step_of_its_own():
    nodes = (dense("a", "x", 1, 3), Activation("o", "a", "Tanh"))
    graph = Graph(X, nodes, "o")
    level = levelled(graph, 2.0, 1.0)
    assert (level.output, steps(level)) == ("o_levelled", ["o_levelled"])
    np.testing.assert_allclose(margin(level), 2 * margin(graph) + 1)


@pytest.mark.parametrize(
    "node",
    [
        dense("n", "a", 1, 3),
        line("n", "a", 3),
        Activation("n", "a", "Elu", (0.5,)),
        Join("n", "sub", "a", "b"),
        Concatenation("n", ("a", "b")),
        Pooling("n", "max", ("a", "b")),
        Selection("n", "a", np.array([0])),
    ],
)
def test_a_node_under_another_name_reads_other_names_and_is_the_same(node):
    from riskmodel.networks.graph import sources_of

    other = renamed(node, lambda name: f"my {name}")
    assert other.name == "my n"
    assert sources_of(other) == tuple(f"my {name}" for name in sources_of(node))
    assert type(other) is type(node)
