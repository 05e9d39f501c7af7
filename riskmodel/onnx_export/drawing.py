"""An ONNX model while it is written: nodes and constants, each value with a name of its own.

The same calls give the same bytes. A batch may have any number of rows.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import RiskModelError

Width = Literal["float64", "float32"]
WIDTHS = get_args(Width)

ROWS, MARGIN, PD = "rows", "margin", "pd"
PRODUCER = "riskmodel"
OPSETS = {"": 17, "ai.onnx.ml": 5}  # TreeEnsemble, with doubles and sets of categories, came with 5
IR = 10


class Drawing:
    """A model of n x columns `rows` in the given width; margins and PDs come out in double precision, n x 1."""

    def __init__(self, columns: int, width: Width) -> None:
        self.columns, self.width = columns, width
        self._onnx = library()
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node with one output; returns the output's name. Arrays among the attributes become tensors."""
        name = f"v{len(self._nodes)}"
        named = {key: self._attribute(value) for key, value in attributes.items()}
        self._nodes.append(self._onnx.helper.make_node(operator, list(inputs), [name], name, domain=domain, **named))
        return name

    def _attribute(self, value: Any) -> Any:
        return self._onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value

    def constant(self, values: NDArray[Any]) -> str:
        """A name for an array."""
        name = f"c{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def number(self, value: float) -> str:
        """A name for a double."""
        return self.constant(np.array(value, np.float64))

    def cast(self, value: str, kind: type[np.generic]) -> str:
        """The value as another kind of number."""
        return self.add("Cast", value, to=self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(kind)))

    def columns_of(self, value: str, positions: NDArray[np.integer[Any]]) -> str:
        """Some columns of a matrix, in the given order."""
        return self.add("Gather", value, self.constant(np.asarray(positions, np.int64)), axis=1)

    def filled(self, rows: str, value: float) -> str:
        """A double a row: n x 1."""
        count = self.add("Shape", rows, start=0, end=1)
        shape = self.add("Concat", count, self.constant(np.ones(1, np.int64)), axis=0)
        return self.add("Expand", self.number(value), shape)

    def finished(self, margin: str) -> bytes:
        """The model's file, with `margin` (n x 1 doubles) as its one output."""
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        kind = kinds.DOUBLE if self.width == "float64" else kinds.FLOAT
        self._nodes.append(helper.make_node("Identity", [margin], [MARGIN], MARGIN))
        graph = helper.make_graph(
            self._nodes,
            PRODUCER,
            [helper.make_tensor_value_info(ROWS, kind, ["n", self.columns])],
            [helper.make_tensor_value_info(MARGIN, kinds.DOUBLE, ["n", 1])],
            self._constants,
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR, producer_name=PRODUCER)
        return bytes(model.SerializeToString(deterministic=True))


def library() -> ModuleType:
    """The package onnx. Raises: RiskModelError where it is missing."""
    try:
        import onnx
    except ModuleNotFoundError as error:
        if error.name != "onnx":
            raise
        raise RiskModelError("ONNX needs its libraries: pip install 'riskmodel[onnx]'") from error
    return onnx
