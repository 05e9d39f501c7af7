"""ONNX networks drawn at random, hand-made node by node, and rows for them."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

ACTIVATIONS = ("Relu", "LeakyRelu", "Elu", "Sigmoid", "Tanh", "Gelu", "Silu", "Relu6", "Softplus")
ENDINGS = ("log_odds", "sigmoid", "softmax", "two", "flat")
KIND = TensorProto.FLOAT


class Sketch:
    """A model while it is written."""

    def __init__(self, seed: int, features: int = 4) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes, self.tensors, self.features = [], [], features
        self.inputs = [helper.make_tensor_value_info("x", KIND, ["n", features])]

    def add(self, kind: str, *inputs: str, **attributes) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def array(self, values) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def normal(self, *shape: int, spread: float = 0.7) -> str:
        return self.array((spread * self.random.normal(size=shape)).astype(np.float32))

    def gemm(self, value: str, inputs: int, outputs: int) -> str:
        if self.random.random() < 0.5:
            return self.add("Add", self.add("MatMul", value, self.normal(inputs, outputs)), self.normal(outputs))
        return self.add("Gemm", value, self.normal(outputs, inputs), self.normal(outputs), transB=1)

    def activation(self, value: str, kind: str) -> str:
        if kind == "Silu":
            return self.add("Mul", value, self.add("Sigmoid", value))
        if kind == "Relu6":
            return self.add("Clip", value, self.array(np.float32(0)), self.array(np.float32(6)))
        return self.add(kind, value)

    def normalisation(self, value: str, width: int) -> str:
        variance = self.array(self.random.uniform(0.5, 2, width).astype(np.float32))
        return self.add("BatchNormalization", value, *(self.normal(width) for _ in range(3)), variance)

    def finished(self, output: str, shape=("n", 1), opset: int = 20) -> bytes:
        self.nodes.append(helper.make_node("Identity", [output], ["score"], "last"))
        outputs = [helper.make_tensor_value_info("score", KIND, list(shape))]
        graph = helper.make_graph(self.nodes, "drawn", self.inputs, outputs, self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
        return model.SerializeToString()


def drawn_network(seed: int, *, ending: str | None = None, blocks: int | None = None) -> bytes:
    """Scaled inputs, sometimes an embedding, then blocks of every sort that is read."""
    sketch = Sketch(seed)
    random = sketch.random
    value, width = sketch.add("Div", sketch.add("Sub", "x", sketch.normal(4)), sketch.array(np.float32(2))), 4
    if random.random() < 0.5:
        value = sketch.add("Clip", value, sketch.array(np.float32(-2)), sketch.array(np.float32(2)))
    if random.random() < 0.5:
        sketch.inputs.append(helper.make_tensor_value_info("code", TensorProto.INT64, ["n"]))
        value, width = sketch.add("Concat", value, sketch.add("Gather", sketch.normal(5, 3), "code"), axis=1), 7
    first, first_width = value, width
    for _ in range(blocks or int(random.integers(1, 4))):
        value, width = _block(sketch, value, width, (first, first_width))
    return _ended(sketch, value, width, ending or str(random.choice(ENDINGS)))


def _block(sketch: Sketch, value: str, width: int, first: tuple[str, int]) -> tuple[str, int]:
    random, kind = sketch.random, str(sketch.random.choice(ACTIVATIONS))
    outputs = int(random.integers(3, 9))
    made = sketch.gemm(value, width, outputs)
    if random.random() < 0.4:
        made = sketch.normalisation(made, outputs)
    made = sketch.activation(made, kind)
    if random.random() < 0.3:
        made = sketch.add("Dropout", made)
    if random.random() < 0.4:  # a residual
        made = sketch.add("Add", made, sketch.activation(sketch.gemm(made, outputs, outputs), "Tanh"))
    if random.random() < 0.3:
        return sketch.add("Concat", made, first[0], axis=-1), outputs + first[1]
    return made, outputs


def _ended(sketch: Sketch, value: str, width: int, ending: str) -> bytes:
    two = ending in ("softmax", "two")
    last = sketch.gemm(value, width, 2 if two else 1)
    if ending == "softmax":
        last = sketch.add("Softmax", last, axis=1)
    elif ending in ("sigmoid", "flat"):
        last = sketch.add("Sigmoid", last)
    if ending == "flat":
        return sketch.finished(sketch.add("Squeeze", last, sketch.array(np.array([1]))), ("n",))
    return sketch.finished(last, ("n", 2 if two else 1))


def rows_for(columns: int, rows: int = 61, seed: int = 3) -> np.ndarray:
    """Numbers, and codes of five levels where there is a fifth column."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(rows, columns))
    matrix[:, 4:] = random.integers(0, 5, matrix[:, 4:].shape)
    return matrix
