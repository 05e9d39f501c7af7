"""A network from memory: the graph is held to what the object itself answers, and what it has not is refused."""

import numpy as np
import pytest
from drawn_graphs import by_hand, dense
from scipy.special import expit

from riskmodel.core import Calibration, Column
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks import unpack
from riskmodel.networks.graph import Activation, Affine, Graph, GraphSource, with_dense
from riskmodel.scorers.foreign.memory_network import (
    HELD,
    ROWS,
    TOLERANCE,
    MemoryNetwork,
    MemoryNetworkScorer,
    chain_widths,
    hold_memory,
)

MATRIX = np.random.default_rng(0).normal(size=(3 * HELD, 3))


@pytest.fixture
def graph():
    nodes = (
        Affine("scaled", ROWS, np.array([1.0, 2.0, 0.5]), np.array([0.1, 0.0, -1.0])),
        dense("first", "scaled", 4, 3),
        Activation("bent", "first", "Relu", ()),
        dense("second", "bent", 2, 4, 1),
        Activation("bent2", "second", "Tanh", ()),
        dense("last", "bent2", 1, 2, 2),
    )
    return Graph((GraphSource(ROWS, 3),), nodes, "last")


@pytest.fixture
def scorer(graph):
    return MemoryNetworkScorer(tuple(Column(name) for name in "abc"), Calibration(), graph)


def held(graph, answer, matrix=MATRIX):
    hold_memory(MemoryNetwork(graph, lambda _, rows: answer(rows), lambda made: made, None), None, graph, matrix)


def test_its_margin_is_the_graphs_number_by_number(scorer, graph):
    some = MATRIX[:5]
    due = [by_hand(graph, {ROWS: some}, row)["last"][0] for row in range(5)]
    np.testing.assert_allclose(scorer.raw_margin(some), due, rtol=1e-12)
    np.testing.assert_allclose(scorer.pd(some), expit(due), rtol=1e-12)


def test_its_file_has_every_number_of_its_layers_and_scalings(scorer, graph):
    arrays = unpack(scorer.files()["network.npz"])
    assert set(arrays) == {f"{n}.{w}" for n in ("first", "second", "last") for w in ("weight", "bias")} | {
        "scaled.scale",
        "scaled.shift",
    }
    np.testing.assert_array_equal(arrays["second.weight"], {n.name: n for n in graph.nodes}["second"].weight)


def test_another_weight_is_another_file_and_the_given_scorer_stays(scorer, graph):
    before = scorer.sha256
    changed = with_dense(graph, {"first": dense("first", "scaled", 4, 3, 9)})
    other = scorer.with_graph(changed)
    assert other.sha256 != before == scorer.sha256
    assert (other.raw_margin(MATRIX[:9]) != scorer.raw_margin(MATRIX[:9])).any()


def test_its_size_is_counted_by_the_weights_of_its_matrices(scorer):
    size = scorer.complexity()
    assert (size.features, size.neurons) == (3, 6)
    assert size.parameters >= 3 * 4 + 4 + 4 * 2 + 2 + 2 + 1


def test_neurons_of_a_chain_are_those_of_its_hidden_layers(graph):
    assert chain_widths(graph) == (4, 2)


def test_a_network_that_answers_as_it_is_read_is_held(scorer, graph):
    held(graph, lambda rows: scorer.pd(rows) + 0.9 * TOLERANCE)
    held(graph, scorer.pd, MATRIX[:1])
    held(graph, scorer.pd, MATRIX[:0])


def test_it_is_asked_for_rows_from_the_first_to_the_last(scorer, graph):
    asked = []
    held(graph, lambda rows: asked.append(rows) or scorer.pd(rows))
    assert len(asked[0]) == HELD
    np.testing.assert_array_equal(asked[0][[0, -1]], MATRIX[[0, -1]])
    for place in (0, -1):
        with pytest.raises(RiskModelError, match="a PD must be the network's own to within 1e-05, however: it is off"):
            held(graph, lambda rows, at=place: scorer.pd(rows) + 1e-3 * (rows == MATRIX[at]).all(axis=1))


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_a_network_that_gives_no_number_is_told_with_how_many(scorer, graph, odd):
    def answer(rows):
        return np.where(np.arange(len(rows)) < 7, odd, scorer.pd(rows))

    with pytest.raises(RiskModelError, match="the network must score every row, however: 7 get no number"):
        held(graph, answer)


def test_what_it_cannot_do_alone_is_refused(scorer, development):
    with pytest.raises(UnsupportedScorer, match="has no rows of its own to be probed on"):
        scorer.probes(10)
    with pytest.raises(UnsupportedScorer, match="has no recipe to be trained by"):
        scorer.refit(development, scorer.features)
