"""Every value is what its node says, number by number, and every gradient what a small step shows."""

import numpy as np
import pytest
from drawn_graphs import by_hand, dense, drawn, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.graph import Dense, Graph, GraphSource, Selection, gradients, traced_graph
from riskmodel.networks.graph.run import evaluated

SEEDS = st.integers(0, 10_000)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([1, 2]))
def test_every_value_of_a_row_is_the_one_worked_out_by_hand(seed, outputs):
    graph, sources = drawn(seed, outputs), rows(3, seed)
    trace = traced_graph(graph, sources)
    for row in range(3):
        due = by_hand(graph, sources, row)
        assert set(trace.values) == set(due)
        for name, values in due.items():
            np.testing.assert_allclose(trace.values[name][row], values, rtol=1e-12, atol=1e-12)


def loss_after(graph, trace, name, step, target):
    """The log-loss of each row where one value is another by `step`, and all that follows from it."""
    values = {**trace.values, name: trace.values[name] + step}
    begun = name in {source.name for source in graph.sources}
    for node in graph.nodes:
        if node.name == name:
            begun = True
        elif begun:
            values[node.name] = evaluated(node, values)
    output = values[graph.output]
    margin = output[:, 0] if output.shape[1] == 1 else output[:, 1] - output[:, 0]
    return np.logaddexp(0, margin) - target * margin


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from([1, 2]))
def test_every_gradient_is_what_a_small_step_shows(seed, outputs):
    graph, sources, step = drawn(seed, outputs), rows(5, seed), 1e-6
    target = np.linspace(0, 1, 5)
    trace = traced_graph(graph, sources)
    slopes = gradients(trace, target)
    for name, values in trace.values.items():
        for column in range(values.shape[1]):
            one = step * (np.arange(values.shape[1]) == column)
            after, now, before = (loss_after(graph, trace, name, sign * one, target) for sign in (1, 0, -1))
            sides = np.stack([now - before, after - now]) / step  # at a bend of an activation they differ
            assert (slopes[name][:, column] >= sides.min(axis=0) - 2e-5).all()
            assert (slopes[name][:, column] <= sides.max(axis=0) + 2e-5).all()


def test_a_column_that_is_taken_twice_is_answered_for_twice():
    nodes = (Selection("twice", "x", np.array([1, 1, 0])), Dense("o", "twice", np.ones((1, 3)), np.zeros(1)))
    graph = Graph((GraphSource("x", 2),), nodes, "o")
    trace = traced_graph(graph, {"x": np.zeros((1, 2))})
    assert gradients(trace, np.zeros(1))["x"].tolist() == [[0.5, 1.0]]


def test_what_no_output_hears_has_a_gradient_of_zero():
    graph = Graph((GraphSource("x", 2),), (dense("silent", "x", 4, 2), dense("o", "x", 1, 2, 1)), "o")
    slopes = gradients(traced_graph(graph, {"x": np.ones((3, 2))}), np.zeros(3))
    assert slopes["silent"].tolist() == np.zeros((3, 4)).tolist()


@pytest.mark.parametrize("count", [0, 1])
def test_no_row_and_one_row_are_traced(count):
    trace = traced_graph(drawn(1), rows(count))
    assert trace.margin.shape == (count,)
    assert all(len(slope) == count for slope in gradients(trace, np.zeros(count)).values())


def test_a_margin_too_large_for_a_float_is_infinite_and_no_warning():
    graph = Graph((GraphSource("x", 1),), (Dense("o", "x", np.array([[1e308]]), np.zeros(1)),), "o")
    with np.errstate(all="raise"):
        assert traced_graph(graph, {"x": np.array([[1e10]])}).margin.tolist() == [np.inf]
