"""The numbers that stand in a file: tensors, `Constant` nodes, and what is made of these alone by rearrangement."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import BundleError
from riskmodel.onnx_export.drawing import library

ARRANGING = frozenset({"Constant", "Identity", "Transpose", "Cast", "Squeeze", "Unsqueeze", "Reshape"})


class Constants:
    """Arrays by name, more of them as nodes are read."""

    def __init__(self, model: Any) -> None:
        self._onnx = library()
        self.arrays: dict[str, NDArray[Any]] = {}
        for tensor in model.graph.initializer:
            if tensor.name in self.arrays:
                raise BundleError(
                    f"an ONNX network must have a name for each value, however: two are {tensor.name[:60]!r}"
                )
            self.arrays[tensor.name] = self._onnx.numpy_helper.to_array(tensor)

    def take(self, node: Any) -> bool:
        """Whether the node makes a constant, which is then known by its name."""
        if node.op_type not in ARRANGING or not all(name in self.arrays for name in node.input if name):
            return False
        made = self._made(node, [self.arrays[name] for name in node.input if name])
        self.arrays[node.output[0]] = made
        return True

    def _made(self, node: Any, given: list[NDArray[Any]]) -> NDArray[Any]:
        named = {a.name: self._onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            return self._constant(named)
        values = given[0]
        if node.op_type == "Transpose":
            return np.transpose(values, named.get("perm"))
        if node.op_type == "Cast":
            return values.astype(self._onnx.helper.tensor_dtype_to_np_dtype(named["to"]))
        if node.op_type == "Identity":
            return values
        axes = [int(axis) for axis in (given[1].ravel() if given[1:] else named.get("axes", []))]
        if node.op_type == "Reshape":
            return values.reshape([size or values.shape[i] for i, size in enumerate(axes)])
        return (
            np.expand_dims(values, tuple(axes))
            if node.op_type == "Unsqueeze"
            else np.squeeze(values, tuple(axes) or None)
        )

    def _constant(self, named: dict[str, Any]) -> NDArray[Any]:
        if "value" in named:
            array: NDArray[Any] = self._onnx.numpy_helper.to_array(named["value"])
            return array
        (name, value), *_ = named.items()
        return np.asarray(value, np.int64 if "int" in name else np.float32)
