"""Nodes of an ONNX graph as layers, from the first weight on; what cannot be read is refused by its node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from riskmodel.networks.graph import Activation, Affine, Concatenation, Dense, Join, JoinKind, Node
from riskmodel.onnx_export.drawing import library
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.constants import Constants
from riskmodel.onnx_export.foreign.nodes import FileNodes
from riskmodel.onnx_export.foreign.shapes import NetworkShapes
from riskmodel.onnx_export.foreign.strip_rules import take_over_places
from riskmodel.onnx_export.foreign.strips import Strips

WHOLE = 2**31 - 1  # from this end on a slice goes to the end of every axis


@dataclass(frozen=True, eq=False)
class ReadNode:
    """A node of the file, and the layers that it became.

    Parameters
    ----------
    node
        As it stands in the file.
    names
        Of its layers.
    over_places
        Whether it reads or makes a value of more than one axis beside the rows: it is then written as that node.
    """

    node: Any
    names: tuple[str, ...]
    over_places: bool


class Layers(FileNodes):
    """One walk along the nodes."""

    def __init__(self, constants: Constants, shapes: list[NetworkShapes]) -> None:
        super().__init__(constants, shapes)
        self.strips = Strips(self)
        self.steps: list[ReadNode] = []

    def take(self, node: Any) -> bool:
        """Whether the node is a layer, which is then among `nodes`; if not it stands before the first weight."""
        self._check_rows(node)
        touched = any(name in self.made for name in node.input)
        if node.op_type == "Shape" or not (touched or self._begins(node) or self.strips.begins(node)):
            self._note_zeros(node)
            return False
        if node.domain not in ("", "ai.onnx"):
            raise self.refused(node, "is not read after the first weight")
        begin, over_places = len(self.nodes), self.strips.concerns(node)
        if over_places:
            take_over_places(self.strips, node)
        elif self._passes(node):
            self.made[node.output[0]] = self.alias(node.input[0])
        else:
            layer = self._layer(node)
            self.nodes.append(layer)
            self.made[layer.name] = layer.name
        self.steps.append(ReadNode(node, tuple(layer.name for layer in self.nodes[begin:]), over_places))
        return True

    def _check_rows(self, node: Any) -> None:
        """No step takes some rows out of all."""
        if node.op_type not in ("Gather", "Slice", "Split") or node.input[0] in self.constants:
            return
        one, three = (shapes.known[node.input[0]] for shapes in self.shapes)
        axes = self._sliced(list(node.input)) if node.op_type == "Slice" else [self.attribute(node, "axis", 0)]
        if any(one[axis] != three[axis] for axis in axes):
            raise self.refused(node, "takes some of the rows")

    def _sliced(self, names: list[str]) -> list[int]:
        """The axes of a slice that it shortens: an exporter may name one to take it whole."""
        starts, ends = (self.shapes[0].listed(names, place) for place in (1, 2))
        axes = self.shapes[0].listed(names, 3) if names[3:] and names[3] else list(range(len(starts)))
        steps = self.shapes[0].listed(names, 4) if names[4:] else [1] * len(starts)
        taken = zip(starts, ends, axes, steps, strict=True)
        return [axis for start, end, axis, step in taken if (start, step) != (0, 1) or end < WHOLE]

    def _note_zeros(self, node: Any) -> None:
        """A state that begins at zero for every row is made of the number of rows."""
        value = self.attribute(node, "value", None)
        empty = node.op_type == "ConstantOfShape" and (
            value is None or not library().numpy_helper.to_array(value).any()
        )
        if empty or (node.op_type in operators.COPYING and node.input[0] in self.zeros):
            self.zeros.update(node.output)

    def _begins(self, node: Any) -> bool:
        """A product of rows with weights that stand in the file."""
        if node.op_type not in operators.WEIGHTS or node.input[0] in self.constants:
            return False
        weight = self.constants.get(node.input[1])
        return weight is not None and weight.ndim == 2 and len(self.shapes[0].known[node.input[0]]) == 2

    def _passes(self, node: Any) -> bool:
        """A step that changes neither the numbers nor their shape."""
        if node.op_type in operators.PASSING:
            return True
        if node.op_type == "Cast":
            kind = library().helper.tensor_dtype_to_np_dtype(self.attribute(node, "to", 0))
            if kind != np.dtype(self.kind):
                raise self.refused(node, f"turns {self.kind} into {kind}")
            return True
        if node.op_type in ("Flatten", "Reshape", "Squeeze", "Unsqueeze"):
            if any(shapes.known[node.input[0]] != shapes.known[node.output[0]] for shapes in self.shapes):
                raise self.refused(node, "gives the units of a layer another shape")
            return True
        return False

    def _layer(self, node: Any) -> Node:
        kind, name = node.op_type, str(node.output[0])
        if kind in operators.WEIGHTS:
            return self._dense(node, name)
        if kind in operators.AFFINE and any(given in self.constants for given in node.input):
            return self._affine(node, name)
        if kind in operators.JOINS:
            left, right = (self._value(node, given) for given in node.input)
            return Join(name, cast(JoinKind, operators.JOINS[kind]), left, right)
        if kind == "Concat":
            return self._concatenation(node, name)
        if kind == "BatchNormalization":
            source = self._value(node, node.input[0])
            return Affine(name, source, *self.normalisation(node, self.width(node.input[0])))
        return Activation(name, self._value(node, node.input[0]), kind, self.parameters(node))

    def _dense(self, node: Any, name: str) -> Dense:
        source = self._value(node, node.input[0])
        weight = self.weight(node)
        if node.op_type == "MatMul":
            return Dense(name, source, weight.T, np.zeros(weight.shape[1]))
        if self.attribute(node, "transA", 0):
            raise self.refused(node, "turns its rows into columns")
        if not self.attribute(node, "transB", 0):
            weight = weight.T
        offset = (
            self.vector(node, node.input[2], len(weight)) if node.input[2:] and node.input[2] else np.zeros(len(weight))
        )
        alpha, beta = self.attribute(node, "alpha", 1.0), self.attribute(node, "beta", 1.0)
        return Dense(name, source, alpha * weight, beta * offset)

    def _affine(self, node: Any, name: str) -> Affine:
        first, second = node.input
        constant, value = (first, second) if first in self.constants else (second, first)
        source = self._value(node, value)
        given = self.vector(node, constant, self.width(value))
        return Affine(name, source, *self.line(node, given, first=constant == first))

    def _concatenation(self, node: Any, name: str) -> Concatenation:
        if self.attribute(node, "axis", 1) not in (1, -1):
            raise self.refused(node, "joins rows")
        return Concatenation(name, tuple(self._value(node, part) for part in node.input))

    def _value(self, node: Any, name: str) -> str:
        """A value by its name; one from before the first weight becomes a source."""
        if name in self.made:
            return self.made[name]
        if name in self.constants or len(self.shapes[0].known[name]) != 2:
            raise self.refused(node, f"is given {name[:60]!r}, which is not rows of units")
        self.sources[name] = self.width(name)
        return name
