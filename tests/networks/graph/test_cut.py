"""A graph without units is the graph in which they are silent, whatever they hang together with."""

import numpy as np
import pytest
from drawn_graphs import dense, drawn, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.graph import (
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Selection,
    traced_graph,
    units_of,
    with_dense,
    without_units,
)


def margins_where_unread(graph, units, gone):
    """What the graph says where no matrix reads these units: their columns are zero."""
    silent = {}
    for node in graph.dense_layers:
        column = ~np.isin(units.of[node.source], sorted(gone))
        silent[node.name] = Dense(node.name, node.source, node.weight * column, node.bias, node.tie)
    return traced_graph(with_dense(graph, silent), rows()).margin


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 2]), st.data())
def test_units_that_go_are_units_that_nothing_reads(seed, outputs, data):
    graph = drawn(seed, outputs)
    units = units_of(graph)
    every = [int(unit) for layer in units.layers for unit in layer.units]
    gone = data.draw(st.sets(st.sampled_from(every), max_size=len(every)))
    small = without_units(graph, units, gone)
    np.testing.assert_allclose(traced_graph(small, rows()).margin, margins_where_unread(graph, units, gone), atol=1e-10)
    for name, width in graph.widths.items():
        assert small.widths[name] == width - np.isin(units.of[name], sorted(gone)).sum()


def test_nothing_gone_is_the_same_and_the_given_graph_stays():
    graph = drawn(3)
    before = traced_graph(graph, rows()).margin
    units = units_of(graph)
    np.testing.assert_array_equal(traced_graph(without_units(graph, units, set()), rows()).margin, before)
    without_units(graph, units, {int(units.layers[0].units[0])})
    np.testing.assert_array_equal(traced_graph(graph, rows()).margin, before)


def test_a_selection_points_to_the_columns_that_are_left():
    nodes = (
        dense("a", "x", 4, 3),
        Affine("s", "a", np.arange(1.0, 5), np.zeros(4)),
        Selection("q", "s", np.array([3, 0, 2, 1])),
        Concatenation("c", ("q", "x")),
        dense("o", "c", 1, 7, 1),
    )
    graph = Graph((GraphSource("x", 3),), nodes, "o")
    units = units_of(graph)
    small = without_units(graph, units, {int(units.of["a"][0])})
    made = {node.name: node for node in small.nodes}
    assert made["q"].columns.tolist() == [2, 1, 0]
    assert made["s"].scale.tolist() == [2.0, 3.0, 4.0]
    assert made["o"].weight.tolist() == [graph.nodes[-1].weight[0, [0, 2, 3, 4, 5, 6]].tolist()]


def test_matrices_are_exchanged_by_their_names():
    graph = drawn(5)
    last = graph.dense_layers[-1]
    other = with_dense(graph, {"o": Dense("o", last.source, 2 * last.weight, 2 * last.bias), "absent": last})
    np.testing.assert_allclose(traced_graph(other, rows()).margin, 2 * traced_graph(graph, rows()).margin)


@pytest.mark.parametrize("seed", range(3))
def test_all_units_of_a_layer_may_go_where_others_lead_to_the_output(seed):
    graph = drawn(seed)
    units = units_of(graph)
    gone = {int(unit) for layer in units.layers for unit in layer.units}
    small = without_units(graph, units, gone)
    assert small.widths["c"] == 2
    np.testing.assert_allclose(traced_graph(small, rows()).margin, margins_where_unread(graph, units, gone), atol=1e-10)
