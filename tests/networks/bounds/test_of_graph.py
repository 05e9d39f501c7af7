"""The range of a graph holds every margin of the box, is exact of a linear graph, and knows what it cannot bound."""

import numpy as np
import pytest
from drawn_graphs import dense
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.bounds.of_graph import CHUNK, graph_range, is_bounded
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
    traced_graph,
)

X = (GraphSource("x", 3),)
OWN = {"x": np.arange(3)}


def linear(seed=0, outputs=1):
    random = np.random.default_rng(seed)
    nodes = (dense("a", "x", 4, 3, seed), Affine("s", "a", random.normal(size=4), random.normal(size=4)))
    nodes += (Concatenation("c", ("s", "x")), dense("o", "c", outputs, 7, seed + 1))
    return Graph(X, nodes, "o")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([1, 2]))
def test_of_a_linear_graph_the_range_is_what_the_corners_reach(seed, outputs):
    graph, random = linear(seed, outputs), np.random.default_rng(seed)
    low = random.normal(size=(4, 3))
    high = low + random.exponential(size=(4, 3))
    corners = np.array(np.meshgrid(*[[0, 1]] * 3)).reshape(3, -1).T
    margins = np.array([traced_graph(graph, {"x": np.where(corner, high, low)}).margin for corner in corners])
    least, most = graph_range(graph, {"x": low}, {"x": high}, OWN)
    np.testing.assert_allclose(least, margins.min(axis=0), atol=1e-9)
    np.testing.assert_allclose(most, margins.max(axis=0), atol=1e-9)


def bent(kind, seed=0):
    nodes = (
        dense("a", "x", 4, 3, seed),
        Activation("r", "a", "Tanh"),
        Activation("u", "a", "Relu"),
        Join("j", kind, "r", "u"),
        dense("o", "j", 1, 4, seed + 1),
    )
    return Graph(X, nodes, "o")


@pytest.mark.parametrize("kind", ["add", "sub", "mul"])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000))
def test_no_point_of_the_box_is_outside(kind, seed):
    graph, random = bent(kind, seed), np.random.default_rng(seed)
    low = random.normal(size=(5, 3))
    high = low + random.exponential(size=(5, 3))
    least, most = graph_range(graph, {"x": low}, {"x": high}, OWN)
    for _ in range(30):
        margin = traced_graph(graph, {"x": random.uniform(low, high)}).margin
        assert (margin >= least - 1e-9).all()
        assert (margin <= most + 1e-9).all()


def test_units_that_move_with_one_number_move_together():
    """x0 - x1 is nothing where both are the same number, and twice as wide where they are two."""
    graph = Graph((GraphSource("x", 2),), (Dense("o", "x", np.array([[1.0, -1.0]]), np.zeros(1)),), "o")
    low, high = {"x": np.zeros((1, 2))}, {"x": np.ones((1, 2))}
    together, apart = ({"x": np.array(columns)} for columns in ([0, 0], [0, 1]))
    np.testing.assert_allclose(np.concatenate(graph_range(graph, low, high, together)), [0, 0], atol=1e-12)
    np.testing.assert_allclose(np.concatenate(graph_range(graph, low, high, apart)), [-1, 1], atol=1e-12)


def test_either_end_may_be_the_larger():
    graph = linear()
    ends = {"x": np.array([[0.0, 1.0, 2.0]])}, {"x": np.array([[1.0, -1.0, 2.0]])}
    np.testing.assert_allclose(graph_range(graph, *ends, OWN), graph_range(graph, *ends[::-1], OWN), atol=1e-12)


def test_a_box_of_one_point_is_that_points_margin():
    graph, rows = bent("mul"), np.random.default_rng(0).normal(size=(6, 3))
    margin = traced_graph(graph, {"x": rows}).margin
    np.testing.assert_allclose(graph_range(graph, {"x": rows}, {"x": rows}, OWN), [margin, margin], atol=1e-9)


def test_rows_do_not_depend_on_their_chunk():
    graph, random = bent("add"), np.random.default_rng(1)
    low = random.normal(size=(CHUNK + 3, 3))
    least, most = graph_range(graph, {"x": low}, {"x": low + 0.5}, OWN)
    assert len(least) == len(most) == CHUNK + 3
    some = [0, CHUNK - 1, CHUNK, CHUNK + 2]
    again = graph_range(graph, {"x": low[some]}, {"x": low[some] + 0.5}, OWN)
    np.testing.assert_allclose((least[some], most[some]), again, atol=1e-9)


@pytest.mark.parametrize(
    "node",
    [
        Pooling("n", "max", ("x", "x")),
        Selection("n", "x", np.array([2, 1, 0])),
        Activation("n", "x", "Gelu", (0.0,)),
    ],
)
def test_what_has_no_bound_is_said_and_never_guessed(node):
    graph = Graph(X, (node, dense("o", "n", 1, 3)), "o")
    assert not is_bounded(graph)
    box = {"x": np.zeros((1, 3))}, {"x": np.ones((1, 3))}
    with pytest.raises((TypeError, KeyError)):
        graph_range(graph, *box, OWN)
    assert is_bounded(bent("mul"))
