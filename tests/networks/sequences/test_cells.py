"""A cell in numpy, the same cell as layers of a graph, and torch's own module say the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.graph import Concatenation, Dense, Graph, GraphSource, traced_graph
from riskmodel.networks.sequences import ConvCell, GruCell

torch = pytest.importorskip("torch")


def gru(seed=0, units=4, inputs=3, start=True):
    random = np.random.default_rng(seed)
    shapes = [(3 * units, inputs), (3 * units,), (3 * units, units), (3 * units,), (units,)]
    *parts, begin = (random.normal(size=shape).astype(np.float32) for shape in shapes)
    return GruCell(*parts, begin * np.float32(start))


def conv(seed=0, channels=(4, 2), spans=(3, 2), inputs=3):
    random, below, kernels = np.random.default_rng(seed), inputs, []
    for count, span in zip(channels, spans, strict=True):
        kernels.append(random.normal(size=(count, span * below)).astype(np.float32))
        below = count
    biases = tuple(random.normal(size=count).astype(np.float32) for count in channels)
    return ConvCell(tuple(kernels), biases, spans)


def months_of(rows=5, months=6, inputs=3, seed=1):
    return np.random.default_rng(seed).normal(size=(rows, months, inputs)).astype(np.float32)


def as_graph(cell, months):
    """What the cell's nodes make of the months."""
    names = [f"m{i}" for i in range(months.shape[1])]
    nodes, ends = cell.nodes(names)
    nodes = [*nodes, Concatenation("ends", ends)]
    width = cell.outputs(months).shape[1]
    nodes.append(Dense("o", "ends", np.ones((1, width)), np.zeros(1)))
    graph = Graph(tuple(GraphSource(name, months.shape[2]) for name in names), tuple(nodes), "o")
    given = {name: months[:, i].astype(np.float64) for i, name in enumerate(names)}
    return graph, traced_graph(graph, given).values["ends"]


@pytest.mark.parametrize("seed", range(3))
def test_a_recurrent_cell_is_torchs(seed):
    cell, months = gru(seed), months_of(seed=seed)
    module = torch.nn.GRU(3, 4, batch_first=True)
    named = {"weight_ih_l0": cell.inputs, "weight_hh_l0": cell.state}
    named |= {"bias_ih_l0": cell.input_bias, "bias_hh_l0": cell.state_bias}
    with torch.no_grad():
        for name, values in named.items():
            getattr(module, name).copy_(torch.from_numpy(values))
        begin = torch.from_numpy(np.broadcast_to(cell.start, (1, 5, 4)).copy())
        due = module(torch.from_numpy(months), begin)[1][0].numpy()
    np.testing.assert_allclose(cell.outputs(months), due, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_convolutions_are_torchs(seed):
    cell, months = conv(seed), months_of(seed=seed)
    current = torch.from_numpy(months).transpose(1, 2)
    for kernel, bias, span in zip(cell.kernels, cell.biases, cell.spans, strict=True):
        weight = torch.from_numpy(kernel.reshape(len(bias), span, -1)).transpose(1, 2)
        current = torch.relu(torch.nn.functional.conv1d(current, weight, torch.from_numpy(bias)))
    due = current.transpose(1, 2).reshape(5, -1).numpy()
    np.testing.assert_allclose(cell.outputs(months), due, atol=1e-5)


CELLS = {"gru": gru, "conv": conv}


@pytest.mark.parametrize("kind", CELLS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), months=st.integers(4, 7), rows=st.integers(0, 4))
def test_a_cell_and_its_layers_say_the_same(kind, seed, months, rows):
    cell, given_ = CELLS[kind](seed), months_of(rows, months, seed=seed)
    _, values = as_graph(cell, given_)
    np.testing.assert_allclose(values, cell.outputs(given_), atol=1e-5)


@pytest.mark.parametrize("kind", CELLS)
def test_layers_are_the_cell_and_others_in_their_place_are_another(kind):
    cell, months = CELLS[kind](), months_of()
    np.testing.assert_array_equal(cell.with_layers(cell.layers).outputs(months), cell.outputs(months))
    twice = {name: (2 * weight, 2 * bias) for name, (weight, bias) in cell.layers.items()}
    other = cell.with_layers(twice)
    assert np.abs(other.outputs(months) - cell.outputs(months)).max() > 0.01
    assert {name: pair[0].shape for name, pair in other.layers.items()} == {
        name: pair[0].shape for name, pair in cell.layers.items()
    }


@pytest.mark.parametrize(("kind", "units"), [("gru", 4), ("conv", 6)])
def test_units_are_hidden_units_or_channels_of_all_convolutions(kind, units):
    assert CELLS[kind]().units == units


@pytest.mark.parametrize(("kind", "matrices"), [("gru", 6), ("conv", 2)])
def test_every_use_of_a_matrix_bears_its_name(kind, matrices):
    graph, _ = as_graph(CELLS[kind](), months_of())
    ties = [dense.tie for dense in graph.dense_layers if dense.tie]
    assert len(set(ties)) == matrices
    assert len(graph.matrices) == matrices + 1 + (kind == "gru")  # the last one of the test, and the first state


def test_one_month_is_enough_for_a_recurrent_cell_and_as_many_as_its_spans_for_convolutions():
    assert gru().outputs(months_of(months=1)).shape == (5, 4)
    assert conv().outputs(months_of(months=4)).shape == (5, 2)


def test_a_first_state_of_its_own_counts():
    months = months_of(months=2)
    assert np.abs(gru().outputs(months) - gru(start=False).outputs(months)).max() > 0.01


@pytest.mark.parametrize("kind", CELLS)
def test_rows_do_not_hear_one_another(kind):
    cell, months = CELLS[kind](), months_of(rows=6)
    np.testing.assert_allclose(cell.outputs(months)[[4, 1]], cell.outputs(months[[4, 1]]), atol=1e-6)
