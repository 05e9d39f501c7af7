"""A network of months: as a graph, as arrays and in its margins it is one; months that a row lacks are zeros."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.errors import BundleError, RiskModelError
from riskmodel.networks.graph import traced_graph, units_of, without_units
from riskmodel.networks.network import CHUNK
from riskmodel.networks.sequences import ConvCell, GruCell, SequenceNetwork
from riskmodel.networks.sequences.network import NONE

MONTHS = np.array([[0, 1], [2, NONE], [4, 5], [6, 7]], np.int32)  # the second month lacks a column
BESIDE = np.array([3, 8], np.int32)
INPUTS = 9


def single(random, *shape):
    return random.normal(size=shape).astype(np.float32)


def network(kind="gru", seed=0, beside=BESIDE):
    random = np.random.default_rng(seed)
    if kind == "gru":
        shapes = [(9, 2), (9,), (9, 3), (9,), (3,)]
        cell, ends = GruCell(*(single(random, *shape) for shape in shapes)), 3
    else:
        cell = ConvCell((single(random, 4, 4), single(random, 2, 8)), (single(random, 4), single(random, 2)), (2, 2))
        ends = 4
    weights = single(random, 5, ends + len(beside)), single(random, 1, 5)
    return SequenceNetwork(MONTHS, beside, cell, weights, (single(random, 5), single(random, 1)))


def rows(count=6, seed=1):
    return single(np.random.default_rng(seed), count, INPUTS)


both = pytest.mark.parametrize("kind", ["gru", "conv"])


@both
def test_the_margin_is_the_cells_end_and_what_stands_beside_it_through_the_dense_layers(kind):
    one, given = network(kind), rows()
    months = np.stack(
        [np.stack([given[:, at] if at != NONE else 0 * given[:, 0] for at in month], 1) for month in MONTHS], 1
    )
    joined = np.concatenate([one.cell.outputs(months), given[:, BESIDE]], axis=1)
    hidden = np.maximum(joined @ one.weights[0].T + one.biases[0], 0)
    np.testing.assert_allclose(one.margin(given), (hidden @ one.weights[1].T + one.biases[1])[:, 0], atol=1e-5)


@both
def test_the_graph_says_the_same(kind):
    one, given = network(kind), rows()
    np.testing.assert_allclose(traced_graph(one.graph, one.sources(given)).margin, one.margin(given), atol=1e-5)


@both
def test_what_a_month_lacks_is_zero_whatever_the_row(kind):
    one, given = network(kind), rows()
    assert not one.sources(given)["month2"][:, 1].any()
    assert one.places("month2").tolist() == [2, NONE]
    assert one.places("beside").tolist() == BESIDE.tolist()


@both
def test_arrays_are_the_way_there_and_back(kind):
    one, given = network(kind), rows()
    again = SequenceNetwork.from_arrays(one.arrays)
    np.testing.assert_array_equal(again.margin(given), one.margin(given))
    assert set(again.arrays) == set(one.arrays)
    assert ("spans" in one.arrays) is (kind == "conv")


@both
def test_an_array_that_is_missing_or_does_not_fit_is_refused(kind):
    arrays = network(kind).arrays
    for name in (
        "months",
        "dense1.weight",
        "dense2.bias",
        *(["kernel2.weight"] if kind == "conv" else ["input_r.bias"]),
    ):
        with pytest.raises(BundleError, match="the network's arrays are not complete: "):
            SequenceNetwork.from_arrays({key: values for key, values in arrays.items() if key != name})
    with pytest.raises(BundleError, match="the layers of a sequence network must fit together"):
        SequenceNetwork.from_arrays({**arrays, "dense1.weight": arrays["dense1.weight"][:, 1:]})


@both
def test_a_smaller_graph_is_a_smaller_network(kind):
    one, given = network(kind), rows()
    units = units_of(one.graph)
    gone = {int(layer.units[0]) for layer in units.layers}
    small = one.with_graph(without_units(one.graph, units, gone))
    graph = without_units(one.graph, units, gone)
    np.testing.assert_allclose(small.margin(given), traced_graph(graph, one.sources(given)).margin, atol=1e-5)
    assert (small.neurons, small.parameters) < (one.neurons, one.parameters)
    assert one.widths == (5,)


@pytest.mark.parametrize(("kind", "units", "learnt"), [("gru", 3, 9 * 2 + 9 + 9 * 3 + 9 + 3), ("conv", 6, 16 + 16 + 6)])
def test_counts_are_those_counted_by_hand(kind, units, learnt):
    one = network(kind)
    joined = one.weights[0].shape[1]
    assert one.neurons == units + 5
    assert one.parameters == learnt + 5 * joined + 5 + 5 + 1
    assert one.connections == one.parameters
    weights = (np.where(np.arange(5 * joined).reshape(5, joined) < 4, 0, one.weights[0]), one.weights[1])
    assert replace(one, weights=weights).connections == one.parameters - 4


def test_the_inputs_are_as_many_as_the_last_place_says():
    assert network().inputs == INPUTS
    assert network(beside=np.array([], np.int32)).inputs == 8


@both
def test_without_anything_beside_there_is_no_such_source(kind):
    one = network(kind, beside=np.array([], np.int32))
    assert [source.name for source in one.graph.sources] == ["month1", "month2", "month3", "month4"]
    np.testing.assert_allclose(traced_graph(one.graph, one.sources(rows())).margin, one.margin(rows()), atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1])
def test_rows_do_not_depend_on_their_chunk(count):
    one, given = network(), rows(count)
    margin = one.margin(given)
    assert margin.shape == (count,)
    if count:
        np.testing.assert_allclose(margin[-1:], one.margin(given[-1:]), atol=1e-5)


def test_layers_that_do_not_fit_are_refused():
    one = network()
    with pytest.raises(RiskModelError, match="the layers of a sequence network must fit together: "):
        replace(one, biases=(one.biases[0][1:], one.biases[1]))
