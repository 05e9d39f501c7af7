"""The shape of every value of an ONNX model for so many rows, by the operators' own rules (onnx.ai, opset 17).

Worked out here: the library's own inference ends the process where a model is not whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

Shape = tuple[int, ...]
_LARGEST = 1 << 62
_BROADCAST = frozenset({"Add", "Div", "Equal", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min", "Mul", "Or"})
_BROADCAST |= {"Sub", "Where"}
_KEPT = frozenset({"Abs", "Cast", "DequantizeLinear", "Exp", "Floor", "Identity", "IsInf", "IsNaN", "Log", "Neg"})
_KEPT |= {"QuantizeLinear", "Relu", "Sigmoid", "Tanh"}


@dataclass
class Shapes:
    """What is known of a model's values; `numbers` are those of small whole-number constants, by name."""

    known: dict[str, Shape]
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def add(self, node: Any) -> list[tuple[str, Shape]]:
        """The shapes of a node's outputs. Raises: ValueError where its inputs do not fit, KeyError for one not made."""
        inputs = [self.known[name] for name in node.input if name]
        attributes = {attribute.name: attribute for attribute in node.attribute}
        shapes = self._made(str(node.op_type), inputs, list(node.input), attributes)
        outputs = [str(name) for name in node.output]
        if len(shapes) != len(outputs) or any(not name or name in self.known for name in outputs):
            raise ValueError("an output is missing or made twice")
        if any(not 0 <= prod(shape) < _LARGEST for shape in shapes):
            raise ValueError("a value is too large")
        self.known.update(zip(outputs, shapes, strict=True))
        self._keep_numbers(node, attributes)
        return list(zip(outputs, shapes, strict=True))

    def _made(self, kind: str, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> list[Shape]:
        if kind in _BROADCAST:
            return [broadcast(*inputs)]
        if kind in _KEPT:
            return [inputs[0]]
        if kind == "DynamicQuantizeLinear":
            return [inputs[0], (), ()]
        if kind == "TreeEnsemble":
            return [(inputs[0][0], int(given["n_targets"].i))]
        rule: Callable[..., Shape] = _RULES[kind]
        return [rule(self, inputs, names, given)]

    def _keep_numbers(self, node: Any, given: Mapping[str, Any]) -> None:
        """Of what becomes the shape of another value: the rows are counted, and joined with constants."""
        if node.op_type == "Shape":
            self.numbers[node.output[0]] = list(_sliced(self.known[node.input[0]], given))
        elif node.op_type == "Concat" and all(name in self.numbers for name in node.input):
            self.numbers[node.output[0]] = [size for name in node.input for size in self.numbers[name]]

    def listed(self, names: Sequence[str], place: int) -> list[int]:
        """The numbers of an input that says a shape or axes. Raises: ValueError where it is no constant."""
        if place >= len(names) or names[place] not in self.numbers:
            raise ValueError("a shape is no constant")
        return self.numbers[names[place]]


def broadcast(*shapes: Shape) -> Shape:
    if not shapes or max(map(len, shapes)) > 8:
        raise ValueError("an operator without inputs, or with too many dimensions")
    return tuple(int(size) for size in np.broadcast_shapes(*shapes))


def _axis(given: Mapping[str, Any], rank: int) -> int:
    axis = int(given["axis"].i) if "axis" in given else 0
    if not -rank <= axis < rank:
        raise ValueError("an axis is beyond the last")
    return axis % rank


def _sliced(shape: Shape, given: Mapping[str, Any]) -> Shape:
    start, end = (int(given[name].i) if name in given else None for name in ("start", "end"))
    return shape[start:end]


def _matmul(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    left, right = inputs[:2]
    if len(left) < 2 or len(right) < 2 or left[-1] != right[-2]:
        raise ValueError("a product does not fit")
    return (*broadcast(left[:-2], right[:-2]), left[-2], right[-1])


def _gather(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    data, at = inputs
    axis = _axis(given, len(data))
    return (*data[:axis], *at, *data[axis + 1 :])


def _concat(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    axis = _axis(given, len(inputs[0]))
    rests = {(len(shape), shape[:axis], shape[axis + 1 :]) for shape in inputs}
    if len(rests) != 1:
        raise ValueError("parts do not fit")
    return (*inputs[0][:axis], sum(shape[axis] for shape in inputs), *inputs[0][axis + 1 :])


def _shape(_: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    return (len(_sliced(inputs[0], given)),)


def _reshape(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    wanted, whole = list(shapes.listed(names, 1)), prod(inputs[0])
    wanted = [inputs[0][i] if size == 0 else size for i, size in enumerate(wanted)]
    if wanted.count(-1) == 1 and (rest := prod(size for size in wanted if size != -1)) > 0:
        wanted[wanted.index(-1)] = whole // rest
    if any(size < 0 for size in wanted) or prod(wanted) != whole or len(wanted) > 8:
        raise ValueError("a reshape does not fit")
    return tuple(wanted)


def _expand(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    wanted = shapes.listed(names, 1)
    if any(not 0 <= size < _LARGEST for size in wanted):
        raise ValueError("a size is out of bounds")
    return broadcast(inputs[0], tuple(wanted))


def _unsqueeze(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:  # noqa: ARG001
    axes = shapes.listed(names, 1)
    rank = len(inputs[0]) + len(axes)
    places = {axis % rank for axis in axes if -rank <= axis < rank}
    if len(places) != len(axes) or rank > 8:
        raise ValueError("an axis is beyond the last")
    rest = iter(inputs[0])
    return tuple(1 if i in places else next(rest) for i in range(rank))


def reduced(shapes: Shapes, inputs: list[Shape], names: list[str], given: Mapping[str, Any]) -> Shape:
    """The shape of a sum, a mean or another summary along some axes."""
    rank = len(inputs[0])
    axes = list(given["axes"].ints) if "axes" in given else shapes.listed(names, 1)
    if any(not -rank <= axis < rank for axis in axes):
        raise ValueError("an axis is beyond the last")
    places = {axis % rank for axis in axes}
    kept = "keepdims" not in given or bool(given["keepdims"].i)
    return tuple(1 if i in places else size for i, size in enumerate(inputs[0]) if kept or i not in places)


_RULES: Mapping[str, Callable[..., Shape]] = {
    "MatMul": _matmul,
    "MatMulInteger": _matmul,
    "Gather": _gather,
    "Concat": _concat,
    "Shape": _shape,
    "Reshape": _reshape,
    "Expand": _expand,
    "Unsqueeze": _unsqueeze,
    "ReduceLogSumExp": reduced,
    "ReduceSum": reduced,
}
