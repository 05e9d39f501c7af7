"""Matrices over months: a kernel, a product and a cell are tied uses of one matrix, and answer as the runtime does."""

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx_export.foreign.read_files import check_read_as_run, file_of

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks.graph import units_of
from riskmodel.onnx_export.foreign import network_of

KERNELS = {
    "plain": (4, {}),
    "padded on both sides": (6, {"pads": [1, 1]}),
    "padded in front": (6, {"pads": [2, 0]}),
    "in steps": (2, {"strides": [3]}),
    "with gaps": (2, {"dilations": [2]}),
    "the same, upper": (6, {"auto_pad": "SAME_UPPER"}),
    "the same, lower": (6, {"auto_pad": "SAME_LOWER"}),
    "valid": (4, {"auto_pad": "VALID"}),
}


@pytest.mark.parametrize("name", KERNELS)
def test_a_convolution_is_one_matrix_at_each_place(name):
    places, attributes = KERNELS[name]

    def made(sketch):
        held = sketch.activation(sketch.conv(sketch.strip(), 4, 5, **attributes), "Relu")
        return sketch.add("Flatten", held), 5 * places

    network = check_read_as_run(made)
    tied = [node for node in network.graph.dense_layers if node.tie]
    assert len(tied) == places
    assert len({node.tie for node in tied}) == 1
    assert network.graph.parameters == 4 * 3 * 5 + 5 + 5 * places + 1


def test_a_kernel_over_two_axes():
    def made(sketch):
        picture = sketch.add("Reshape", sketch.strip(), sketch.whole(-1, 2, 4, 3))
        held = sketch.add("Conv", picture, sketch.normal(3, 2, 2, 2), sketch.normal(3), pads=[0, 1, 0, 0])
        return sketch.add("Flatten", sketch.activation(held, "Relu")), 27

    network = check_read_as_run(made)
    assert [len(layer.units) for layer in units_of(network.graph).layers] == [3]


def test_a_kernel_without_an_offset():
    check_read_as_run(lambda s: (s.add("Flatten", s.add("Conv", s.strip(), s.normal(5, 4, 3))), 20))


def test_a_product_at_each_month_is_one_matrix():
    def made(sketch):
        months = sketch.add("Transpose", sketch.strip(), perm=[0, 2, 1])
        return sketch.add("Flatten", sketch.activation(sketch.add("MatMul", months, sketch.normal(4, 7)), "Relu")), 42

    network = check_read_as_run(made)
    assert network.graph.parameters == 4 * 7 + 7 + 42 + 1
    assert [len(layer.units) for layer in units_of(network.graph).layers] == [7]


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_a_cell_reads_the_months_from_either_end(kind, direction):
    def made(sketch):
        months = sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1])
        _, last = sketch.recurrent(kind, months, 4, 6, direction=direction)
        return sketch.add("Squeeze", last, sketch.whole(0)), 6

    network = check_read_as_run(made)
    gates = 3 if kind == "GRU" else 4
    assert network.graph.parameters == gates * (6 * 4 + 6 + 6 * 6 + 6) + 6 + 1


def test_both_directions_are_of_one_size_and_go_together():
    def made(sketch):
        months = sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1])
        every, _ = sketch.recurrent("GRU", months, 4, 6, 2)
        turned = sketch.add("Transpose", every, perm=[2, 0, 1, 3])
        return sketch.add("Reshape", turned, sketch.whole(-1, 72)), 72

    network = check_read_as_run(made)
    assert [len(layer.units) for layer in units_of(network.graph).layers] == [6]


def with_channels_left_out(sketch):
    """Padding on the channels' axis."""
    around = sketch.add("Pad", sketch.conv(sketch.strip(), 4, 5), sketch.whole(0, 1, 0, 0, 0, 0))
    return sketch.add("Flatten", sketch.conv(around, 6, 4)), 8


def of_other_channels(sketch):
    return sketch.add("Flatten", sketch.conv(sketch.strip(), 2, 4, group=2)), 16


def beyond_its_places(sketch):
    return sketch.add("Flatten", sketch.conv(sketch.strip(), 4, 4, span=7)), 4


def infinite(sketch):
    kernel = sketch.array(np.full((4, 4, 3), np.inf, np.float32))
    return sketch.add("Flatten", sketch.add("Conv", sketch.strip(), kernel)), 16


def of_whole_numbers(sketch):
    months = sketch.add("Transpose", sketch.strip(), perm=[0, 2, 1])
    return sketch.add("Flatten", sketch.add("MatMul", months, sketch.array(np.ones((4, 7), np.float64)))), 42


REFUSED = {
    with_channels_left_out: r"\(Conv\) has padding among its channels",
    of_other_channels: r"\(Conv\) must read all channels at once \(group = 1\)",
    infinite: r"\(Conv\) must have finite weights, however: 48 of 48 are no numbers",
    of_whole_numbers: r"has weights of float(32|64), and they must be float(32|64)",
}


@pytest.mark.parametrize("made", REFUSED, ids=lambda made: made.__name__)
def test_what_is_not_read_is_one_line(made):
    with pytest.raises(UnsupportedScorer, match=REFUSED[made]) as refused:
        network_of(file_of(made))
    assert "\n" not in str(refused.value)


CELLS = {
    "clipped": ({"clip": 3.0}, "has a layout, coupled gates or clipping that is not read"),
    "rows first": ({"layout": 1}, "has a layout, coupled gates or clipping that is not read|does not fit"),
    "other activations": ({"activations": ["Tanh", "Tanh"]}, "has other activations than sigmoid and tanh"),
    "reset first": ({"linear_before_reset": 0}, r"resets before its product \(linear_before_reset must be 1\)"),
    "one way of two": ({"direction": "bidirectional"}, "has another number of directions than it says"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_of_another_sort_is_refused(name):
    attributes, message = CELLS[name]

    def made(sketch):
        months = sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1])
        _, last = sketch.recurrent("GRU", months, 4, 6, **attributes)
        return sketch.add("Squeeze", last, sketch.whole(0)), 6

    with pytest.raises(RiskModelError, match=message):
        network_of(file_of(made))
