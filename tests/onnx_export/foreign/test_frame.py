"""What a foreign file may be before any of it is believed: each refusal names the node, the input or the output."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from riskmodel import limits  # noqa: E402
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer  # noqa: E402
from riskmodel.onnx_export.foreign import frame  # noqa: E402
from riskmodel.onnx_export.foreign.frame import NetworkInput  # noqa: E402


def model(*nodes, inputs=(), tensors=(), outputs=("y",), opset=17, domain=""):
    nodes = nodes or (helper.make_node("Relu", ["x"], ["y"]),)
    made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1]) for name in outputs]
    graph = helper.make_graph(list(nodes), "g", list(inputs), made, list(tensors))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(domain, opset)])


def value(*dims, kind=TensorProto.FLOAT, name="x"):
    return helper.make_tensor_value_info(name, kind, list(dims))


@pytest.mark.parametrize(
    ("dims", "kind", "due"),
    [
        (("n", 4), TensorProto.FLOAT, NetworkInput("x", "float32", (4,))),
        (("n",), TensorProto.INT64, NetworkInput("x", "int64", ())),
        (("n", 6, 4), TensorProto.DOUBLE, NetworkInput("x", "float64", (6, 4))),
        ((0, 4), TensorProto.INT32, NetworkInput("x", "int32", (4,))),
    ],
)
def test_an_input_is_rows_of_so_many_numbers(dims, kind, due):
    assert frame.inputs_of(model(inputs=[value(*dims, kind=kind)])) == (due,)


@pytest.mark.parametrize(("shape", "width"), [((), 1), ((4,), 4), ((6, 4), 24)])
def test_the_width_is_how_many_numbers_a_row_has(shape, width):
    assert NetworkInput("x", "float32", shape).width == width


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (value("n", "m"), r"input 'x' must be rows x a fixed number of columns, .* however: \['n', 'm'\]"),
        (value("n", 0), "must be rows x a fixed number of columns"),
        (value("n", 2, 3, 4), r"must be rows x a fixed number of columns, .* however: \['n', 2, 3, 4\]"),
        (value(), "must be rows x a fixed number of columns"),
        (value(16, 4), "input 'x' must take any number of rows, however: 16; export it with a dynamic first axis"),
        (value("n", 4, kind=TensorProto.BOOL), "must be of numbers .float32, float64, int32, int64., however: of an"),
    ],
)
def test_another_input_is_refused_by_its_name(given, why):
    with pytest.raises(UnsupportedScorer, match=why):
        frame.inputs_of(model(inputs=[given]))


def test_weights_that_are_also_listed_as_inputs_are_none():
    weight = numpy_helper.from_array(np.ones(3, np.float32), "w")
    held = model(inputs=[value(3, name="w"), value("n", 4)], tensors=[weight])
    assert [one.name for one in frame.inputs_of(held)] == ["x"]
    with pytest.raises(UnsupportedScorer, match="must have an input, however: it has none"):
        frame.inputs_of(model(inputs=[value(3, name="w")], tensors=[weight]))


def test_there_is_one_output():
    assert frame.output_of(model(outputs=["score"])) == "score"
    with pytest.raises(UnsupportedScorer, match=r"one output, the PD or its log-odds, however: 2 \(label, score\)"):
        frame.output_of(model(outputs=["label", "score"]))
    with pytest.raises(UnsupportedScorer, match=r"however: 0 \(\)"):
        frame.output_of(model(outputs=[]))


@pytest.mark.parametrize("domain", ["", "ai.onnx"])
@pytest.mark.parametrize(("opset", "is_read"), [(10, False), (11, True), (26, True), (27, False)])
def test_opsets_that_are_read(domain, opset, is_read):
    if is_read:
        frame.check(model(opset=opset, domain=domain))
        return
    with pytest.raises(UnsupportedScorer, match=f"must be of opset 11 to 26, however: {opset}"):
        frame.check(model(opset=opset, domain=domain))


def test_a_domain_that_no_node_is_of_says_nothing():
    frame.check(model(opset=99, domain="com.microsoft"))


@pytest.mark.parametrize(
    ("node", "called"),
    [
        (helper.make_node("LRN", ["x"], ["y"], "the odd one", size=3), r"node 'the odd one' \(LRN\)"),
        (helper.make_node("LRN", ["x"], ["y"], size=3), r"node 'y' \(LRN\)"),
        (helper.make_node("LRN", ["x"], [], size=3), r"node 0 \(LRN\)"),
        (helper.make_node("Relu", ["x"], ["y"], domain="com.microsoft"), r"node 'y' \(Relu\)"),
        (helper.make_node("Loop", ["x"], ["y"]), r"node 'y' \(Loop\)"),
    ],
)
def test_an_operator_that_is_not_read_is_named(node, called):
    with pytest.raises(UnsupportedScorer, match=f"{called}: an operator that is not read; these are: Gemm, MatMul"):
        frame.check(model(node))


def test_an_operator_of_either_name_of_the_standard_is_read():
    frame.check(model(helper.make_node("Relu", ["x"], ["y"], domain="ai.onnx")))
    frame.check(model(helper.make_node("Scaler", ["x"], ["y"], domain="ai.onnx.ml", scale=[1.0])))


OF_ANOTHER = helper.make_attribute("alpha", 1.0)
OF_ANOTHER.ref_attr_name = "outer"


@pytest.mark.parametrize("attribute", [helper.make_attribute("body", helper.make_graph([], "g", [], [])), OF_ANOTHER])
def test_an_attribute_that_is_no_plain_number_is_refused(attribute):
    node = helper.make_node("Relu", ["x"], ["y"], "n")
    node.attribute.append(attribute)
    with pytest.raises(BundleError, match=r"node 'n' \(Relu\): attribute '(body|alpha)' must be plain numbers"):
        frame.check(model(node))


def test_a_tensor_in_an_attribute_must_hold_its_numbers():
    tensor = TensorProto(name="w", data_type=1, dims=[1], data_location=1)
    with pytest.raises(BundleError, match="must have its numbers in itself"):
        frame.check(model(helper.make_node("Constant", [], ["y"], value=tensor)))


def test_an_empty_graph_and_one_with_functions_are_refused():
    empty = model()
    del empty.graph.node[:]
    with pytest.raises(BundleError, match="a network must have nodes, however: the ONNX file has none"):
        frame.check(empty)
    held = model()
    held.functions.append(helper.make_function("x", "f", [], [], [], [helper.make_opsetid("", 17)]))
    with pytest.raises(UnsupportedScorer, match="must be one graph of plain tensors"):
        frame.check(held)
    held = model()
    held.graph.sparse_initializer.add()
    with pytest.raises(UnsupportedScorer, match="must be one graph of plain tensors"):
        frame.check(held)


def test_more_nodes_or_bytes_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "_raised", {"onnx_nodes": 1, "network_bytes": 10})
    with pytest.raises(RiskModelError, match="onnx nodes must be at most 1, however: 2"):
        frame.check(model(*[helper.make_node("Relu", ["x"], [f"y{i}"]) for i in range(2)]))
    with pytest.raises(RiskModelError, match="network bytes must be at most 10, however: 11"):
        frame.parsed(bytes(11))


def test_what_is_no_file_of_the_library_is_refused_and_unknown_fields_are_dropped():
    with pytest.raises(BundleError, match="a network must be an ONNX file, however: it is damaged, or of another kind"):
        frame.parsed(b"\xff\xff\xff")
    content = model().SerializeToString()
    unknown = content + bytes([0xFA, 0x7F, 0x03]) + b"odd"  # field 2047
    assert frame.parsed(unknown).SerializeToString() == content
