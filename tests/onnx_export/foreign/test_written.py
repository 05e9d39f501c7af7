"""A file is written again under its own names, with numbers as wide as it holds; what it does not read stays away."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from drawn_onnx import Sketch, drawn_network, rows_for  # noqa: E402
from onnx import numpy_helper  # noqa: E402
from onnx_export.foreign.read_files import our_pd, plainly  # noqa: E402

from riskmodel.networks.graph import Activation, Affine, Dense, Graph, GraphSource, Join, with_dense  # noqa: E402
from riskmodel.onnx_export.foreign import network_of  # noqa: E402
from riskmodel.onnx_export.foreign.written import STEM, rounded, stem  # noqa: E402

SINGLE = np.float64(np.float32(0.1))


def small(seed=1, **more):
    return network_of(drawn_network(seed, **more))


@pytest.mark.parametrize(("kind", "due"), [("float32", SINGLE), ("float64", 0.1)])
def test_weights_are_rounded_to_what_the_file_holds(kind, due):
    nodes = (
        Dense("d", "x", np.full((2, 3), 0.1), np.full(2, 0.1)),
        Affine("a", "d", np.full(2, 0.1), np.full(2, 0.1)),
        Activation("r", "a", "LeakyRelu", (0.1,)),
        Dense("o", "r", np.full((1, 2), 0.1), np.full(1, 0.1)),
    )
    dense, affine, activation, _ = rounded(Graph((GraphSource("x", 3),), nodes, "o"), kind).nodes
    for values in (dense.weight, dense.bias, affine.scale, affine.shift):
        assert (values == due).all()
        assert values.dtype == np.float64
    assert activation == nodes[2]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_judged_is_what_the_file_says_after_any_change_of_weights(seed):
    network = small(seed)
    draw = np.random.default_rng(seed)
    changed = {
        dense.name: Dense(dense.name, dense.source, dense.weight + draw.normal(size=dense.weight.shape), dense.bias)
        for dense in network.graph.dense_layers
    }
    other = network.with_graph(with_dense(network.graph, changed))
    matrix = rows_for(network.columns)
    np.testing.assert_allclose(our_pd(other, matrix), plainly(other.content, other, matrix), atol=1e-5)
    assert other.graph.dense_layers[0].weight.astype(np.float32).astype(float).tolist() == (
        other.graph.dense_layers[0].weight.tolist()
    )


def test_the_same_graph_gives_the_same_bytes_and_names_stay_apart():
    network = small(3)
    once, twice = (network.with_graph(network.graph).content for _ in range(2))
    assert once == twice
    graph = onnx.load_from_string(once).graph
    made = [name for node in graph.node for name in node.output] + [tensor.name for tensor in graph.initializer]
    assert len(set(made)) == len(made)


def test_only_what_is_read_is_stored_again():
    sketch = Sketch(0)
    sketch.array(np.zeros((1000, 1000), np.float32))  # nothing reads it
    value = sketch.activation(sketch.gemm("x", 4, 6), "Relu")
    network = network_of(sketch.finished(sketch.gemm(value, 6, 1)))
    assert len(network.with_graph(network.graph).content) < 4_000


def test_the_opset_the_metadata_and_the_names_of_the_door_stay():
    model = onnx.load_from_string(drawn_network(2))
    onnx.helper.set_model_props(model, {"trained": "2026-01"})
    network = network_of(model.SerializeToString())
    again = onnx.load_from_string(network.with_graph(network.graph).content)
    assert [opset.version for opset in again.opset_import] == [opset.version for opset in model.opset_import]
    assert {prop.key: prop.value for prop in again.metadata_props} == {"trained": "2026-01"}
    assert [value.name for value in again.graph.input] == [value.name for value in model.graph.input]
    assert [value.name for value in again.graph.output] == ["score"]


def test_the_stem_makes_what_the_first_weights_are_given():
    network = small(4)
    session_file = onnx.load_from_string(stem(network.document, network.reading))
    outputs = [value.name for value in session_file.graph.output]
    assert outputs == [f"{STEM}{i}" for i in range(len(network.reading.sources))]
    matrix = rows_for(network.columns)
    given = network.sources(matrix)
    assert set(given) == {source.name for source in network.graph.sources}
    assert all(len(values) == len(matrix) for values in given.values())


@pytest.mark.parametrize("kind", ["Elu", "LeakyRelu", "Selu", "Softplus", "Gelu", "Relu6"])
def test_an_activation_keeps_its_parameters(kind):
    sketch = Sketch(5)
    options = {"Elu": {"alpha": 0.6}, "LeakyRelu": {"alpha": 0.2}, "Gelu": {"approximate": "tanh"}}.get(kind, {})
    hidden = sketch.gemm("x", 4, 6)
    value = sketch.add(kind, hidden, **options) if options else sketch.activation(hidden, kind)
    content = sketch.finished(sketch.gemm(value, 6, 1))
    network = network_of(content)
    matrix = rows_for(4)
    again = network.with_graph(network.graph).content
    np.testing.assert_allclose(plainly(again, network, matrix), plainly(content, network, matrix), atol=1e-6)


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul"])
def test_two_branches_are_joined_as_they_were(kind):
    sketch = Sketch(6)
    left, right = (sketch.activation(sketch.gemm("x", 4, 5), name) for name in ("Relu", "Tanh"))
    content = sketch.finished(sketch.gemm(sketch.add(kind, left, right), 5, 1))
    network = network_of(content)
    assert [node.kind for node in network.graph.nodes if isinstance(node, Join)] == [kind.lower()]
    again = network.with_graph(network.graph).content
    np.testing.assert_allclose(plainly(again, network, rows_for(4)), plainly(content, network, rows_for(4)), atol=1e-6)


def test_weights_of_doubles_stay_doubles():
    sketch = Sketch(7)
    cast = sketch.add("Cast", "x", to=11)
    weight, last = (sketch.array(sketch.random.normal(size=shape)) for shape in ((4, 3), (3, 1)))
    value = sketch.add("MatMul", sketch.add("Relu", sketch.add("MatMul", cast, weight)), last)
    content = sketch.finished(sketch.add("Cast", value, to=1))
    network = network_of(content)
    stored = onnx.load_from_string(network.with_graph(network.graph).content).graph.initializer
    assert {numpy_helper.to_array(tensor).dtype for tensor in stored if len(tensor.dims) == 2} == {np.dtype(np.float64)}
    np.testing.assert_allclose(our_pd(network, rows_for(4)), plainly(content, network, rows_for(4)), atol=1e-6)
