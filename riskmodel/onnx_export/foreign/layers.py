"""Nodes of an ONNX graph as layers, from the first weight on; what cannot be read is refused by its node."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import Activation, Affine, Concatenation, Dense, Join, JoinKind, Node
from riskmodel.onnx_export.drawing import library
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.constants import Constants
from riskmodel.onnx_export.foreign.frame import called
from riskmodel.onnx_export.foreign.shapes import NetworkShapes

KINDS = ("float32", "float64")


class Layers:
    """What was read so far: layers, the names that stand for the same value, and what the layers take from before."""

    def __init__(self, constants: Constants, shapes: list[NetworkShapes]) -> None:
        self.constants, self.shapes = constants.arrays, shapes
        self.nodes: list[Node] = []
        self.sources: dict[str, int] = {}
        self.made: dict[str, str] = {}  # a value by the name of the layer that makes it
        self.kind = ""

    def alias(self, name: str) -> str:
        return self.made.get(name, name)

    def take(self, node: Any) -> bool:
        """Whether the node is a layer, which is then among `nodes`; if not it stands before the first weight."""
        touched = any(name in self.made for name in node.input)
        if not touched and not self._begins(node):
            return False
        if node.domain not in ("", "ai.onnx"):
            raise self._refused(node, "is not read after the first weight")
        if self._passes(node):
            self.made[node.output[0]] = self.alias(node.input[0])
            return True
        layer = self._layer(node)
        self.nodes.append(layer)
        self.made[layer.name] = layer.name
        return True

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
            kind = library().helper.tensor_dtype_to_np_dtype(self._attribute(node, "to", 0))
            if kind != np.dtype(self.kind):
                raise self._refused(node, f"turns {self.kind} into {kind}")
            return True
        if node.op_type in ("Flatten", "Reshape", "Squeeze", "Unsqueeze"):
            if any(shapes.known[node.input[0]] != shapes.known[node.output[0]] for shapes in self.shapes):
                raise self._refused(node, "gives the units of a layer another shape")
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
            return self._normalisation(node, name)
        return Activation(name, self._value(node, node.input[0]), kind, self._parameters(node))

    def _dense(self, node: Any, name: str) -> Dense:
        source = self._value(node, node.input[0])
        weight = self._weight(node)
        if node.op_type == "MatMul":
            return Dense(name, source, weight.T, np.zeros(weight.shape[1]))
        if self._attribute(node, "transA", 0):
            raise self._refused(node, "turns its rows into columns")
        if not self._attribute(node, "transB", 0):
            weight = weight.T
        offset = (
            self._vector(node, node.input[2], len(weight))
            if node.input[2:] and node.input[2]
            else np.zeros(len(weight))
        )
        alpha, beta = self._attribute(node, "alpha", 1.0), self._attribute(node, "beta", 1.0)
        return Dense(name, source, alpha * weight, beta * offset)

    def _weight(self, node: Any) -> Matrix:
        weight = self.constants.get(node.input[1])
        if weight is None or weight.ndim != 2:
            raise self._refused(node, "has no matrix of weights in the file")
        if str(weight.dtype) not in KINDS or self.kind not in ("", str(weight.dtype)):
            raise self._refused(
                node, f"has weights of {weight.dtype}, and they must be {self.kind or ' or '.join(KINDS)}"
            )
        self.kind = str(weight.dtype)
        return self._finite(node, weight)

    def _affine(self, node: Any, name: str) -> Affine:
        first, second = node.input
        constant, value = (first, second) if first in self.constants else (second, first)
        source = self._value(node, value)
        given = self._vector(node, constant, self._width(value))
        one, none = np.ones(len(given)), np.zeros(len(given))
        if node.op_type == "Add":
            return Affine(name, source, one, given)
        if node.op_type == "Mul":
            return Affine(name, source, given, none)
        if node.op_type == "Sub":
            return Affine(name, source, one, -given) if constant == second else Affine(name, source, -one, given)
        if constant == first or not given.all():
            raise self._refused(node, "divides by what may be zero")
        return Affine(name, source, 1 / given, none)

    def _normalisation(self, node: Any, name: str) -> Affine:
        if self._attribute(node, "training_mode", 0):
            raise self._refused(node, "is in training mode")
        source, width = self._value(node, node.input[0]), self._width(node.input[0])
        scale, shift, mean, variance = (self._vector(node, given, width) for given in node.input[1:5])
        scale = scale / np.sqrt(variance + self._attribute(node, "epsilon", 1e-5))
        return Affine(name, source, scale, shift - mean * scale)

    def _concatenation(self, node: Any, name: str) -> Concatenation:
        if self._attribute(node, "axis", 1) not in (1, -1):
            raise self._refused(node, "joins rows")
        return Concatenation(name, tuple(self._value(node, part) for part in node.input))

    def _parameters(self, node: Any) -> tuple[float, ...]:
        if node.op_type == "Clip":
            ends = [self.constants.get(name) if name else None for name in (*node.input[1:3], "", "")][:2]
            low, high = (
                end.item() if end is not None else beyond for end, beyond in zip(ends, (-np.inf, np.inf), strict=True)
            )
            return (low, high)
        if node.op_type == "Gelu":
            return (float(self._attribute(node, "approximate", b"none") == b"tanh"),)
        if node.op_type not in operators.PARAMETERS:
            raise self._refused(node, "is not read after the first weight")
        return tuple(float(self._attribute(node, name, usual)) for name, usual in operators.PARAMETERS[node.op_type])

    def _value(self, node: Any, name: str) -> str:
        """A value by its name; one from before the first weight becomes a source."""
        if name in self.made:
            return self.made[name]
        if name in self.constants or len(self.shapes[0].known[name]) != 2:
            raise self._refused(node, f"is given {name[:60]!r}, which is not rows of units")
        self.sources[name] = self._width(name)
        return name

    def _width(self, name: str) -> int:
        return int(self.shapes[0].known[name][1])

    def _vector(self, node: Any, name: str, width: int) -> Vector:
        """A constant as one number a unit."""
        values = self.constants.get(name)
        if values is None or values.size not in (1, width) or values.size != (values.shape[-1] if values.ndim else 1):
            shape = "no constant" if values is None else list(values.shape)
            raise self._refused(node, f"needs a constant of {width} numbers, one a unit, however: {shape}")
        return np.broadcast_to(self._finite(node, values).ravel(), (width,)).copy()

    def _finite(self, node: Any, values: NDArray[Any]) -> NDArray[np.float64]:
        if bad := int((~np.isfinite(values)).sum()):
            raise self._refused(node, f"must have finite weights, however: {bad} of {values.size} are no numbers")
        return values.astype(np.float64)

    @staticmethod
    def _attribute(node: Any, name: str, usual: Any) -> Any:
        given = [attribute for attribute in node.attribute if attribute.name == name]
        return library().helper.get_attribute_value(given[0]) if given else usual

    @staticmethod
    def _refused(node: Any, why: str) -> UnsupportedScorer:
        return UnsupportedScorer(f"{called(node)} {why}")
