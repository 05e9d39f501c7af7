"""What is done to each number over months and places, or to two of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph import (
    Activation,
    Affine,
    Join,
    JoinKind,
)
from riskmodel.onnx_export.foreign import operators
from riskmodel.onnx_export.foreign.places import ZERO, Ids, by_channel
from riskmodel.onnx_export.foreign.strips import Strips


def of_one(strips: Strips, node: Any) -> Ids:
    """A function of each number by itself, on every value that has some of them."""
    if node.op_type not in operators.PARAMETERS and node.op_type not in ("Clip", "Gelu"):
        raise strips.layers.refused(node, "is not read after the first weight")
    given, kind = strips.spread(node, node.input[0]).ids, strips.layers.parameters(node)
    return _each(strips, node, given, lambda name, source, _: Activation(name, source, node.op_type, kind))


def _each(strips: Strips, node: Any, ids: Ids, made: Callable[[str, str, Ids], Activation | Affine]) -> Ids:
    """New numbers in the place of the old; `made` is given a name, a value, and where in `ids` it stands."""
    if (ids == ZERO).any():
        raise strips.layers.refused(node, "comes between padding and what it is padded for")
    result, owners = np.empty_like(ids), strips.places.owners(ids)
    for owner in dict.fromkeys(owners.ravel().tolist()):
        source = strips.places.names[owner]
        step = made(f"{node.output[0]}/{owner}", source, np.flatnonzero(owners == owner))
        new = strips.places.added(step, len(strips.places.of(owner)))
        at = owners == owner
        result[at] = new[strips.places.columns(ids[at])]
    return result


def arithmetic(strips: Strips, node: Any) -> Ids:
    values = strips.values(node)
    if len(values) == 2:
        if node.op_type not in operators.JOINS:
            raise strips.layers.refused(node, "is not read after the first weight")
        return _joined(strips, node, *(strips.spread(node, name).ids for name in values))
    (value,) = values
    constant = strips.layers.constants[next(name for name in node.input if name != value)]
    ids = strips.spread(node, value).ids
    numbers = np.broadcast_to(strips.layers.finite(node, constant), ids.shape)
    scale, shift = strips.layers.line(node, np.ascontiguousarray(numbers), first=node.input[0] != value)
    return _line(strips, node, ids, scale, shift)


def _line(strips: Strips, node: Any, ids: Ids, scale: NDArray[np.float64], shift: NDArray[np.float64]) -> Ids:
    def made(name: str, source: str, at: Ids) -> Affine:
        columns = strips.places.columns(ids.ravel()[at])
        width = len(strips.places.of(strips.places.names.index(source)))
        steps = np.array([np.ones(width), np.zeros(width)])
        steps[:, columns] = scale.ravel()[at], shift.ravel()[at]
        if not np.array_equal(steps[:, columns], (scale.ravel()[at], shift.ravel()[at])):
            raise strips.layers.refused(node, "has other constants for each use of a number")
        return Affine(name, source, steps[0], steps[1], str(node.output[0]))

    result = _each(strips, node, ids, made)
    channels = strips.places.channels(result)
    if channels is None or any((np.ptp(by_channel(each, channels[0]), axis=1) > 0).any() for each in (scale, shift)):
        raise strips.layers.refused(node, "has other constants at each place")
    strips.lines[node.output[0]] = channels
    return result


def normalised(strips: Strips, node: Any) -> Ids:
    ids = strips.spread(node, node.input[0]).ids
    scale, shift = strips.layers.normalisation(node, ids.shape[1])
    shape = (1, -1, *(1,) * (ids.ndim - 2))
    return _line(strips, node, ids, *(np.broadcast_to(each.reshape(shape), ids.shape) for each in (scale, shift)))


def _joined(strips: Strips, node: Any, left: Ids, right: Ids) -> Ids:
    """Value by value of the side whose values are whole."""
    left, right = (np.ascontiguousarray(side) for side in np.broadcast_arrays(left, right))
    kind = cast(JoinKind, operators.JOINS[node.op_type])
    result, owners = np.full_like(left, ZERO), strips.places.owners(left)
    if (left == ZERO).any() or (right == ZERO).any():
        raise strips.layers.refused(node, "comes between padding and what it is padded for")
    for owner in dict.fromkeys(owners.ravel().tolist()):
        at = owners == owner
        own, other = left[at], right[at]
        if not at.any() or len(set(own.tolist())) != len(own):
            raise strips.layers.refused(node, "takes one number several times")
        names = [strips.places.vector(side, str(node.output[0])) for side in (own, other)]
        result[at] = strips.places.added(Join(f"{node.output[0]}/{owner}", kind, *names), len(own))
    return result
