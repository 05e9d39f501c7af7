"""The shapes of a foreign network's values: the rules of our own files, and those of the operators that these lack."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from riskmodel.onnx_export.foreign.windows import windows_of
from riskmodel.onnx_export.shapes import Shape, Shapes, broadcast, reduced

_BROADCAST = frozenset({"And", "Greater", "Pow"})
_KEPT = frozenset({"Binarizer", "Imputer", "Normalizer", "Scaler", "BatchNormalization", "Dropout", "Softmax"})
_KEPT |= {"Ceil", "Clip", "Not", "Round", "Sign", "Sqrt"}
_KEPT |= {"Elu", "Erf", "Gelu", "LeakyRelu", "Selu", "Softplus", "Tanh"}


class NetworkShapes(Shapes):
    """As `Shapes`; a second output, as that of a dropout, is not read."""

    _outputs = 1  # of the node at hand

    def add(self, node: Any) -> list[tuple[str, Shape]]:
        self._outputs = len(node.output)
        return super().add(node)

    def _made(self, kind: str, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> list[Shape]:
        if kind in _BROADCAST:
            return [broadcast(*inputs)]
        if kind in _KEPT:
            return [inputs[0]]
        if kind in _RULES:
            return [_RULES[kind](self, inputs, names, given)]
        if kind in ("GRU", "LSTM"):
            return _recurrent(inputs)[: self._outputs]
        if kind == "Split":
            return _split(self, inputs, names, given, self._outputs)
        return super()._made(kind, inputs, names, given)

    def _keep_numbers(self, node: Any, given: Mapping[str, Any]) -> None:
        """Also of what counts with the numbers of a shape, which is where a state of zeros for each row comes from."""
        super()._keep_numbers(node, given)
        lists = [self.numbers.get(name) for name in node.input if name]
        if node.op_type in _COUNTED and lists and all(numbers is not None for numbers in lists):
            self.numbers[node.output[0]] = _COUNTED[node.op_type](*lists)


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
        wanted[axis] = len(range(wanted[axis])[start:end:step])
    return tuple(wanted)


def _batched(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    """A product whose right side has any rank of one or more."""
    left, right = inputs[:2]
    if len(left) < 2 or len(right) != 2 or left[-1] != right[0]:
        raise ValueError("a product does not fit")
    return (*left[:-1], right[1])


def _convolution(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    shape, kernel = inputs[:2]
    return shape[0], kernel[0], *_places(shape, kernel[2:], given)


def _pool(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    return *inputs[0][:2], *_places(inputs[0], tuple(given["kernel_shape"].ints), given)


def _places(shape: Shape, kernel: Shape, given: Mapping[str, Any]) -> Shape:
    strides, apart, pads = (given[name].ints if name in given else None for name in ("strides", "dilations", "pads"))
    padding = given["auto_pad"].s.decode() if "auto_pad" in given else "NOTSET"
    return windows_of(shape[2:], kernel, strides, apart, pads, padding).outputs


def _whole(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    return *inputs[0][:2], *(1,) * (len(inputs[0]) - 2)


def _pad(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    pads, rank = shapes.listed(names, 1), len(inputs[0])
    if len(pads) != 2 * rank or min(pads) < 0 or len(names) > 3:
        raise ValueError("pads do not fit")
    return tuple(size + pads[i] + pads[i + rank] for i, size in enumerate(inputs[0]))


def _transpose(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    rank = len(inputs[0])
    order = tuple(given["perm"].ints) if "perm" in given else tuple(range(rank))[::-1]
    if sorted(order) != list(range(rank)):
        raise ValueError("a transpose does not fit")
    return tuple(inputs[0][axis] for axis in order)


def _constant_of(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    return tuple(shapes.listed(names, 0))


def _recurrent(inputs: list[Shape]) -> list[Shape]:
    (months, rows, columns), (directions, _, width), state = inputs[:3]
    if columns != width or state[0] != directions:
        raise ValueError("the months do not fit the weights")
    return [(months, directions, rows, state[2]), *[(directions, rows, state[2])] * 2]


def _split(
    shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any], outputs: int
) -> list[Shape]:
    shape, axis = inputs[0], (given["axis"].i if "axis" in given else 0) % len(inputs[0])
    even = -(-shape[axis] // outputs)
    usual = [min(even, shape[axis] - i * even) for i in range(outputs)]
    sizes = list(given["split"].ints) if "split" in given else shapes.listed(names, 1) if names[1:] else usual
    if sum(sizes) != shape[axis] or len(sizes) != outputs or min(sizes) < 0:
        raise ValueError("a split does not fit")
    return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]


def _first(numbers: list[int], *_: list[int]) -> list[int]:
    return numbers


def _taken(numbers: list[int], at: list[int]) -> list[int]:
    return [numbers[place] for place in at]


def _cut(numbers: list[int], start: list[int], end: list[int], *_: list[int]) -> list[int]:
    return numbers[start[0] : end[0]]


def _counted(rule: Callable[[int, int], int]) -> Callable[[list[int], list[int]], list[int]]:
    def made(left: list[int], right: list[int]) -> list[int]:
        most = max(len(left), len(right))
        return [rule(left[i % len(left)], right[i % len(right)]) for i in range(most)]

    return made


_COUNTED: Mapping[str, Callable[..., list[int]]] = {
    **dict.fromkeys(("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze"), _first),
    "Add": _counted(operator.add),
    "Gather": _taken,
    "Mul": _counted(operator.mul),
    "Slice": _cut,
    "Sub": _counted(operator.sub),
}
_RULES: Mapping[str, Callable[..., Shape]] = {
    **dict.fromkeys(("AveragePool", "MaxPool"), _pool),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), _whole),
    **dict.fromkeys(("ReduceMax", "ReduceMean"), reduced),
    "ConstantOfShape": _constant_of,
    "Conv": _convolution,
    "Pad": _pad,
    "Transpose": _transpose,
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
