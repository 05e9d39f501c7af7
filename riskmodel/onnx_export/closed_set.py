"""What a model may be that the runtime is given: the operators and attributes that this room writes, of bounded size.

Nothing is believed that the file says of its maker. No graph lies in an attribute, so nothing loops and no tensor can
point to a file; what every value takes for one row is worked out before the runtime sees the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np

from riskmodel import limits
from riskmodel.errors import BundleError
from riskmodel.onnx_export.drawing import MARGIN, OPSETS, PD, ROWS
from riskmodel.onnx_export.shapes import Shapes
from riskmodel.onnx_export.tree_arrays import check_trees, numpy_helper

_PLAIN = (
    "Abs Add Div DynamicQuantizeLinear Equal Exp Expand Floor GreaterOrEqual Identity IsInf IsNaN Less LessOrEqual Log "
    "MatMul MatMulInteger Max Min Mul Neg Or QuantizeLinear Relu Reshape Sigmoid Sub Tanh Unsqueeze Where"
)
_TREES = (
    "aggregate_function leaf_targetids leaf_weights membership_values n_targets nodes_falseleafs nodes_falsenodeids "
    "nodes_featureids nodes_missing_value_tracks_true nodes_modes nodes_splits nodes_trueleafs nodes_truenodeids "
    "post_transform tree_roots"
)
OPERATORS: Mapping[tuple[str, str], frozenset[str]] = MappingProxyType(
    {
        **{("", name): frozenset() for name in _PLAIN.split()},
        ("", "Cast"): frozenset({"to"}),
        ("", "Concat"): frozenset({"axis"}),
        ("", "DequantizeLinear"): frozenset({"axis"}),
        ("", "Gather"): frozenset({"axis"}),
        ("", "QuantizeLinear"): frozenset({"axis"}),
        ("", "ReduceLogSumExp"): frozenset({"axes", "keepdims"}),
        ("", "ReduceSum"): frozenset({"keepdims"}),
        ("", "Shape"): frozenset({"start", "end"}),
        ("ai.onnx.ml", "TreeEnsemble"): frozenset(_TREES.split()),
    }
)
_ATTRIBUTES = (1, 2, 4, 7)  # a float, a whole number, a tensor, whole numbers: no text, no graph, no type
_WIDTHS = MappingProxyType({1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 11: 8})  # bytes of an element by its ONNX type


def check(proto: Any, columns: int) -> int:
    """How many numbers the values of one row take, at most. Raises: BundleError for what is none of ours."""
    _check_frame(proto)
    limits.check("onnx_nodes", len(proto.graph.node), "the ONNX model", BundleError)
    for node in proto.graph.node:
        _check_node(node, columns)
    for tensor in proto.graph.initializer:
        check_tensor(tensor)
    return _check_sizes(proto, columns)


def _check_frame(proto: Any) -> None:
    graph = proto.graph
    imports = {opset.domain: opset.version for opset in proto.opset_import}
    odd = (
        *proto.functions,
        *proto.training_info,
        *graph.sparse_initializer,
        *graph.quantization_annotation,
    )
    outputs = {value.name for value in graph.output}
    ours = [value.name for value in graph.input] == [ROWS] and MARGIN in outputs and outputs <= {MARGIN, PD}
    if odd or not ours:
        raise BundleError(f"an ONNX model must make {ROWS} into {MARGIN} by itself alone, however: this one does not")
    if not imports or any(OPSETS.get(domain) != version for domain, version in imports.items()):
        raise BundleError(f"an ONNX model must be of the opsets {OPSETS}, however: {str(imports)[:200]}")


def _check_node(node: Any, columns: int) -> None:
    operator = (str(node.domain), str(node.op_type))
    if operator not in OPERATORS:
        raise BundleError(f"an ONNX model must be of our operators alone, however: {'.'.join(operator)[:80]!r}")
    for attribute in node.attribute:
        known = attribute.name in OPERATORS[operator] and attribute.type in _ATTRIBUTES
        if not known or attribute.ref_attr_name or attribute.HasField("g") or attribute.graphs:
            raise BundleError(
                f"an ONNX model must be of our operators and their attributes alone, however: "
                f"{operator[1]} has {str(attribute.name)[:60]!r}"
            )
        if attribute.type == 4:
            check_tensor(attribute.t)
    if operator[1] == "TreeEnsemble":
        check_trees(node, columns)


def check_tensor(tensor: Any) -> None:
    """A tensor has the bytes that its shape says, and has them here."""
    if tensor.external_data or tensor.data_location or tensor.HasField("segment") or tensor.string_data:
        raise BundleError("an ONNX model must have its numbers in itself, however: a tensor points elsewhere")
    width, shape = _WIDTHS.get(tensor.data_type), list(tensor.dims)
    if width is None or any(size < 0 for size in shape):
        raise BundleError(f"an ONNX model must be of plain numbers, however: a tensor of type {tensor.data_type}")
    fields = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data)
    given = len(tensor.raw_data) if tensor.raw_data else sum(map(len, fields)) * width
    if prod(shape) * width != given:
        raise BundleError(
            f"an ONNX model must have as many numbers as it says, however: a tensor of {given} bytes says {shape[:8]}"
        )


def _check_sizes(proto: Any, columns: int) -> int:
    """Works the shapes out for one row and for three: what grows faster than the rows is refused."""
    one, three = (_numbers(proto, rows, columns) for rows in (1, 3))
    for name, size in one.items():
        if three[name] > 3 * size:
            raise BundleError(f"an ONNX model must grow with its rows alone, however: {name[:60]!r} grows faster")
    most = sum(one.values())
    limits.check("onnx_values", most, "the ONNX model", BundleError)
    return most


def _numbers(proto: Any, rows: int, columns: int) -> dict[str, int]:
    """How many numbers each value that is made has."""
    tensors = {tensor.name: tensor for tensor in proto.graph.initializer}
    small = {name: tensor for name, tensor in tensors.items() if tensor.data_type == 7 and prod(tensor.dims) <= 16}
    shapes = Shapes(
        {**{name: tuple(tensor.dims) for name, tensor in tensors.items()}, ROWS: (rows, columns)},
        {name: numpy_helper().to_array(tensor).ravel().tolist() for name, tensor in small.items()},
    )
    if len(tensors) < len(proto.graph.initializer) or ROWS in tensors:
        raise BundleError("an ONNX model must have a name for each value, however: two share one")
    made: dict[str, int] = {}
    try:
        for node in proto.graph.node:
            made |= {name: prod(shape) for name, shape in shapes.add(node)}
    except (KeyError, IndexError, ValueError) as error:
        raise BundleError(f"an ONNX model must be whole, however: {str(error)[:150]}") from error
    if missing := [value.name for value in proto.graph.output if value.name not in made]:
        raise BundleError(f"an ONNX model must be whole, however: nothing makes {missing[0]}")
    return made


def rows_at_once(numbers: int) -> int:
    """How many rows are run together, so that what a model holds stays within 64 million numbers."""
    return int(np.clip((64 << 20) // max(1, numbers), 1, 1 << 20))
