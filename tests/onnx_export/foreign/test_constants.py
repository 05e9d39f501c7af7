"""Constants that are rearranged before they are used are the arrays that ONNX's reference makes of them."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import helper, numpy_helper  # noqa: E402
from onnx_export.operators import by_reference  # noqa: E402

from riskmodel.errors import BundleError  # noqa: E402
from riskmodel.onnx_export.foreign.constants import Constants  # noqa: E402

TABLE = np.arange(12, dtype=np.float32).reshape(3, 1, 4)


def constants(**arrays):
    tensors = [numpy_helper.from_array(values, name) for name, values in arrays.items()]
    return Constants(helper.make_model(helper.make_graph([], "g", [], [], tensors)))


CASES = {
    "turned": ("Transpose", (TABLE,), {"perm": [2, 0, 1]}),
    "turned around": ("Transpose", (TABLE,), {}),
    "of another kind": ("Cast", (TABLE,), {"to": 11}),
    "whole numbers": ("Cast", (TABLE,), {"to": 7}),
    "as it is": ("Identity", (TABLE,), {}),
    "another shape": ("Reshape", (TABLE, np.array([4, -1])), {}),
    "a shape that keeps its first axis": ("Reshape", (TABLE, np.array([0, 4])), {}),
    "an axis more": ("Unsqueeze", (TABLE, np.array([0, 2])), {}),
    "an axis less": ("Squeeze", (TABLE, np.array([1])), {}),
    "all axes of one less": ("Squeeze", (TABLE,), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rearranged_constant_is_that_of_the_reference(name):
    kind, arrays, attributes = CASES[name]
    node = helper.make_node(kind, [f"i{place}" for place in range(len(arrays))], ["made"], **attributes)
    held = constants(**dict(zip(node.input, arrays, strict=True)))
    assert held.take(node)
    [due] = by_reference(node, arrays)
    np.testing.assert_array_equal(held.arrays["made"], due)
    assert held.arrays["made"].dtype == due.dtype


@pytest.mark.parametrize(
    ("attributes", "due"),
    [
        ({"value": numpy_helper.from_array(TABLE)}, TABLE),
        ({"value_float": 1.5}, np.float32(1.5)),
        ({"value_floats": [1.5, 2.5]}, np.array([1.5, 2.5], np.float32)),
        ({"value_int": 7}, np.int64(7)),
        ({"value_ints": [7, 8]}, np.array([7, 8])),
    ],
)
def test_a_constant_node_is_its_value(attributes, due):
    held = constants()
    assert held.take(helper.make_node("Constant", [], ["made"], **attributes))
    np.testing.assert_array_equal(held.arrays["made"], due)
    assert held.arrays["made"].dtype == np.asarray(due).dtype


@pytest.mark.parametrize("kind", ["Add", "Relu", "Gather"])
def test_arithmetic_is_no_rearrangement(kind):
    held = constants(a=TABLE)
    assert not held.take(helper.make_node(kind, ["a"], ["made"]))
    assert "made" not in held.arrays


def test_what_rows_are_made_of_is_no_constant():
    held = constants(a=np.array([1, 4]))
    assert not held.take(helper.make_node("Reshape", ["x", "a"], ["made"]))


def test_axes_in_an_attribute_are_read_as_in_older_files():
    held = constants(a=TABLE)
    held.take(helper.make_node("Squeeze", ["a"], ["less"], axes=[1]))
    held.take(helper.make_node("Unsqueeze", ["less"], ["more"], axes=[0]))
    assert (held.arrays["less"].shape, held.arrays["more"].shape) == ((3, 4), (1, 3, 4))


def test_two_of_one_name_are_refused():
    tensors = [numpy_helper.from_array(TABLE, "twice")] * 2
    with pytest.raises(BundleError, match="must have a name for each value, however: two are 'twice'"):
        Constants(helper.make_model(helper.make_graph([], "g", [], [], tensors)))
