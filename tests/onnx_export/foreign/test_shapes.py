"""What a foreign operator makes has the shape that ONNX's reference gives it; the rest is refused."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import helper  # noqa: E402
from onnx_export.operators import by_reference, known, node_of  # noqa: E402

from riskmodel.onnx_export.foreign.shapes import NetworkShapes, small_numbers  # noqa: E402


def numbers(*shape):
    return np.random.default_rng(0).uniform(0.5, 2.0, shape).astype(np.float32)


def whole(*values):
    return np.array(values, np.int64)


CASES = {
    "a power": ("Pow", (numbers(3, 1), numbers(4)), {}),
    "greater": ("Greater", (numbers(3, 1), numbers(1, 4)), {}),
    "clipped": ("Clip", (numbers(3, 4), np.float32(0), np.float32(1)), {}),
    "a softmax": ("Softmax", (numbers(3, 4),), {"axis": 1}),
    "a Gemm": ("Gemm", (numbers(3, 4), numbers(4, 2), numbers(2)), {}),
    "a Gemm of turned weights": ("Gemm", (numbers(3, 4), numbers(2, 4)), {"transB": 1}),
    "a Gemm of turned rows": ("Gemm", (numbers(4, 3), numbers(4, 2)), {"transA": 1}),
    "a product over months": ("MatMul", (numbers(3, 6, 4), numbers(4, 2)), {}),
    "flattened": ("Flatten", (numbers(3, 4, 5),), {}),
    "flattened from the third": ("Flatten", (numbers(3, 4, 5),), {"axis": 2}),
    "flattened from the end": ("Flatten", (numbers(3, 4, 5),), {"axis": -1}),
    "squeezed": ("Squeeze", (numbers(3, 1, 5, 1), whole(1)), {}),
    "squeezed from the end": ("Squeeze", (numbers(3, 1, 5, 1), whole(-1, 1)), {}),
    "a slice": ("Slice", (numbers(3, 9), whole(1), whole(7), whole(1), whole(2)), {}),
    "a slice from the end": ("Slice", (numbers(3, 9), whole(-4), whole(9), whole(1)), {}),
    "a slice of all axes": ("Slice", (numbers(3, 9), whole(0, 2), whole(2, 99)), {}),
    "a slice backwards": ("Slice", (numbers(3, 9), whole(7), whole(1), whole(1), whole(-3)), {}),
    "a slice of nothing": ("Slice", (numbers(3, 9), whole(5), whole(2), whole(1)), {}),
    "a convolution": ("Conv", (numbers(3, 2, 9), numbers(5, 2, 3)), {"strides": [2], "pads": [1, 0]}),
    "a convolution of pictures": ("Conv", (numbers(3, 2, 9, 7), numbers(5, 2, 3, 2)), {"dilations": [2, 1]}),
    "a padded convolution": ("Conv", (numbers(3, 2, 9), numbers(5, 2, 2)), {"auto_pad": "SAME_UPPER"}),
    "a pool": ("MaxPool", (numbers(3, 2, 9),), {"kernel_shape": [2], "strides": [2]}),
    "a mean pool": ("AveragePool", (numbers(3, 2, 9),), {"kernel_shape": [4]}),
    "a whole mean": ("GlobalAveragePool", (numbers(3, 2, 9, 4),), {}),
    "a mean along two": ("ReduceMean", (numbers(3, 2, 9),), {"axes": [1, -1], "keepdims": 0}),
    "a largest, kept": ("ReduceMax", (numbers(3, 2, 9),), {"axes": [2]}),
    "padded": ("Pad", (numbers(3, 2, 9), whole(0, 0, 1, 0, 0, 2)), {}),
    "turned": ("Transpose", (numbers(3, 2, 9),), {"perm": [2, 0, 1]}),
    "turned around": ("Transpose", (numbers(3, 2, 9),), {}),
    "zeros": ("ConstantOfShape", (whole(3, 2),), {}),
    "normalised": ("BatchNormalization", (numbers(3, 2, 9), *(numbers(2) for _ in range(4))), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_shape_is_that_of_the_reference(name):
    kind, arrays, attributes = CASES[name]
    arrays = tuple(np.asarray(values) for values in arrays)
    node = node_of(kind, len(arrays), **attributes)
    assert known(NetworkShapes, node, arrays).add(node) == [("o0", by_reference(node, arrays)[0].shape)]


@pytest.mark.parametrize("sizes", [(), (2, 3, 4), (9, 0, 0)])
def test_a_split_says_its_sizes_or_is_even(sizes):
    arrays = (numbers(3, 9), *([whole(*sizes)] if sizes else []))
    node = node_of("Split", len(arrays), outputs=3, axis=1)
    due = [one.shape for one in by_reference(node, arrays)] if sizes else [(3, 3)] * 3
    assert [shape for _, shape in known(NetworkShapes, node, arrays).add(node)] == due


def test_an_uneven_split_has_the_rest_last():
    node = node_of("Split", 1, outputs=2, axis=1)
    assert [shape for _, shape in known(NetworkShapes, node, (numbers(3, 7),)).add(node)] == [(3, 4), (3, 3)]


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
@pytest.mark.parametrize("outputs", [1, 2])
def test_a_recurrent_cell_makes_every_months_state_and_the_last_ones(kind, outputs):
    gates = {"GRU": 3, "LSTM": 4}[kind]
    arrays = (numbers(6, 2, 4), numbers(2, gates * 5, 4), numbers(2, gates * 5, 5))
    node = node_of(kind, 3, outputs=outputs, hidden_size=5, direction="bidirectional")
    made = [shape for _, shape in known(NetworkShapes, node, arrays).add(node)]
    assert made == [(6, 2, 2, 5), (2, 2, 5)][:outputs]


REFUSED = {
    "a product of vectors": ("Gemm", (numbers(4), numbers(4, 2)), {}),
    "a Gemm that does not fit": ("Gemm", (numbers(3, 4), numbers(2, 4)), {}),
    "a product over months that does not fit": ("MatMul", (numbers(3, 6, 4), numbers(5, 2)), {}),
    "a squeeze of more than one": ("Squeeze", (numbers(3, 2), whole(1)), {}),
    "a squeeze beyond the last": ("Squeeze", (numbers(3, 1), whole(4)), {}),
    "a one-hot along the rows": ("OneHot", (numbers(3), whole(4), numbers(2)), {"axis": 0}),
    "pads for other axes": ("Pad", (numbers(3, 9), whole(1, 1)), {}),
    "pads that cut": ("Pad", (numbers(3, 9), whole(0, -1, 0, 0)), {}),
    "an order of other axes": ("Transpose", (numbers(3, 9),), {"perm": [0, 2]}),
    "an axis twice": ("Transpose", (numbers(3, 9),), {"perm": [0, 0]}),
    "a kernel too long": ("Conv", (numbers(3, 2, 4), numbers(5, 2, 5)), {}),
    "months of another width": ("GRU", (numbers(6, 2, 4), numbers(1, 15, 3), numbers(1, 15, 5)), {}),
    "states of another number": ("GRU", (numbers(6, 2, 4), numbers(1, 15, 4), numbers(2, 15, 5)), {}),
    "sizes that do not add up": ("Split", (numbers(3, 9), whole(4, 4)), {"axis": 1}),
    "a slice that is no constant": ("Slice", (numbers(3, 9), numbers(1), whole(3)), {}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(name):
    kind, arrays, attributes = REFUSED[name]
    node = node_of(kind, len(arrays), outputs=2 if kind == "Split" else 1, **attributes)
    with pytest.raises(ValueError, match=r"."):
        known(NetworkShapes, node, arrays).add(node)


def test_a_one_hot_adds_an_axis_of_its_depth():
    node = node_of("OneHot", 3, axis=-1)
    assert known(NetworkShapes, node, (numbers(3), whole(7), numbers(2))).add(node) == [("o0", (3, 7))]


def test_what_is_counted_with_the_rows_is_a_shape_later():
    """PyTorch makes a state of zeros from the rows: shape, gather, unsqueeze, concat, expand."""
    shapes = NetworkShapes(
        {"x": (6, 4, 3), "at": (), "axes": (1,), "two": (1,), "start": (1,), "end": (1,)},
        {"at": [0], "axes": [0], "two": [2], "start": [0], "end": [2]},
    )
    steps = [
        ("Shape", ["x"], "shape"),
        ("Gather", ["shape", "at"], "rows"),
        ("Unsqueeze", ["rows", "axes"], "row_list"),
        ("Concat", ["two", "row_list"], "wanted"),
        ("Mul", ["row_list", "two"], "twice"),
        ("Add", ["row_list", "two"], "more"),
        ("Sub", ["row_list", "two"], "less"),
        ("Cast", ["row_list"], "same"),
        ("Slice", ["shape", "start", "end"], "first"),
    ]
    for kind, inputs, output in steps:
        shapes.add(helper.make_node(kind, inputs, [output], **({"to": 7} if kind == "Cast" else {})))
    due = {"rows": [6], "wanted": [2, 6], "twice": [12], "more": [8], "less": [4], "same": [6], "first": [6, 4]}
    assert {name: shapes.numbers[name] for name in due} == due
    assert shapes.add(helper.make_node("ConstantOfShape", ["wanted"], ["zeros"])) == [("zeros", (2, 6))]


def test_what_is_counted_with_something_unknown_is_unknown():
    shapes = NetworkShapes({"x": (6, 4), "y": (2,)})
    shapes.add(helper.make_node("Shape", ["x"], ["shape"]))
    shapes.add(helper.make_node("Add", ["shape", "y"], ["sum"]))
    assert "sum" not in shapes.numbers


@pytest.mark.parametrize(
    ("values", "due"),
    [
        (np.array([1, 2]), [1, 2]),
        (np.array([[1], [2]], np.int32), [1, 2]),
        (np.array(7), [7]),
        (np.array([1.0]), None),
        (np.arange(16), list(range(16))),
        (np.arange(17), None),
    ],
)
def test_few_whole_numbers_may_say_a_shape(values, due):
    assert small_numbers(values) == due
