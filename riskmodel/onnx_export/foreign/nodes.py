"""What was read of a file so far, and how a node's constants and attributes are read; what cannot be is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import Node
from riskmodel.onnx_export.drawing import library
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.constants import Constants
from riskmodel.onnx_export.foreign.frame import called
from riskmodel.onnx_export.foreign.shapes import NetworkShapes

KINDS = ("float32", "float64")


class FileNodes:
    """Layers, the names that stand for the same value, and what the layers take from before the first weight."""

    def __init__(self, constants: Constants, shapes: list[NetworkShapes]) -> None:
        self.constants, self.shapes = constants.arrays, shapes
        self.nodes: list[Node] = []
        self.sources: dict[str, int] = {}
        self.made: dict[str, str] = {}  # a value by the name of the layer that makes it
        self.kind = ""
        self.zeros = {name for name, values in constants.arrays.items() if not values.any()}  # nothing but zeros

    @property
    def made_by(self) -> dict[str, Node]:
        """Each layer by its name."""
        return {node.name: node for node in self.nodes}

    def alias(self, name: str) -> str:
        return self.made.get(name, name)

    def weight(self, node: Any, rank: int = 2) -> Matrix:
        weight = self.constants.get(node.input[1])
        if weight is None or weight.ndim != rank:
            raise self.refused(node, "has no matrix of weights in the file")
        self.of_kind(node, weight)
        return self.finite(node, weight)

    def of_kind(self, node: Any, weight: NDArray[Any]) -> None:
        """All weights of a file are of one kind. Raises: UnsupportedScorer."""
        if str(weight.dtype) not in KINDS or self.kind not in ("", str(weight.dtype)):
            raise self.refused(
                node, f"has weights of {weight.dtype}, and they must be {self.kind or ' or '.join(KINDS)}"
            )
        self.kind = str(weight.dtype)

    def line(self, node: Any, given: Vector, *, first: bool) -> tuple[Vector, Vector]:
        """Scale and shift of arithmetic with these constants, which stand first or second."""
        one, none = np.ones(given.shape), np.zeros(given.shape)
        if node.op_type == "Add":
            return one, given
        if node.op_type == "Mul":
            return given, none
        if node.op_type == "Sub":
            return (-one, given) if first else (one, -given)
        if first or not given.all():
            raise self.refused(node, "divides by what may be zero")
        return 1 / given, none

    def normalisation(self, node: Any, width: int) -> tuple[Vector, Vector]:
        """Scale and shift of each channel."""
        if self.attribute(node, "training_mode", 0):
            raise self.refused(node, "is in training mode")
        scale, shift, mean, variance = (self.vector(node, given, width) for given in node.input[1:5])
        scale = scale / np.sqrt(variance + self.attribute(node, "epsilon", 1e-5))
        return scale, shift - mean * scale

    def parameters(self, node: Any) -> tuple[float, ...]:
        if node.op_type == "Clip":
            ends = [self.constants.get(name) if name else None for name in (*node.input[1:3], "", "")][:2]
            low, high = (
                end.item() if end is not None else beyond for end, beyond in zip(ends, (-np.inf, np.inf), strict=True)
            )
            return (low, high)
        if node.op_type == "Gelu":
            return (float(self.attribute(node, "approximate", b"none") == b"tanh"),)
        if node.op_type not in operators.PARAMETERS:
            raise self.refused(node, "is not read after the first weight")
        return tuple(float(self.attribute(node, name, usual)) for name, usual in operators.PARAMETERS[node.op_type])

    def width(self, name: str) -> int:
        return int(self.shapes[0].known[name][1])

    def finite(self, node: Any, values: NDArray[Any]) -> NDArray[np.float64]:
        if bad := int((~np.isfinite(values)).sum()):
            raise self.refused(node, f"must have finite weights, however: {bad} of {values.size} are no numbers")
        return values.astype(np.float64)

    @staticmethod
    def attribute(node: Any, name: str, usual: Any) -> Any:
        given = [attribute for attribute in node.attribute if attribute.name == name]
        return library().helper.get_attribute_value(given[0]) if given else usual

    @staticmethod
    def refused(node: Any, why: str) -> UnsupportedScorer:
        return UnsupportedScorer(f"{called(node)} {why}")

    def vector(self, node: Any, name: str, width: int) -> Vector:
        """A constant as one number a unit."""
        values = self.constants.get(name)
        if values is None or values.size not in (1, width) or values.size != (values.shape[-1] if values.ndim else 1):
            shape = "no constant" if values is None else list(values.shape)
            raise self.refused(node, f"needs a constant of {width} numbers, one a unit, however: {shape}")
        return np.broadcast_to(self.finite(node, values).ravel(), (width,)).copy()
