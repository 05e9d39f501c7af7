"""What both sets of steps write vectors of doubles with, and how a step becomes a function for compiled code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic

Value = Any  # of llvmlite, which has no types of its own


class VectorEmitter:
    """Writes instructions at the builder's place, on vectors of `lanes` doubles.

    unit: how many numbers a place in an array counts.
    """

    lanes: ClassVar[int]
    unit: ClassVar[int]

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Sequence[Value]) -> None:
        self.builder = builder
        self.vector = ir.VectorType(ir.DoubleType(), self.lanes)
        self.arguments = [
            context.make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
            for kind, value in zip(signature.args, arguments, strict=True)
        ]

    def load(self, array: Value, at: Value) -> Value:
        return self.builder.load(self._pointer(array, at), align=8)

    def store(self, value: Value, array: Value, at: Value) -> None:
        self.builder.store(value, self._pointer(array, at), align=8)

    def _pointer(self, array: Value, at: Value) -> Value:
        place = at if self.unit == 1 else self.builder.mul(at, ir.Constant(at.type, self.unit))
        return self.builder.bitcast(self.builder.gep(array, [place]), self.vector.as_pointer())

    def spread(self, number: Value) -> Value:
        """One number, in all lanes."""
        whole = ir.IntType(32)
        one = self.builder.insert_element(ir.Constant(self.vector, ir.Undefined), number, ir.Constant(whole, 0))
        return self.builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(whole, self.lanes), [0] * self.lanes))

    def fused(self, a: Value, b: Value, total: Value) -> Value:
        """Adds a times b to the total, rounded once: by a function where the processor cannot, for equal bits."""
        kind = ir.FunctionType(self.vector, [self.vector] * 3)
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.fma.v{self.lanes}f64")
        return self.builder.call(function, [a, b, total])


def step_by(emitter: type[VectorEmitter]) -> Callable[[Callable[..., None]], Any]:
    """Makes functions for compiled code whose instructions are written with `emitter`; they return nothing."""

    def step(emit: Callable[..., None]) -> Any:
        def typed(_typing: Any, *kinds: Any) -> Any:
            def generate(context: Any, builder: Any, signature: Any, values: Any) -> Value:
                e = emitter(context, builder, signature, values)
                emit(e, *e.arguments)
                return context.get_dummy_value()

            return types.void(*kinds), generate

        typed.__doc__, typed.__name__ = emit.__doc__, emit.__name__
        typed.__signature__ = inspect.signature(emit)  # type: ignore[attr-defined]  # by which numba folds the arguments
        return intrinsic(typed)

    return step
