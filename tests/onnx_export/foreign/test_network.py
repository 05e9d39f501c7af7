"""Networks from elsewhere score as their runtime does, are written as they are, and bad files are one line."""

import io
import warnings

import numpy as np
import onnx
import pytest
from drawn_onnx import ENDINGS, Sketch, drawn_network, rows_for
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from scipy.special import expit

from riskmodel import limits
from riskmodel.errors import RiskModelError
from riskmodel.networks.graph import Affine, levelled, traced_graph, units_of, without_units
from riskmodel.onnx_export.foreign import network_of

runtime = pytest.importorskip("onnxruntime")


def plainly(content, network, matrix):
    """What plain ONNX Runtime says, without any code of ours."""
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, network.feeds(matrix))[0].reshape(len(matrix), -1)


def our_pd(network, matrix):
    return expit(traced_graph(network.graph, network.sources(matrix)).margin)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000))
def test_read_written_and_run_it_is_the_same(seed):
    content = drawn_network(seed)
    network = network_of(content)
    matrix = rows_for(network.columns)
    theirs = plainly(content, network, matrix)
    np.testing.assert_allclose(our_pd(network, matrix), network.pd_of(theirs), atol=1e-5)
    again = network.with_graph(network.graph).content
    onnx.checker.check_model(onnx.load_from_string(again), full_check=True)
    ours = network.pd_of(plainly(again, network, matrix))
    np.testing.assert_allclose(ours, network.pd_of(theirs), atol=2e-6)  # both round in single precision
    assert [[v.name for v in part] for part in (_graph(again).input, _graph(again).output)] == [
        [v.name for v in part] for part in (_graph(content).input, _graph(content).output)
    ]


def _graph(content):
    return onnx.load_from_string(content).graph


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000_000))
def test_a_smaller_one_is_read_back_as_it_was_judged(seed):
    network = network_of(drawn_network(seed))
    matrix, units = rows_for(network.columns), units_of(network.graph)
    gone = {int(unit) for layer in units.layers for unit in layer.units[1::2]}
    small = network.with_graph(without_units(network.graph, units, gone))
    np.testing.assert_allclose(our_pd(small, matrix), small.answer(matrix), atol=1e-5)
    np.testing.assert_allclose(our_pd(network_of(small.content), matrix), small.answer(matrix), atol=1e-5)
    assert small.graph.parameters < network.graph.parameters


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_a_pd(ending):
    network = network_of(drawn_network(7, ending=ending))
    assert ((network.answer(rows_for(network.columns)) > 0) & (network.answer(rows_for(network.columns)) < 1)).all()


def test_normalisation_and_offsets_cost_nothing_afterwards():
    sketch = Sketch(0)
    hidden = sketch.activation(sketch.normalisation(sketch.add("MatMul", "x", sketch.normal(4, 6)), 6), "Relu")
    network = network_of(sketch.finished(sketch.gemm(hidden, 6, 1)))
    assert not [node for node in network.graph.nodes if isinstance(node, Affine)]


@pytest.mark.parametrize("ending", ["Tanh", "Relu"])
def test_a_line_after_a_bent_last_layer_takes_its_name_in_the_file(ending):
    sketch = Sketch(0)
    hidden = sketch.activation(sketch.gemm("x", 4, 6), "Relu")
    network = network_of(sketch.finished(sketch.activation(sketch.gemm(hidden, 6, 1), ending)))
    matrix = rows_for(network.columns)
    recalibrated = network.with_graph(levelled(network.graph, 0.7, -0.3))
    expected = expit(0.7 * traced_graph(network.graph, network.sources(matrix)).margin - 0.3)
    np.testing.assert_allclose(recalibrated.answer(matrix), expected, atol=1e-6)
    again = network_of(recalibrated.content)
    twice = again.with_graph(levelled(again.graph, 1.0, 0.3))
    np.testing.assert_allclose(twice.answer(matrix), expit(np.log(expected / (1 - expected)) + 0.3), atol=1e-6)


@pytest.mark.parametrize("opset", [13, 17, 20])
def test_networks_of_torch(opset):
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c, self.d = (torch.nn.Linear(*s) for s in ((5, 16), (16, 16), (21, 8), (8, 2)))
            self.norm, self.levels = torch.nn.BatchNorm1d(16), torch.nn.Embedding(4, 3)

        def forward(self, x, code):
            x = torch.cat([(x - 1) / 2, self.levels(code)], 1)
            h = torch.relu(self.a(x))
            h = h + torch.nn.functional.gelu(self.norm(self.b(h)))
            h = torch.nn.functional.silu(self.c(torch.cat([h, x], 1)))
            return torch.softmax(self.d(torch.nn.functional.dropout(h, 0.1, self.training)), 1)

    torch.manual_seed(1)
    module, file = Net().eval(), io.BytesIO()
    module.norm.running_mean.normal_()
    rows = {"x": {0: "n"}, "code": {0: "n"}, "pd": {0: "n"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = (torch.zeros(2, 2), torch.zeros(2, dtype=torch.long))
        names = {"input_names": ["x", "code"], "output_names": ["pd"], "dynamic_axes": rows}
        torch.onnx.export(module, given, file, dynamo=False, opset_version=opset, **names)
    network = network_of(file.getvalue())
    matrix = np.column_stack([np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 4])
    with torch.no_grad():
        theirs = module(torch.tensor(matrix[:, :2]).float(), torch.tensor(matrix[:, 2]).long())[:, 1].numpy()
    np.testing.assert_allclose(our_pd(network, matrix), theirs, atol=1e-5)
    assert [len(layer.units) for layer in units_of(network.graph).layers] == [16, 8]


def changed(change, seed=1, ending="sigmoid"):
    model = onnx.load_from_string(drawn_network(seed, ending=ending, blocks=2))
    change(model)
    return model.SerializeToString()


def _input_of(*dims, kind=TensorProto.FLOAT):
    def change(model):
        model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", kind, list(dims)))

    return change


def _two_outputs(model):
    model.graph.output.append(helper.make_tensor_value_info("v0", TensorProto.FLOAT, ["n", 4]))


def _operator(kind, **attributes):
    def change(model):
        node = next(node for node in model.graph.node if node.op_type in ("Gemm", "MatMul"))
        name = node.output[0]
        node.output[0] = "before"
        place = list(model.graph.node).index(node) + 1
        model.graph.node.insert(place, helper.make_node(kind, ["before"], [name], "odd one", **attributes))

    return change


def _nan(model):
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor).copy()
        if values.ndim == 2 and values.shape[0] != 5:
            values[0, 0] = np.nan
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def _outside(model):
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def _short(model):
    tensor = next(t for t in model.graph.initializer if len(t.dims) == 2)
    tensor.dims[0] += 1


def _unmade(model):
    next(node for node in model.graph.node if node.op_type in ("Gemm", "MatMul")).input[0] = "nowhere"


def _loop(model):
    body = helper.make_graph([], "body", [], [])
    model.graph.node.insert(0, helper.make_node("If", ["x"], ["y"], "odd one", then_branch=body, else_branch=body))


def _wide(model):
    """Every row meets every other one."""
    nodes = model.graph.node
    nodes.insert(0, helper.make_node("Unsqueeze", ["x", "first"], ["stood"], "stood"))
    nodes.insert(1, helper.make_node("Mul", ["x", "stood"], ["wide"], "odd one"))
    model.graph.initializer.append(numpy_helper.from_array(np.array([1]), "first"))


REFUSED = {
    "dynamic columns": (_input_of("n", "f"), "input 'x' must be rows x a fixed number of columns"),
    "fixed rows": (_input_of(16, 4), "input 'x' must take any number of rows, however: 16"),
    "a picture": (_input_of("n", 3, 8, 8), "must be rows x a fixed number of columns, or of months"),
    "text": (_input_of("n", 4, kind=TensorProto.STRING), "input 'x' must be of numbers"),
    "other rows": (_input_of("n", 9), "does not fit what it is given"),
    "two outputs": (_two_outputs, r"must have one output, the PD or its log-odds, however: 2 \(score, v0\)"),
    "an unknown operator": (_operator("LRN", size=3), r"node 'odd one' \(LRN\): an operator that is not read"),
    "one that mixes units": (_operator("Softmax", axis=1), r"node 'odd one' \(Softmax\) is not read after"),
    "no number": (_nan, "must have finite weights, however"),
    "a tensor elsewhere": (_outside, "must have its numbers in itself"),
    "a short tensor": (_short, "must have as many numbers as it says"),
    "a value from nowhere": (_unmade, "does not fit what it is given"),
    "a branch": (_loop, r"node 'odd one' \(If\): an operator that is not read"),
    "rows by rows": (_wide, "must grow with its rows alone"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_one_line(name):
    change, message = REFUSED[name]
    with pytest.raises(RiskModelError, match=message) as refused:
        network_of(changed(change))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\x08\x09", b"tree\n", b"\x80\x04K\x01.", b"PK\x03\x04", b"\xff" * 50])
def test_what_is_no_network_is_one_line(content):
    with pytest.raises(RiskModelError):
        network_of(content)


def test_a_large_file_is_refused_before_it_is_parsed(monkeypatch):
    with pytest.raises(RiskModelError, match=r"network bytes must be at most 67,108,864, however: 104,857,600"):
        network_of(b"\x08" + bytes((100 << 20) - 1))
    monkeypatch.setattr(limits, "_raised", {"network_bytes": 10})
    with pytest.raises(RiskModelError, match="--limit network_bytes="):
        network_of(drawn_network(0))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 40), st.data())
def test_a_damaged_file_is_refused_or_scores_as_its_runtime_does(seed, data):
    content = bytearray(drawn_network(seed))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        network = network_of(bytes(content))
        matrix = rows_for(network.columns)
        ours, theirs = our_pd(network, matrix), network.answer(matrix)
    except RiskModelError:  # one line by its making: anything else would be our fault
        return
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert (np.abs(ours - theirs)[both] < 1e-2).all()


def test_codes_must_be_whole():
    network = next(n for n in map(network_of, map(drawn_network, range(20))) if n.columns == 5)
    matrix = rows_for(5)
    matrix[3, 4] = np.nan
    with pytest.raises(RiskModelError, match="input 'code' must be whole numbers, however: 1 values are not"):
        network.answer(matrix)
    matrix[3, 4] = 5
    with pytest.raises(RiskModelError, match="ONNX Runtime cannot run the network on these rows"):
        network.answer(matrix)
