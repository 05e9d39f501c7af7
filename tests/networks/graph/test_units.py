"""Units hang together where a number of one meets a number of another, found again by a slow search over all pairs."""

import numpy as np
from drawn_graphs import dense, drawn
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
    units_of,
)

X = (GraphSource("x", 3),)


def slow(graph):
    """Columns (value, place) in groups that must go together, by joining pairs until nothing changes."""
    pairs, first = [], {}
    for node in graph.nodes:
        width = range(graph.widths[node.name])
        if isinstance(node, Affine | Activation):
            pairs += [((node.name, i), (node.source, i)) for i in width]
        elif isinstance(node, Join):
            pairs += [((node.name, i), (side, i)) for i in width for side in (node.left, node.right)]
        elif isinstance(node, Pooling):
            pairs += [((node.name, i), (part, i)) for i in width for part in node.parts]
        elif isinstance(node, Selection):
            pairs += [((node.name, i), (node.source, int(node.columns[i]))) for i in width]
        elif isinstance(node, Concatenation):
            places = [(part, i) for part in node.parts for i in range(graph.widths[part])]
            pairs += [((node.name, i), place) for i, place in enumerate(places)]
        elif isinstance(node, Dense) and node.tie:
            pairs += [((node.name, i), (first.setdefault(node.tie, node.name), i)) for i in width]
    pairs += [((one, i), (same, i)) for one, same in graph.bound for i in range(graph.widths[one])]
    group = {(name, i): {(name, i)} for name, width in graph.widths.items() for i in range(width)}
    for one, other in pairs * 3:
        both = group[one] | group[other]
        for member in both:
            group[member] = both
    return group


def same_groups(graph):
    of, group = units_of(graph).of, slow(graph)
    columns = list(group)
    for one in columns:
        for other in columns:
            together = of[one[0]][one[1]] == of[other[0]][other[1]]
            assert together == (other in group[one]), (one, other)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_units_that_go_together_are_those_of_a_slow_search(seed):
    same_groups(drawn(seed))


def test_values_that_are_bound_go_together_though_nothing_joins_them():
    nodes = (dense("a", "x", 4, 3), dense("b", "x", 4, 3, 1), Concatenation("c", ("a", "b")), dense("o", "c", 1, 8))
    free, bound = (Graph(X, nodes, "o", pairs) for pairs in ((), (("a", "b"),)))
    assert [len(layer.units) for layer in units_of(free).layers] == [4, 4]
    assert [len(layer.units) for layer in units_of(bound).layers] == [4]
    same_groups(bound)


def test_what_meets_a_source_or_the_output_stays():
    nodes = (
        dense("a", "x", 3, 3),
        Join("held", "add", "a", "x"),
        dense("b", "held", 5, 3, 1),
        dense("o", "b", 1, 5, 2),
    )
    units = units_of(Graph(X, nodes, "o"))
    assert [(layer.dense, len(layer.units)) for layer in units.layers] == [(1, 5)]


def test_a_unit_belongs_to_the_first_matrix_that_has_it():
    nodes = (dense("a", "x", 4, 3), dense("b", "x", 4, 3, 1), Join("j", "mul", "a", "b"), dense("o", "j", 1, 4))
    [layer] = units_of(Graph(X, nodes, "o")).layers
    assert layer.dense == 0
    assert layer.units.tolist() == units_of(Graph(X, nodes, "o")).of["b"].tolist()


def test_units_in_another_order_are_the_same_units():
    nodes = (dense("a", "x", 3, 3), Selection("s", "a", np.array([2, 0, 1])), dense("o", "s", 1, 3))
    units = units_of(Graph(X, nodes, "o"))
    assert units.of["s"].tolist() == units.of["a"][[2, 0, 1]].tolist()
