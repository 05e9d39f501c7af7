"""Nodes over months and places as they stood in the file, with the weights and the widths of a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph import Affine, Dense, Graph, Node
from riskmodel.onnx_export.drawing import library
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.recurrent import stems, tensors

if TYPE_CHECKING:
    from riskmodel.onnx_export.foreign.layers import Layers


class Names(Protocol):
    """What gives values and tensors of a file their names."""

    kind: str

    def name(self, name: str) -> str: ...
    def free(self, name: str) -> str: ...
    def constant(self, values: NDArray[Any], name: str) -> str: ...


class DrawnPlaces:
    """One after another, in the order of the file; what was folded away is its own input from then on."""

    def __init__(self, drawn: Names, layers: Layers, graph: Graph) -> None:
        self._drawn, self._layers, self._graph = drawn, layers, graph
        self._made_by = layers.made_by
        self._same: dict[str, str] = {}

    def nodes(self, node: Any, own: Sequence[Node]) -> Iterator[Any]:
        """The node of the file that these layers are, or two of a product or a line."""
        affine = [one for one in own if isinstance(one, Affine) and one.tie]
        if node.op_type == "BatchNormalization" or (
            node.op_type in operators.AFFINE and any(name in self._layers.constants for name in node.input)
        ):
            yield from self._line(node, affine)
        elif node.op_type == "MatMul":
            dense = next(one for one in own if isinstance(one, Dense))
            between = self._drawn.free(f"{node.output[0]}_product")
            weight, bias = self._tensor(node, "weight", dense.weight.T), self._tensor(node, "bias", dense.bias)
            yield library().helper.make_node("MatMul", [self._input(node.input[0]), weight], [between], between)
            yield self._like(node, [between, bias], kind="Add")
        else:
            yield self._like(node, self._inputs(node, own), **self._changed(node, own))

    def _inputs(self, node: Any, own: Sequence[Node]) -> list[str]:
        """What the node is given, of its own size now."""
        value = self._input(node.input[0])
        if node.op_type == "Conv":
            return [value, *self._kernel(node, next(one for one in own if isinstance(one, Dense)))]
        if node.op_type in ("GRU", "LSTM"):
            return [value, *self._gates(node, [one for one in own if isinstance(one, Dense)])]
        if node.op_type == "Reshape":
            return [value, self._drawn.constant(np.array(self._shape(node), np.int64), f"{node.output[0]}.shape")]
        return [self._input(name) for name in node.input]

    def _kernel(self, node: Any, dense: Dense) -> list[str]:
        before = self._layers.constants[node.input[1]].shape
        kernel = np.moveaxis(dense.weight.reshape(len(dense.bias), *before[2:], -1), -1, 1)
        return [self._tensor(node, "weight", kernel), self._tensor(node, "bias", dense.bias)]

    def _gates(self, node: Any, dense: Sequence[Dense]) -> list[str]:
        matrices = {one.tie: one for one in reversed(dense)}
        directions = len(self._layers.constants[node.input[1]])
        parts = zip(*(tensors(node.op_type, stem, matrices) for stem in stems(node, directions)), strict=True)
        return [self._tensor(node, what, np.stack(part)) for what, part in zip("WRB", parts, strict=True)]

    @staticmethod
    def _changed(node: Any, own: Sequence[Node]) -> dict[str, Any]:
        """Attributes that are others now."""
        if node.op_type not in ("GRU", "LSTM"):
            return {}
        return {"hidden_size": next(len(one.bias) for one in own if isinstance(one, Dense))}

    def _shape(self, node: Any) -> list[int]:
        name, strips = str(node.output[0]), self._layers.strips
        if name not in strips.spreads:
            return [-1, self._graph.widths[name]]
        spread, channels = strips.spreads[name], strips.places.channels(strips.spreads[name].ids)
        shape = list(spread.ids.shape)
        shape[spread.row] = -1
        if channels is not None:
            shape[channels[0]] = sum(self._width(one) for one in channels[1])
        return shape

    def _width(self, name: str) -> int:
        """Of a value; one that was folded away is as wide as what it was made of."""
        while name not in self._graph.widths:
            step = self._made_by[name]
            assert isinstance(step, Affine)  # noqa: S101 - nothing else is folded away
            name = step.source
        return self._graph.widths[name]

    def _line(self, node: Any, own: Sequence[Affine]) -> Iterator[Any]:
        value = next(name for name in node.input if name not in self._layers.constants)
        if not own:
            self._same[node.output[0]] = value
            return
        axis, names = self._layers.strips.lines[node.output[0]]
        shape = (-1, *(1,) * (len(self._layers.shapes[0].known[value]) - axis - 1))
        lines = [one for one in own if one.name in names]
        parts = (np.concatenate([one.scale for one in lines]), np.concatenate([one.shift for one in lines]))
        scale, shift = (self._tensor(node, "line", part.reshape(shape)) for part in parts)
        between = self._drawn.free(f"{node.output[0]}_scaled")
        yield library().helper.make_node("Mul", [self._input(value), scale], [between], between)
        yield self._like(node, [between, shift], kind="Add")

    def _input(self, name: str) -> str:
        while name in self._same or (made := self._layers.made.get(name, name)) != name:
            name = self._same.get(name) or made
        made_by = self._made_by.get(name)
        if name not in self._graph.widths and isinstance(made_by, Affine):
            return self._input(made_by.source)
        return self._drawn.name(name)

    def _tensor(self, node: Any, what: str, values: NDArray[np.float64]) -> str:
        return self._drawn.constant(values.astype(self._drawn.kind), f"{node.output[0]}.{what}")

    def _like(self, node: Any, inputs: list[str], kind: str = "", **changed: Any) -> Any:
        """The node with other inputs, or one of another kind in its place."""
        helper = library().helper
        kept = {a.name: helper.get_attribute_value(a) for a in node.attribute} if not kind else {}
        outputs = [self._drawn.name(name) for name in node.output]
        return helper.make_node(kind or node.op_type, inputs, outputs, node.name, **{**kept, **changed})
