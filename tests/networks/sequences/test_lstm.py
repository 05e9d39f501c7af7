"""A long short-term memory as layers of a graph is torch's own, month by month."""

import numpy as np
import pytest

from riskmodel.networks.graph import Dense, Graph, GraphSource, traced_graph, units_of
from riskmodel.networks.sequences import LstmCell
from riskmodel.networks.sequences.lstm import GATES

torch = pytest.importorskip("torch")
UNITS, INPUTS, MONTHS, ROWS = 3, 2, 5, 4
THEIRS = "ifco"  # torch's order of the gates


def cell(seed=0):
    random = np.random.default_rng(seed)
    shapes = [(4 * UNITS, INPUTS), (4 * UNITS,), (4 * UNITS, UNITS), (4 * UNITS,)]
    return LstmCell(*(random.normal(size=shape) for shape in shapes))


def in_their_order(values):
    parts = dict(zip(GATES, np.split(values, 4), strict=True))
    return torch.from_numpy(np.concatenate([parts[gate] for gate in THEIRS]))


def by_torch(one, months):
    """Every month's state, and the last memory."""
    module = torch.nn.LSTM(INPUTS, UNITS, batch_first=True, dtype=torch.float64)
    named = {"weight_ih_l0": one.inputs, "weight_hh_l0": one.state}
    named |= {"bias_ih_l0": one.input_bias, "bias_hh_l0": one.state_bias}
    with torch.no_grad():
        for name, values in named.items():
            getattr(module, name).copy_(in_their_order(values))
        states, (_, memory) = module(torch.from_numpy(months))
    return states.numpy(), memory[0].numpy()


def graph_of(one, months=MONTHS):
    names = [f"m{i}" for i in range(months)]
    nodes = [*one.nodes(names), Dense("o", f"h{months}", np.ones((1, UNITS)), np.zeros(1))]
    return Graph(tuple(GraphSource(name, INPUTS) for name in names), tuple(nodes), "o")


@pytest.mark.parametrize("seed", range(3))
def test_every_months_state_and_the_last_memory_are_torchs(seed):
    one = cell(seed)
    months = np.random.default_rng(seed + 9).normal(size=(ROWS, MONTHS, INPUTS))
    states, memory = by_torch(one, months)
    trace = traced_graph(graph_of(one), {f"m{i}": months[:, i] for i in range(MONTHS)})
    for month in range(MONTHS):
        np.testing.assert_allclose(trace.values[f"h{month + 1}"], states[:, month], atol=1e-12)
    np.testing.assert_allclose(trace.values[f"c{MONTHS}"], memory, atol=1e-12)


def test_both_states_begin_at_zero():
    trace = traced_graph(graph_of(cell(), 1), {"m0": np.full((ROWS, INPUTS), 7.0)})
    assert not trace.values["h0"].any()
    assert not trace.values["c0"].any()


def test_each_matrix_is_one_however_many_months_use_it():
    graph = graph_of(cell())
    assert len(graph.matrices) == 2 * len(GATES) + 1
    assert graph.parameters == 4 * UNITS * (INPUTS + UNITS + 2) + UNITS + 1
    assert graph.work == MONTHS * 4 * UNITS * (INPUTS + UNITS) + UNITS


def test_its_units_go_together_over_all_gates_and_months():
    [layer] = units_of(graph_of(cell())).layers
    assert (layer.dense, len(layer.units)) == (0, UNITS)


def test_units_are_a_quarter_of_its_rows():
    assert cell().units == UNITS
