"""The shapes of a foreign network's values: the rules of our own files, and those of the operators that these lack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from riskmodel.onnx_export.shapes import Shape, Shapes, broadcast

_BROADCAST = frozenset({"And", "Greater", "Pow"})
_KEPT = frozenset({"Binarizer", "Imputer", "Normalizer", "Scaler", "BatchNormalization", "Dropout", "Softmax"})
_KEPT |= {"Ceil", "Clip", "Not", "Round", "Sign", "Sqrt"}
_KEPT |= {"Elu", "Erf", "Gelu", "LeakyRelu", "Selu", "Softplus", "Tanh"}


class NetworkShapes(Shapes):
    """As `Shapes`; a second output, as that of a dropout, is not read."""

    def _made(self, kind: str, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> list[Shape]:
        if kind in _BROADCAST:
            return [broadcast(*inputs)]
        if kind in _KEPT:
            return [inputs[0]]
        if kind in _RULES:
            return [_RULES[kind](self, inputs, names, given)]
        return super()._made(kind, inputs, names, given)


def _gemm(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    left, right = (_turned(shape, given, name) for shape, name in zip(inputs, ("transA", "transB"), strict=False))
    if left[1] != right[0]:
        raise ValueError("a product does not fit")
    return left[0], right[1]


def _turned(shape: Shape, given: Mapping[str, Any], name: str) -> Shape:
    if len(shape) != 2:
        raise ValueError("a product is of matrices")
    return shape[::-1] if name in given and given[name].i else shape


def _flatten(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    shape, axis = inputs[0], int(given["axis"].i) if "axis" in given else 1
    axis += len(shape) if axis < 0 else 0
    return prod(shape[:axis]), prod(shape[axis:])


def _squeeze(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:
    rank = len(inputs[0])
    axes = list(given["axes"].ints) if "axes" in given else shapes.listed(names, 1)
    places = {axis % rank for axis in axes if -rank <= axis < rank}
    if any(inputs[0][place] != 1 for place in places) or len(places) != len(axes):
        raise ValueError("a squeeze does not fit")
    return tuple(size for i, size in enumerate(inputs[0]) if i not in places)


def _one_hot(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:
    if "axis" in given and given["axis"].i not in (-1, len(inputs[0])):
        raise ValueError("a one-hot of another axis than the last")
    (depth,) = shapes.listed(names, 1)
    return (*inputs[0], depth)


def _slice(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    starts, ends = shapes.listed(names, 1), shapes.listed(names, 2)
    axes: Sequence[int] = shapes.listed(names, 3) if names[3:] and names[3] else range(len(starts))
    steps = shapes.listed(names, 4) if names[4:] else [1] * len(starts)
    wanted = list(inputs[0])
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if axis % len(wanted) == 0:
            raise ValueError("rows are sliced")
        wanted[axis] = len(range(wanted[axis])[start:end:step])
    return tuple(wanted)


def _batched(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    """A product whose right side has any rank of one or more."""
    left, right = inputs[:2]
    if len(left) < 2 or len(right) != 2 or left[-1] != right[0]:
        raise ValueError("a product does not fit")
    return (*left[:-1], right[1])


_RULES: Mapping[str, Callable[..., Shape]] = {
    "Flatten": _flatten,
    "Gemm": _gemm,
    "MatMul": _batched,
    "OneHot": _one_hot,
    "Slice": _slice,
    "Squeeze": _squeeze,
}


def small_numbers(values: np.ndarray[Any, Any]) -> list[int] | None:
    """What a constant may say of a shape, or None where it is none."""
    return values.ravel().tolist() if values.dtype in (np.int64, np.int32) and values.size <= 16 else None
