"""What only rearranges numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from riskmodel.onnx_export.foreign.places import ZERO, Ids, Spread
from riskmodel.onnx_export.foreign.strips import Strips


def rearranged(strips: Strips, node: Any) -> Ids | tuple[Ids, ...]:
    given = strips.spread(node, node.input[0])
    shapes = [shapes.known[node.output[0]] for shapes in strips.layers.shapes]
    if node.op_type in ("Flatten", "Reshape", "Squeeze", "Unsqueeze"):
        row = strips.row(node, node.output[0])
        if np.prod(shapes[0][:row]) != np.prod(given.ids.shape[: given.row]):
            raise strips.layers.refused(node, "mixes its rows with another axis")
        return given.ids.reshape(shapes[0])
    if node.op_type == "Transpose":
        return np.transpose(given.ids, strips.layers.attribute(node, "perm", None))
    return given.ids if node.op_type != "Slice" else _sliced(strips, node, given)


def _sliced(strips: Strips, node: Any, given: Spread) -> Ids:
    lists = [strips.layers.constants[name].ravel().tolist() if name else None for name in node.input[1:]]
    starts, ends, axes, steps = (*lists, None, None)[:4]
    cuts = [slice(None)] * given.ids.ndim
    for i, (start, end) in enumerate(zip(starts or [], ends or [], strict=True)):
        cuts[axes[i] if axes else i] = slice(start, end if abs(end) < 1 << 40 else None, steps[i] if steps else 1)
    return given.ids[tuple(cuts)]


def gathered(strips: Strips, node: Any) -> Ids:
    at = strips.layers.constants.get(node.input[1])
    if at is None:
        raise strips.layers.refused(node, "looks up places that the file does not say")
    return np.take(strips.spread(node, node.input[0]).ids, at, axis=strips.layers.attribute(node, "axis", 0))


def split(strips: Strips, node: Any) -> tuple[Ids, ...]:
    ids, axis = strips.spread(node, node.input[0]).ids, strips.layers.attribute(node, "axis", 0)
    sizes = [strips.layers.shapes[0].known[name][axis] for name in node.output]
    return tuple(np.split(ids, np.cumsum(sizes)[:-1], axis=axis))


def concatenated(strips: Strips, node: Any) -> Ids:
    parts = [strips.spread(node, name).ids for name in strips.values(node)]
    if len(parts) != len(node.input):
        raise strips.layers.refused(node, "joins constants to a layer")
    return np.concatenate(parts, axis=strips.layers.attribute(node, "axis", 0))


def padded(strips: Strips, node: Any) -> Ids:
    mode, ids = strips.layers.attribute(node, "mode", b"constant"), strips.spread(node, node.input[0]).ids
    with_ = strips.layers.constants.get(node.input[2]) if node.input[2:] and node.input[2] else np.zeros(1)
    if mode != b"constant" or with_ is None or with_.any() or node.input[3:]:
        raise strips.layers.refused(node, "must pad with zeros")
    pads = strips.layers.constants[node.input[1]].reshape(2, -1).T
    return np.pad(ids, pads, constant_values=ZERO)
