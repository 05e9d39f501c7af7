"""Matrices over months and places: products, convolutions, recurrent cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph import (
    Affine,
    Dense,
)
from riskmodel.onnx_export.foreign.places import ZERO, Ids, all_channels
from riskmodel.onnx_export.foreign.recurrent import recurrent
from riskmodel.onnx_export.foreign.strips import Strips
from riskmodel.onnx_export.foreign.windows import Windows, windows_of


def product_of_places(strips: Strips, node: Any) -> Ids:
    """A matrix on every place."""
    weight = strips.layers.weight(node).T
    ids = strips.spread(node, node.input[0]).ids
    result = np.empty((*ids.shape[:-1], len(weight)), np.int64)
    for place in np.ndindex(*ids.shape[:-1]):
        result[place] = _dense(strips, node, place, ids[place], weight, np.zeros(len(weight)))
    return result


def _dense(  # noqa: PLR0917
    strips: Strips, node: Any, place: tuple[int, ...], ids: Ids, weight: NDArray[Any], bias: NDArray[Any]
) -> Ids:
    name, tie = str(node.output[0]), str(node.output[0])
    at = "@" + ",".join(map(str, place))
    return strips.places.added(Dense(f"{name}{at}", strips.places.vector(ids, name), weight, bias, tie), len(bias))


def convolution(strips: Strips, node: Any) -> Ids:
    ids, windows = strips.spread(node, node.input[0]).ids, windows_at(strips, node)
    kernel = strips.layers.weight(node, ids.ndim)
    if kernel.shape[1] != ids.shape[1] or strips.layers.attribute(node, "group", 1) != 1:
        raise strips.layers.refused(node, "must read all channels at once (group = 1)")
    weight = np.moveaxis(kernel, 1, -1).reshape(len(kernel), -1)
    bias = np.zeros(len(kernel))
    if node.input[2:] and node.input[2]:
        bias = strips.layers.finite(node, strips.layers.constants[node.input[2]])
    result = np.empty((1, len(kernel), *windows.outputs), np.int64)
    for place in np.ndindex(*windows.outputs):
        inputs = [_channels(strips, node, ids, at) for at in windows.of(place)]
        result[all_channels(place)] = _dense(strips, node, place, np.concatenate(inputs), weight, bias)
    return result


def windows_at(strips: Strips, node: Any, *, floor: bool = True) -> Windows:
    shape = strips.layers.shapes[0].known[node.input[0]][2:]
    kernel = strips.layers.attribute(node, "kernel_shape", None)
    kernel = kernel or strips.layers.constants[node.input[1]].shape[2:]
    given = {name: strips.layers.attribute(node, name, None) for name in ("strides", "dilations", "pads")}
    padding = strips.layers.attribute(node, "auto_pad", b"NOTSET").decode()
    if strips.layers.attribute(node, "ceil_mode", 0) and floor:
        raise strips.layers.refused(node, "rounds its places up")
    windows = windows_of(shape, tuple(kernel), padding=padding, **given)
    if windows.outputs != strips.layers.shapes[0].known[node.output[0]][2:]:
        raise strips.layers.refused(node, "has places that are not read")
    return windows


def _channels(strips: Strips, node: Any, ids: Ids, at: tuple[int, ...] | None) -> Ids:
    """All channels of a place; of padding zeros that belong to the channels beside."""
    own = np.full(ids.shape[1], ZERO) if at is None else ids[all_channels(at)]
    if (own != ZERO).all():
        return own
    beside = next(
        (ids[all_channels(p)] for p in np.ndindex(*ids.shape[2:]) if (ids[all_channels(p)] != ZERO).all()),
        None,
    )
    if beside is None or (own != ZERO).any():
        raise strips.layers.refused(node, "has padding among its channels")
    source, name, width = strips.places.vector(beside, node.output[0]), f"{node.output[0]}/zero", len(own)
    if name not in strips.flat:
        strips.flat[name] = strips.places.added(Affine(name, source, np.zeros(width), np.zeros(width)), width)
    return strips.flat[name]


def recurrent_states(strips: Strips, node: Any) -> tuple[Ids, ...]:
    """Every month's states, months x directions x 1 x units, and the last ones, directions x 1 x units."""
    months = strips.spread(node, node.input[0]).ids[:, 0]
    every, last = list[list[Ids]](), list[list[Ids]]()
    cells = recurrent(strips.layers, node)
    strips.bound += [(cells[0].ends(len(months))[0], cell.ends(len(months))[0]) for cell in cells[1:]]
    for cell in cells:
        order = list(range(len(months)))[:: -1 if cell.backward else 1]
        given = [strips.places.vector(months[month], str(node.output[0])) for month in order]
        states: dict[str, Ids] = {}
        for step in cell.nodes(given):
            states[step.name] = strips.places.added(step, cell.units)
        every.append([states[cell.state(1 + order.index(month))] for month in range(len(months))])
        last.append([states[name] for name in cell.ends(len(months))])
    final = (np.stack([one[part] for one in last])[:, None] for part in range(len(last[0])))
    return (np.stack([np.stack(one) for one in every], axis=1)[:, :, None], *final)
