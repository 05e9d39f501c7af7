"""A node's constants and attributes are the numbers that ONNX says they are; what may not be is refused by its node."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import helper, numpy_helper  # noqa: E402
from onnx_export.operators import by_reference  # noqa: E402

from riskmodel.errors import UnsupportedScorer  # noqa: E402
from riskmodel.networks.graph import Activation  # noqa: E402
from riskmodel.onnx_export.foreign.constants import Constants  # noqa: E402
from riskmodel.onnx_export.foreign.nodes import FileNodes  # noqa: E402
from riskmodel.onnx_export.foreign.shapes import NetworkShapes  # noqa: E402

ROWS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


def nodes(**arrays):
    tensors = [numpy_helper.from_array(np.asarray(values), name) for name, values in arrays.items()]
    constants = Constants(helper.make_model(helper.make_graph([], "g", [], [], tensors)))
    return FileNodes(constants, [NetworkShapes({"x": (1, 3)}), NetworkShapes({"x": (3, 3)})])


def singles(*values):
    return np.array(values, np.float32)


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul", "Div"])
@pytest.mark.parametrize("first", [True, False])
def test_arithmetic_with_a_constant_is_a_line(kind, first):
    constant = singles(2.0, -0.5, 4.0)
    node = helper.make_node(kind, ["c", "x"] if first else ["x", "c"], ["y"])
    held = nodes(c=constant)
    if kind == "Div" and first:
        with pytest.raises(UnsupportedScorer, match=r"node 'y' \(Div\) divides by what may be zero"):
            held.line(node, held.vector(node, "c", 3), first=first)
        return
    scale, shift = held.line(node, held.vector(node, "c", 3), first=first)
    [due] = by_reference(node, (constant, ROWS) if first else (ROWS, constant))
    np.testing.assert_allclose(scale * ROWS + shift, due, rtol=1e-6)


def test_a_division_by_zero_is_refused():
    held, node = nodes(c=singles(1.0, 0.0, 2.0)), helper.make_node("Div", ["x", "c"], ["y"])
    with pytest.raises(UnsupportedScorer, match="divides by what may be zero"):
        held.line(node, held.vector(node, "c", 3), first=False)


@pytest.mark.parametrize("more", [{}, {"epsilon": 0.25}])
def test_a_normalisation_is_a_line_of_each_channel(more):
    arrays = (singles(1.5, -2.0, 0.5), singles(0.1, 0.2, 0.3), singles(0.5, -1.0, 2.0), singles(0.4, 1.0, 3.0))
    names = ("scale", "shift", "mean", "variance")
    node = helper.make_node("BatchNormalization", ["x", *names], ["y"], **more)
    scale, shift = nodes(**dict(zip(names, arrays, strict=True))).normalisation(node, 3)
    [due] = by_reference(node, (ROWS, *arrays))
    np.testing.assert_allclose(scale * ROWS + shift, due, rtol=1e-5, atol=1e-6)


def test_a_normalisation_that_still_learns_is_refused():
    node = helper.make_node("BatchNormalization", ["x", "a", "a", "a", "a"], ["y"], training_mode=1)
    with pytest.raises(UnsupportedScorer, match="is in training mode"):
        nodes(a=singles(1, 1, 1)).normalisation(node, 3)


GIVEN = [
    ("Relu", {}),
    ("LeakyRelu", {}),
    ("LeakyRelu", {"alpha": 0.3}),
    ("Elu", {"alpha": 0.7}),
    ("Selu", {}),
    ("Sigmoid", {}),
    ("Tanh", {}),
    ("Erf", {}),
    ("Softplus", {}),
]


@pytest.mark.parametrize(("kind", "attributes"), GIVEN)
def test_an_activation_with_its_parameters_is_that_of_the_reference(kind, attributes):
    node = helper.make_node(kind, ["x"], ["y"], **attributes)
    step = Activation("y", "x", kind, nodes().parameters(node))
    [due] = by_reference(node, (ROWS,))
    np.testing.assert_allclose(
        step.apply(ROWS.astype(float)) if hasattr(step, "apply") else due, due, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(
    ("inputs", "due"),
    [
        (["x", "low", "high"], (-1.0, 2.0)),
        (["x", "", "high"], (-np.inf, 2.0)),
        (["x", "low"], (-1.0, np.inf)),
        (["x"], (-np.inf, np.inf)),
    ],
)
def test_a_clip_has_two_ends_of_which_any_may_be_missing(inputs, due):
    held = nodes(low=np.float32(-1), high=np.float32(2))
    assert held.parameters(helper.make_node("Clip", inputs, ["y"])) == due


@pytest.mark.parametrize(
    ("attributes", "due"), [({}, 0.0), ({"approximate": "none"}, 0.0), ({"approximate": "tanh"}, 1.0)]
)
def test_a_gelu_is_exact_unless_it_says_tanh(attributes, due):
    assert nodes().parameters(helper.make_node("Gelu", ["x"], ["y"], **attributes)) == (due,)


def test_what_is_no_activation_is_refused_by_its_node():
    with pytest.raises(UnsupportedScorer, match=r"node 'it' \(Softmax\) is not read after the first weight"):
        nodes().parameters(helper.make_node("Softmax", ["x"], ["y"], "it"))


def test_a_constant_is_one_number_a_unit_or_one_for_all():
    held, node = (
        nodes(three=singles(1, 2, 3), one=np.float32(7), row=singles(1, 2, 3)[None]),
        helper.make_node("Add", [], ["y"]),
    )
    assert held.vector(node, "three", 3).tolist() == held.vector(node, "row", 3).tolist() == [1, 2, 3]
    assert held.vector(node, "one", 3).tolist() == [7, 7, 7]


@pytest.mark.parametrize(
    ("name", "however"),
    [("absent", "no constant"), ("two", r"\[2\]"), ("column", r"\[3, 1\]"), ("table", r"\[2, 3\]")],
)
def test_another_constant_is_refused_with_its_shape(name, however):
    held = nodes(two=singles(1, 2), column=singles(1, 2, 3)[:, None], table=np.ones((2, 3), np.float32))
    with pytest.raises(UnsupportedScorer, match=f"needs a constant of 3 numbers, one a unit, however: {however}"):
        held.vector(helper.make_node("Add", [], ["y"]), name, 3)


def test_weights_are_a_matrix_of_finite_numbers_of_one_kind():
    held = nodes(w=np.ones((3, 2), np.float32), wide=np.ones((3, 2)), cube=np.ones((1, 3, 2), np.float32))
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    assert held.weight(node).shape == (3, 2)
    assert held.kind == "float32"
    with pytest.raises(UnsupportedScorer, match="has weights of float64, and they must be float32"):
        held.weight(helper.make_node("MatMul", ["x", "wide"], ["z"]))
    for name in ("cube", "absent"):
        with pytest.raises(UnsupportedScorer, match=r"node 'z' \(MatMul\) has no matrix of weights in the file"):
            held.weight(helper.make_node("MatMul", ["x", name], ["z"]))
    assert held.weight(helper.make_node("Conv", ["x", "cube"], ["z"]), 3).shape == (1, 3, 2)


@pytest.mark.parametrize("kind", [np.float16, np.int64])
def test_weights_of_another_kind_are_refused(kind):
    with pytest.raises(UnsupportedScorer, match=r"has weights of \w+, and they must be float32 or float64"):
        nodes(w=np.ones((3, 2), kind)).weight(helper.make_node("MatMul", ["x", "w"], ["y"]))


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_no_number_is_counted(odd):
    weight = np.ones((3, 2), np.float32)
    weight[1] = odd
    with pytest.raises(UnsupportedScorer, match="must have finite weights, however: 2 of 6 are no numbers"):
        nodes(w=weight).weight(helper.make_node("MatMul", ["x", "w"], ["y"]))


def test_zeros_are_known_and_a_name_stands_for_what_made_it():
    held = nodes(none=np.zeros((1, 1, 6), np.float32), some=singles(0, 1))
    assert held.zeros == {"none"}
    held.made["copy"] = "layer"
    assert (held.alias("copy"), held.alias("other")) == ("layer", "other")
    held.nodes.append(Activation("r", "x", "Relu"))
    assert held.made_by == {"r": held.nodes[0]}
    assert held.width("x") == 3
