"""Graphs are held to what was written down by hand: a function, its slopes by differences, its folds, its units."""

import numpy as np
import pytest
from drawn_onnx import drawn_network, rows_for
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.errors import RiskModelError
from riskmodel.networks.graph import (
    ACTIVATIONS,
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Join,
    folded,
    gradients,
    levelled,
    traced_graph,
    units_of,
    without_units,
)
from riskmodel.onnx_export.foreign import network_of
from riskmodel.stats import log_loss

pytest.importorskip("onnxruntime")


def dense(name, source, outputs, inputs, seed=0):
    random = np.random.default_rng(seed)
    return Dense(name, source, random.normal(size=(outputs, inputs)), random.normal(size=outputs))


def residual():
    """relu(a) + b(relu(a)), beside the inputs, to one output."""
    nodes = (
        dense("a", "x", 5, 3, 1),
        Activation("r", "a", "Relu"),
        dense("b", "r", 5, 5, 2),
        Join("s", "add", "r", "b"),
        Concatenation("c", ("s", "x")),
        dense("o", "c", 1, 8, 3),
    )
    return Graph((GraphSource("x", 3),), nodes, "o")


@pytest.mark.parametrize("kind", sorted(ACTIVATIONS))
def test_a_slope_is_that_of_differences(kind):
    parameters = {"LeakyRelu": (0.1,), "Elu": (1.3,), "Selu": (1.67, 1.05), "Gelu": (1.0,), "Clip": (-0.5, 1.2)}
    given = parameters.get(kind, ())
    x, step = np.array([-3.1, -0.4, 0.3, 0.9, 2.7]), 1e-6
    value, slope = ACTIVATIONS[kind].value, ACTIVATIONS[kind].slope
    differences = (value(x + step, *given) - value(x - step, *given)) / (2 * step)
    np.testing.assert_allclose(slope(x, *given), differences, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_gradients_are_those_of_differences(seed):
    network = network_of(drawn_network(seed))
    matrix = rows_for(network.columns, 7)
    sources = network.sources(matrix)
    target = (np.arange(7) % 2).astype(float)
    trace = traced_graph(network.graph, sources)
    slopes = gradients(trace, target)
    last = network.graph.dense_layers[-1]
    step = 1e-6
    changed = {d.name: d for d in (Dense(last.name, last.source, last.weight, last.bias + step),)}
    nodes = tuple(changed.get(node.name, node) for node in network.graph.nodes)
    after = traced_graph(Graph(network.graph.sources, nodes, network.graph.output), sources)
    rise = (log_loss.of_margin(after.margin, target) - log_loss.of_margin(trace.margin, target)) / step
    np.testing.assert_allclose(slopes[last.name].sum(axis=1), rise, atol=1e-4)


def test_a_gradient_reaches_the_first_layer():
    graph, matrix, target, step = residual(), rows_for(3, 9), np.arange(9) % 2.0, 1e-6
    slopes = gradients(traced_graph(graph, {"x": matrix}), target)
    first = graph.dense_layers[0]
    for unit in range(5):
        bias = first.bias + step * (np.arange(5) == unit)
        nodes = (Dense("a", "x", first.weight, bias), *graph.nodes[1:])
        margins = [traced_graph(g, {"x": matrix}).margin for g in (Graph(graph.sources, nodes, "o"), graph)]
        rise = np.subtract(*(log_loss.of_margin(margin, target) for margin in margins)) / step
        np.testing.assert_allclose(slopes["a"][:, unit], rise, atol=1e-5)


def test_what_is_added_hangs_together_and_inputs_stay():
    units = units_of(residual())
    assert [len(layer.units) for layer in units.layers] == [5]
    np.testing.assert_array_equal(units.of["a"], units.of["b"])
    assert set(units.of["o"]) & set(units.layers[0].units) == set()


def test_a_unit_that_says_nothing_can_go_unnoticed():
    graph = residual()
    a, r, b, s, c, o = graph.nodes
    silent = np.ones(5)
    silent[[1, 4]] = 0
    a = Dense("a", "x", a.weight * silent[:, None], a.bias * silent)
    b = Dense("b", "r", b.weight * silent[:, None], b.bias * silent)
    graph = Graph(graph.sources, (a, r, b, s, c, o), "o")
    units = units_of(graph)
    smaller = without_units(graph, units, {int(units.layers[0].units[i]) for i in (1, 4)})
    assert smaller.widths["s"] == 3
    matrix = rows_for(3)
    np.testing.assert_allclose(
        traced_graph(smaller, {"x": matrix}).margin, traced_graph(graph, {"x": matrix}).margin, atol=1e-12
    )


def test_affine_steps_fold_into_what_stands_beside_them():
    random = np.random.default_rng(5)
    steps = [Affine(f"n{i}", f"{'ar'[i]}", random.normal(size=5), random.normal(size=5)) for i in range(2)]
    nodes = (
        dense("a", "x", 5, 3),
        steps[0],
        Activation("r", "n0", "Tanh"),
        steps[1],
        dense("o", "n1", 2, 5),
        Affine("last", "o", np.array([2.0, 3.0]), np.array([0.5, 1.0])),
    )
    graph = Graph((GraphSource("x", 3),), nodes, "last")
    smaller, matrix = folded(graph), rows_for(3)
    assert [type(node) for node in smaller.nodes] == [Dense, Activation, Dense]
    np.testing.assert_allclose(
        traced_graph(smaller, {"x": matrix}).margin, traced_graph(graph, {"x": matrix}).margin, atol=1e-12
    )


@pytest.mark.parametrize("ending", ["log_odds", "two"])
def test_a_level_is_a_line_of_the_log_odds(ending):
    network = network_of(drawn_network(11, ending=ending))
    sources = network.sources(rows_for(network.columns))
    before = traced_graph(network.graph, sources).margin
    np.testing.assert_allclose(traced_graph(levelled(network.graph, 0.7, -0.3), sources).margin, 0.7 * before - 0.3)


def test_what_does_not_fit_is_refused_by_its_node():
    with pytest.raises(RiskModelError, match=r"node 'b' must be given 4 units, however: 5"):
        Graph((GraphSource("x", 3),), (dense("a", "x", 5, 3), dense("b", "a", 1, 4)), "b")
    with pytest.raises(RiskModelError, match=r"node 'a' must have finite weights"):
        Graph((GraphSource("x", 3),), (Dense("a", "x", np.full((1, 3), np.nan), np.zeros(1)),), "a")
    with pytest.raises(RiskModelError, match="must end in one output, or two classes, however: 5"):
        Graph((GraphSource("x", 3),), (dense("a", "x", 5, 3),), "a")
