"""What a foreign ONNX file may be before any of it is believed: its size, its operators, its inputs and its output.

No graph lies in an attribute, no tensor outside the file, no function beside the graph; what every value takes for one
row is worked out before the runtime sees the model, as for our own files.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from riskmodel import limits
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.onnx_export.closed_set import check_tensor
from riskmodel.onnx_export.drawing import library
from riskmodel.onnx_export.foreign import operators

TYPES = {1: "float32", 11: "float64", 6: "int32", 7: "int64"}  # ONNX's numbers of inputs
OPSETS = {"": range(11, 27), "ai.onnx": range(11, 27), "ai.onnx.ml": range(1, 6)}
NUMBERS, LISTS = (1, 2, 3, 4), (6, 7, 8)  # types of attributes: a number, a text, a tensor; numbers, texts


@dataclass(frozen=True)
class NetworkInput:
    """An input of the file: rows x `shape` numbers, none of them for one number a row."""

    name: str
    kind: str  # numpy's name of the numbers
    shape: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return prod(self.shape)


def parsed(content: bytes) -> Any:
    """The model, its unknown fields left out. Raises: BundleError for what is no ONNX file, or too large."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    limits.check("network_bytes", len(content), "the ONNX network", BundleError)
    try:
        model = library().ModelProto.FromString(content)
    except DecodeError as error:
        raise BundleError("a network must be an ONNX file, however: it is damaged, or of another kind") from error
    model.DiscardUnknownFields()
    return model


def check(model: Any) -> None:
    """Raises: BundleError for what is damaged or hostile, UnsupportedScorer for an operator that is not read."""
    graph = model.graph
    if not graph.node:
        raise BundleError("a network must have nodes, however: the ONNX file has none")
    if model.functions or model.training_info or graph.sparse_initializer or graph.quantization_annotation:
        raise UnsupportedScorer(
            "an ONNX network must be one graph of plain tensors, however: it has functions or others"
        )
    for opset in model.opset_import:
        if opset.domain in OPSETS and opset.version not in OPSETS[opset.domain]:
            versions = OPSETS[opset.domain]
            raise UnsupportedScorer(
                f"an ONNX network must be of opset {versions[0]} to {versions[-1]}, however: {opset.version}"
            )
    limits.check("onnx_nodes", len(graph.node), "the ONNX network", BundleError)
    for place, node in enumerate(graph.node):
        _check_node(node, place)
    for tensor in graph.initializer:
        check_tensor(tensor)


def called(node: Any, place: int | None = None) -> str:
    """A node as a message names it."""
    name = str(node.name) or (str(node.output[0]) if node.output else "")
    return f"node {name[:80]!r} ({node.op_type!s:.40})" if name or place is None else f"node {place} ({node.op_type})"


def _check_node(node: Any, place: int) -> None:
    operator = (str(node.domain).replace("ai.onnx", "") if node.domain == "ai.onnx" else str(node.domain), node.op_type)
    if operator not in operators.READ:
        raise UnsupportedScorer(
            f"{called(node, place)}: an operator that is not read; these are: Gemm, MatMul, Conv, GRU, LSTM, pooling, "
            f"Add, Mul, Concat, BatchNormalization, activations, and plain arithmetic before the first weight"
        )
    for attribute in node.attribute:
        plain = attribute.type in (*NUMBERS, *LISTS) and not attribute.ref_attr_name
        if not plain or attribute.HasField("g") or attribute.graphs:
            raise BundleError(f"{called(node, place)}: attribute {str(attribute.name)[:60]!r} must be plain numbers")
        if attribute.type == 4:
            check_tensor(attribute.t)


def inputs_of(model: Any) -> tuple[NetworkInput, ...]:
    """Raises: UnsupportedScorer for inputs that are not rows of so many numbers."""
    stored = {tensor.name for tensor in model.graph.initializer}
    given = tuple(_input(value) for value in model.graph.input if value.name not in stored)
    if not given:
        raise UnsupportedScorer("an ONNX network must have an input, however: it has none")
    return given


def _input(value: Any) -> NetworkInput:
    kind, name = value.type.tensor_type, str(value.name)[:80]
    dims = [(str(dim.dim_param) or "?") if not dim.HasField("dim_value") else dim.dim_value for dim in kind.shape.dim]
    if kind.elem_type not in TYPES:
        raise UnsupportedScorer(
            f"input {name!r} must be of numbers ({', '.join(TYPES.values())}), however: of another type"
        )
    if len(dims) not in (1, 2, 3) or not all(isinstance(dim, int) and dim > 0 for dim in dims[1:]):
        raise UnsupportedScorer(
            f"input {name!r} must be rows x a fixed number of columns, or of months and columns, however: {dims}"
        )
    if isinstance(dims[0], int) and dims[0] > 0:
        raise UnsupportedScorer(
            f"input {name!r} must take any number of rows, however: {dims[0]}; export it with a dynamic first axis"
        )
    return NetworkInput(str(value.name), TYPES[kind.elem_type], tuple(int(dim) for dim in dims[1:]))


def output_of(model: Any) -> str:
    """The one output. Raises: UnsupportedScorer."""
    names = [str(value.name) for value in model.graph.output]
    if len(names) != 1:
        listed = ", ".join(name[:40] for name in names[:6])
        raise UnsupportedScorer(
            f"an ONNX network must have one output, the PD or its log-odds, however: {len(names)} ({listed})"
        )
    return names[0]
