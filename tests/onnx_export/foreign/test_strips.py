"""Networks over months score as their runtime does, are cut by whole channels and units, and stay what they were."""

import numpy as np
import onnx
import pytest
from drawn_onnx import Sketch
from drawn_sequences import COLUMNS, DRAWN, SequenceSketch, convolutions
from onnx import TensorProto, helper
from scipy.special import expit

from riskmodel.errors import RiskModelError
from riskmodel.networks.graph import Affine, gradients, traced_graph, units_of, without_units
from riskmodel.onnx_export.foreign import network_of

runtime = pytest.importorskip("onnxruntime")
ROWS = np.random.default_rng(3).normal(size=(40, COLUMNS))
SIZES = {"convolutions": [8, 5], "averages": [6, 3], "each month": [7], "LSTM, both ways, the last month": [6]}


def plainly(content, network, matrix=ROWS):
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return network.pd_of(session.run(None, network.feeds(matrix))[0].reshape(len(matrix), -1))


def our_pd(network, matrix=ROWS):
    return expit(traced_graph(network.graph, network.sources(matrix)).margin)


def halved(network):
    units = units_of(network.graph)
    return without_units(network.graph, units, {int(unit) for layer in units.layers for unit in layer.units[1::2]})


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_read_written_and_cut(name):
    content = DRAWN[name]()
    network = network_of(content)
    theirs = plainly(content, network)
    np.testing.assert_allclose(our_pd(network), theirs, atol=1e-5)
    np.testing.assert_allclose(plainly(network.with_graph(network.graph).content, network), theirs, atol=2e-6)
    sizes = [len(layer.units) for layer in units_of(network.graph).layers]
    assert sizes == SIZES.get(name, [6, 5])
    small = network.with_graph(halved(network))
    onnx.checker.check_model(onnx.load_from_string(small.content), full_check=True)
    np.testing.assert_allclose(our_pd(small), plainly(small.content, network), atol=1e-5)
    again = network_of(small.content)
    np.testing.assert_allclose(our_pd(again), our_pd(small), atol=1e-6)
    assert [len(layer.units) for layer in units_of(again.graph).layers] == [-(-size // 2) for size in sizes]


def operators_of(content):
    return {node.op_type for node in onnx.load_from_string(content).graph.node}


@pytest.mark.parametrize("name", DRAWN)
def test_its_operators_stay_those_of_the_file(name):
    content = DRAWN[name]()
    network = network_of(content)
    added = operators_of(network.with_graph(halved(network)).content) - operators_of(content)
    assert added <= {"Gemm", "Mul", "Add"}


def test_a_normalisation_goes_into_the_kernel_at_all_places():
    network = network_of(convolutions())
    assert not [node for node in network.graph.nodes if isinstance(node, Affine) and node.tie]
    assert "BatchNormalization" not in operators_of(network.with_graph(network.graph).content)


@pytest.mark.parametrize("name", ["convolutions", "LSTM, both ways", "LSTM, both ways, the last month"])
def test_a_gradient_goes_back_through_all_months(name):
    network, target, step = network_of(DRAWN[name]()), np.arange(9) % 2.0, 1e-5
    sources = {key: values[:9] for key, values in network.sources(ROWS).items()}
    slopes = gradients(traced_graph(network.graph, sources), target)
    key = network.graph.sources[0].name
    for column in (0, 13):
        losses = []
        for side in (step, -step):
            shifted = {**sources, key: sources[key] + side * (np.arange(sources[key].shape[1]) == column)}
            margin = traced_graph(network.graph, shifted).margin
            losses.append(np.logaddexp(0, margin) - target * margin)
        np.testing.assert_allclose(slopes[key][:, column], (losses[0] - losses[1]) / (2 * step), atol=1e-5)


def test_a_matrix_of_many_places_counts_once():
    graph = network_of(DRAWN["each month"]()).graph
    assert graph.parameters == 4 * 7 + 7 + 7 + 1
    assert graph.work == 6 * 4 * 7 + 7


def test_an_input_of_months_is_taken_month_by_month():
    sketch = SequenceSketch()
    sketch.inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4, 6])]
    held = sketch.activation(sketch.conv("x", 4, 3, span=6), "Relu")
    content = sketch.scored(sketch.add("Flatten", held), 3)
    network = network_of(content)
    assert network.columns == COLUMNS
    np.testing.assert_allclose(our_pd(network), plainly(content, network), atol=1e-5)


def refused(made):
    sketch = SequenceSketch()
    return sketch.scored(*made(sketch))


def _with_state(sketch):
    months = sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1])
    weights = [sketch.normal(1, 18, 4), sketch.normal(1, 18, 6), sketch.normal(1, 36)]
    begun = sketch.add("Unsqueeze", sketch.add("Gemm", "x", sketch.normal(24, 6)), sketch.whole(0))
    last = f"last{len(sketch.nodes)}"
    given = [months, *weights, "", begun]
    sketch.nodes.append(helper.make_node("GRU", given, ["all", last], "odd one", hidden_size=6, linear_before_reset=1))
    return sketch.add("Squeeze", last, sketch.whole(0)), 6


def _gru(**attributes):
    def made(sketch):
        months = sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1])
        _, last = sketch.recurrent("GRU", months, 4, 6, **attributes)
        return sketch.add("Squeeze", last, sketch.whole(0)), 6

    return made


def _groups(sketch):
    return sketch.add("Flatten", sketch.conv(sketch.strip(), 2, 4, group=2)), 16


def _too_long(sketch):
    return sketch.add("Flatten", sketch.conv(sketch.strip(), 4, 4, span=9)), 4


def _half(sketch):
    held = sketch.conv(sketch.strip(), 4, 6, span=6)
    some = sketch.add("Slice", held, sketch.whole(0), sketch.whole(3), sketch.whole(1))
    return sketch.add("Flatten", some), 3


def _at_each_place(sketch):
    return sketch.add("Flatten", sketch.add("Add", sketch.conv(sketch.strip(), 4, 6), sketch.normal(1, 4))), 24


def _cut_up(sketch):
    """The units of a dense layer as channels and places."""
    held = sketch.add("Reshape", sketch.gemm("x", 24, 12), sketch.whole(-1, 4, 3))
    return sketch.add("Flatten", sketch.conv(held, 4, 2)), 2


def _some_rows(sketch):
    first = sketch.add("Slice", "x", sketch.whole(0), sketch.whole(1))
    return sketch.add("Add", first, "x"), 24


def _mixed(sketch):
    held = sketch.conv(sketch.strip(), 4, 6)
    return sketch.add("Reshape", sketch.add("Transpose", held, perm=[1, 0, 2]), sketch.whole(-1, 24)), 24


def _nan(sketch):
    kernel = np.full((6, 4, 3), np.nan, np.float32)
    return sketch.add("Flatten", sketch.add("Conv", sketch.strip(), sketch.array(kernel))), 24


REFUSED = {
    "a state of its own": (_with_state, r"node 'odd one' \(GRU\) must begin at zero"),
    "other gates": (_gru(linear_before_reset=0), r"\(GRU\) resets before its product"),
    "other activations": (_gru(activations=["Sigmoid", "Relu"]), r"\(GRU\) has other activations"),
    "groups": (_groups, r"\(Conv\) must read all channels at once"),
    "a long kernel": (_too_long, r"\(Conv\) does not fit what it is given: a kernel of \[9\] does not fit into \[6\]"),
    "some channels": (_half, "is read in parts, which its layer cannot be cut to"),
    "an offset of places": (_at_each_place, r"\(Add\) has other constants at each place"),
    "units as places": (_cut_up, "spreads the units of a layer over places in its own way"),
    "one row of all": (_some_rows, r"\(Slice\) takes some of the rows"),
    "rows among months": (_mixed, r"\(Reshape\) mixes its rows with another axis"),
    "no number": (_nan, r"\(Conv\) must have finite weights, however: 72 of 72 are no numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_one_line(name):
    made, message = REFUSED[name]
    with pytest.raises(RiskModelError, match=message) as error:
        network_of(refused(made))
    assert "\n" not in str(error.value)


def test_a_constant_of_no_axis_stays_one():
    sketch = Sketch(0)
    third = sketch.add("Gather", "x", sketch.array(np.array(2)), axis=1)  # rows alone, and not rows x 1
    beside = sketch.add("Concat", "x", sketch.add("Unsqueeze", third, sketch.array(np.array([1]))), axis=1)
    content = sketch.finished(sketch.gemm(sketch.activation(sketch.gemm(beside, 5, 3), "Relu"), 3, 1))
    network = network_of(content)
    np.testing.assert_allclose(our_pd(network, ROWS[:, :4]), plainly(content, network, ROWS[:, :4]), atol=1e-5)


def test_what_no_output_hears_has_no_gradient_and_is_pruned_all_the_same():
    network = network_of(DRAWN["LSTM, both ways, the last month"]())
    trace = traced_graph(network.graph, network.sources(ROWS))
    slopes = gradients(trace, np.arange(len(ROWS)) % 2.0)
    assert set(slopes) >= set(trace.values)
    silent = [name for name, slope in slopes.items() if not slope.any()]
    assert silent
    assert all(slopes[name].shape == trace.values[name].shape for name in silent)


def sliced(rows):
    sketch = SequenceSketch()
    ends = sketch.whole(rows, COLUMNS)
    part = sketch.add("Slice", "x", sketch.whole(0, 0), ends, sketch.whole(0, 1), sketch.whole(1, 1))
    strip = sketch.add("Reshape", part, sketch.whole(-1, 4, 6))
    return sketch.scored(sketch.add("Flatten", sketch.activation(sketch.conv(strip, 4, 3, span=6), "Relu")), 3)


def test_a_slice_may_name_the_rows_to_take_them_all_but_no_part_of_them():
    content = sliced(2**31 - 1)
    network = network_of(content)
    np.testing.assert_allclose(our_pd(network), plainly(content, network), atol=1e-5)
    with pytest.raises(RiskModelError, match=r"\(Slice\) takes some of the rows"):
        network_of(sliced(2))
