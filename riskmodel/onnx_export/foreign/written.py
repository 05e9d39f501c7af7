"""Writes a foreign network again: its own nodes before and after, the layers of a graph between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph import Activation, Affine, Concatenation, Dense, Graph, Join, Node
from riskmodel.onnx_export.drawing import PRODUCER, library
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.written_places import DrawnPlaces

if TYPE_CHECKING:
    from riskmodel.onnx_export.foreign.reading import GraphReading

STEM = "riskmodel_source_"
_OPERATOR = {join: name for name, join in operators.JOINS.items()}


def rounded(graph: Graph, kind: str) -> Graph:
    """The graph with every weight as it stands in a file of this kind of number."""
    return replace(graph, nodes=tuple(_rounded(node, kind) for node in graph.nodes))


def _rounded(node: Node, kind: str) -> Node:
    def near(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values.astype(kind).astype(np.float64)

    if isinstance(node, Dense):
        return replace(node, weight=near(node.weight), bias=near(node.bias))
    return replace(node, scale=near(node.scale), shift=near(node.shift)) if isinstance(node, Affine) else node


def document(original: Any, reading: GraphReading, graph: Graph) -> bytes:
    """The file with the graph's layers, under the names of the original's inputs and output."""
    drawn = _Drawn(reading, graph)
    nodes = [*reading.before, *_between(drawn, reading, graph), *reading.after]
    return _model(original, nodes, [*_used(reading, nodes), *drawn.tensors], list(original.graph.output))


def _between(drawn: _Drawn, reading: GraphReading, graph: Graph) -> Iterator[Any]:
    """The layers in the order of the file: over months and places as its own operators, others as what they are now."""
    left = {node.name: node for node in graph.nodes}
    places = DrawnPlaces(drawn, reading.layers, graph)
    for step in reading.layers.steps:
        own = [left.pop(name) for name in step.names if name in left]
        if step.over_places:
            yield from places.nodes(step.node, own)
        else:
            for node in own:
                yield from drawn.nodes(node)
    for node in left.values():
        yield from drawn.nodes(node)


def stem(original: Any, reading: GraphReading) -> bytes:
    """What the file makes of its inputs before the first weight; its outputs are named by their place in `sources`."""
    helper = library().helper
    nodes = [*reading.before]
    nodes += [helper.make_node("Identity", [name], [f"{STEM}{i}"]) for i, name in enumerate(reading.sources)]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(reading.kind))
    outputs = [helper.make_tensor_value_info(f"{STEM}{i}", kind, None) for i in range(len(reading.sources))]
    return _model(original, nodes, _used(reading, nodes), outputs)


def _model(original: Any, nodes: list[Any], tensors: list[Any], outputs: list[Any]) -> bytes:
    helper = library().helper
    stored = {tensor.name for tensor in original.graph.initializer}
    inputs = [value for value in original.graph.input if value.name not in stored]
    graph = helper.make_graph(nodes, original.graph.name or PRODUCER, inputs, outputs, tensors)
    opsets = list(original.opset_import)
    model = helper.make_model(graph, opset_imports=opsets, ir_version=original.ir_version, producer_name=PRODUCER)
    model.metadata_props.extend(original.metadata_props)
    return bytes(model.SerializeToString(deterministic=True))


def _used(reading: GraphReading, nodes: list[Any]) -> list[Any]:
    """The constants of the original that these nodes read."""
    onnx = library()
    read = dict.fromkeys(name for node in nodes for name in node.input)
    arrays = reading.constants.arrays
    return [onnx.numpy_helper.from_array(np.array(arrays[name], order="C"), name) for name in read if name in arrays]


class _Drawn:
    """Layers as nodes of ONNX; their numbers stand in `tensors`."""

    def __init__(self, reading: GraphReading, graph: Graph) -> None:
        self._onnx, self.kind = library(), reading.kind
        before = {name for node in reading.before for name in node.output}
        self._taken = {*reading.constants.arrays, *before, *(node.name for node in graph.nodes), reading.last}
        # What followed the file's last layer takes its name, and the layer another.
        self._renamed = {reading.last: self.free(reading.last), graph.output: reading.last}
        self.tensors: list[Any] = []

    def nodes(self, node: Node) -> Iterator[Any]:
        """One node, or two of an affine step."""
        if isinstance(node, Dense):
            given = [
                self.name(node.source),
                self.tensor(node.weight, node, "weight"),
                self.tensor(node.bias, node, "bias"),
            ]
            yield self._node("Gemm", given, node.name, transB=1)
        elif isinstance(node, Affine):
            between = self.free(f"{node.name}_scaled")
            scale, shift = self.tensor(node.scale, node, "scale"), self.tensor(node.shift, node, "shift")
            yield self._onnx.helper.make_node("Mul", [self.name(node.source), scale], [between], between)
            yield self._node("Add", [between, shift], node.name)
        elif isinstance(node, Join):
            yield self._node(_OPERATOR[node.kind], [self.name(node.left), self.name(node.right)], node.name)
        elif isinstance(node, Concatenation):
            yield self._node("Concat", [self.name(part) for part in node.parts], node.name, axis=1)
        elif isinstance(node, Activation):
            yield self._activation(node)
        else:
            raise TypeError(f"a layer of months stands outside its node: {node.name}")

    def _activation(self, node: Activation) -> Any:
        if node.kind == "Clip":
            ends = (
                self.tensor(np.array(end), node, name)
                for end, name in zip(node.parameters, ("low", "high"), strict=True)
            )
            return self._node("Clip", [self.name(node.source), *ends], node.name)
        given: dict[str, Any] = {}
        if node.kind == "Gelu":
            given = {"approximate": "tanh" if node.parameters[0] else "none"}
        else:
            names = (name for name, _ in operators.PARAMETERS[node.kind])
            given = dict(zip(names, node.parameters, strict=True))
        return self._node(node.kind, [self.name(node.source)], node.name, **given)

    def _node(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> Any:
        return self._onnx.helper.make_node(kind, inputs, [self.name(name)], name, **attributes)

    def name(self, name: str) -> str:
        return self._renamed.get(name, name)

    def free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def tensor(self, values: NDArray[np.float64], node: Node, what: str) -> str:
        return self.constant(values.astype(self.kind), f"{node.name}.{what}")

    def constant(self, values: NDArray[Any], name: str) -> str:
        """The name of a tensor, which is like the given one."""
        name = self.free(name)
        self.tensors.append(self._onnx.numpy_helper.from_array(np.array(values, order="C"), name))
        return name
