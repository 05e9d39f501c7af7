"""The largest or the mean over months and places."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from riskmodel.networks.graph import (
    Pooling,
    PoolKind,
)
from riskmodel.onnx_export.foreign.places import ZERO, Ids, all_channels
from riskmodel.onnx_export.foreign.strip_layers import windows_at
from riskmodel.onnx_export.foreign.strips import Strips


def pooled(strips: Strips, node: Any) -> Ids:
    ids, windows = strips.spread(node, node.input[0]).ids, windows_at(strips, node)
    kind: PoolKind = "max" if node.op_type == "MaxPool" else "mean"
    result = np.empty((1, ids.shape[1], *windows.outputs), np.int64)
    for place in np.ndindex(*windows.outputs):
        at = [one for one in windows.of(place) if one is not None]
        if (
            kind == "mean"
            and len(at) < len(windows.of(place))
            and strips.layers.attribute(node, "count_include_pad", 0)
        ):
            raise strips.layers.refused(node, "counts its padding")
        result[all_channels(place)] = _pool(strips, node, kind, [ids[all_channels(one)] for one in at], str(place))
    return result


def _pool(strips: Strips, node: Any, kind: PoolKind, parts: list[Ids], at: str) -> Ids:
    if any((part == ZERO).any() for part in parts):
        raise strips.layers.refused(node, "takes in padding")
    stem = str(node.output[0])
    names = tuple(strips.places.vector(part, stem) for part in parts)
    return strips.places.added(Pooling(f"{stem}@{at}", kind, names), len(parts[0]))


def pooled_whole(strips: Strips, node: Any) -> Ids:
    ids = strips.spread(node, node.input[0]).ids
    return _reduced_over(strips, node, ids, list(range(2, ids.ndim)), keep=True)


def reduced(strips: Strips, node: Any) -> Ids:
    ids = strips.spread(node, node.input[0])
    axes = strips.layers.attribute(node, "axes", None)
    if axes is None and node.input[1:] and node.input[1] in strips.layers.constants:
        axes = strips.layers.constants[node.input[1]].ravel().tolist()
    axes = sorted(axis % ids.ids.ndim for axis in axes or [])
    if not axes or ids.row in axes:
        raise strips.layers.refused(node, "must reduce places, and no rows")
    return _reduced_over(strips, node, ids.ids, axes, keep=bool(strips.layers.attribute(node, "keepdims", 1)))


def _reduced_over(strips: Strips, node: Any, ids: Ids, axes: list[int], *, keep: bool) -> Ids:
    kind: PoolKind = "max" if "Max" in node.op_type else "mean"
    first = np.moveaxis(ids, axes, range(len(axes)))
    parts = [first[at].ravel() for at in product(*(range(ids.shape[axis]) for axis in axes))]
    shape = [1 if i in axes else size for i, size in enumerate(ids.shape) if keep or i not in axes]
    return _pool(strips, node, kind, parts, "all").reshape(shape)
