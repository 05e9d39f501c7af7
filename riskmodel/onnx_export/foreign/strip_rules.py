"""Which rule reads which node over months and places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from riskmodel.onnx_export.foreign.places import Ids
from riskmodel.onnx_export.foreign.strip_arithmetic import arithmetic, normalised, of_one
from riskmodel.onnx_export.foreign.strip_layers import convolution, product_of_places, recurrent_states
from riskmodel.onnx_export.foreign.strip_pools import pooled, pooled_whole, reduced
from riskmodel.onnx_export.foreign.strip_shapes import concatenated, gathered, padded, rearranged, split
from riskmodel.onnx_export.foreign.strips import Strips


def take_over_places(strips: Strips, node: Any) -> None:
    """Adds what the node does to the layers. Raises: UnsupportedScorer."""
    made = _RULES.get(node.op_type, of_one)(strips, node)
    outputs = made if isinstance(made, tuple) else (made,)
    for name, ids in zip(node.output, outputs, strict=False):
        strips.keep(node, str(name), ids)


_RULES: Mapping[str, Callable[[Strips, Any], Ids | tuple[Ids, ...]]] = {
    **dict.fromkeys(("Add", "Sub", "Mul", "Div"), arithmetic),
    **dict.fromkeys(
        ("Cast", "Dropout", "Flatten", "Identity", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"),
        rearranged,
    ),
    **dict.fromkeys(("MaxPool", "AveragePool"), pooled),
    **dict.fromkeys(("GlobalMaxPool", "GlobalAveragePool"), pooled_whole),
    **dict.fromkeys(("ReduceMean", "ReduceMax"), reduced),
    **dict.fromkeys(("GRU", "LSTM"), recurrent_states),
    "BatchNormalization": normalised,
    "Concat": concatenated,
    "Conv": convolution,
    "Gather": gathered,
    "MatMul": product_of_places,
    "Pad": padded,
    "Split": split,
}
