"""Vectors for numba: a byte for each of 256 lanes, and numbers and places for 32 of them.

Loops over bytes do not become vectors of themselves: the compiler cannot know that arrays do not overlap. So the few
operations that scoring needs are spelt in LLVM's own vector language, and LLVM finds the instructions of the processor:
a byte in each lane is four registers of AVX-512, eight of AVX2, sixteen of Neon.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from llvmlite import binding, ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from riskmodel.trees.compiled.layout import LANES, WIDE

_BIT, _BYTE, _SHORT, _INT, _LONG = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
_DOUBLE = ir.DoubleType()


class _Vector(types.Type):
    def __init__(self, name: str, of: Any, lanes: int) -> None:
        self.vector = ir.VectorType(of, lanes)
        super().__init__(name=f"{name}{lanes}")


@register_model(_Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, kind.vector)


_bytes, _mask = _Vector("bytes", _BYTE, LANES), _Vector("mask", _BIT, LANES)
_numbers, _places = _Vector("numbers", _DOUBLE, WIDE), _Vector("places", _INT, WIDE)


def _pointer(kind: Any) -> Any:
    @intrinsic
    def pointer(_: Any, array: Any, at: Any) -> Any:
        def code(context: Any, build: Any, kinds: Any, args: Any) -> Any:
            data = cgutils.create_struct_proxy(kinds.args[0])(context, build, value=args[0]).data
            return build.bitcast(build.gep(data, [args[1]]), context.get_value_type(kinds.return_type))

        return types.CPointer(kind)(array, at), code

    return pointer


# array[at:] as numbers of this kind; arrays would take longer to compile than all else.
longs, ints, shorts, octets, doubles = (
    _pointer(kind) for kind in (types.int64, types.int32, types.uint16, types.uint8, types.float64)
)


def _operation(result: Any) -> Callable[[Callable[..., Any]], Any]:
    """What numba can call, from a function that writes its code: (builder, values) to the value, or to nothing."""

    def of(write: Callable[..., Any]) -> Any:
        def typed(_: Any, *args: Any) -> Any:
            def code(context: Any, build: Any, _: Any, values: Any) -> Any:
                made = write(build, *values)
                return context.get_dummy_value() if made is None else made

            return result(*args), code

        typed.__signature__ = signature(write)  # type: ignore[attr-defined]  # numba counts the arguments by it
        return intrinsic(typed)

    return of


@_operation(_bytes)
def every(build: Any, byte: Any) -> Any:
    """The same byte in all lanes."""
    return _splat(build, byte, LANES)


@_operation(_bytes)
def load(build: Any, pointer: Any, at: Any) -> Any:
    """The bytes pointer[at : at + 256]."""
    return build.load(_cast(build, pointer, at, _bytes.vector), align=1)


@_operation(types.void)
def store(build: Any, pointer: Any, at: Any, value: Any) -> None:
    """pointer[at : at + 256] = value."""
    build.store(value, _cast(build, pointer, at, _bytes.vector), align=1)


@_operation(_bytes)
def common(build: Any, one: Any, other: Any) -> Any:
    """The bits that both have."""
    return build.and_(one, other)


@_operation(_mask)
def above(build: Any, one: Any, other: Any) -> Any:
    """Where one > other."""
    return build.icmp_unsigned(">", one, other)


@_operation(_mask)
def same(build: Any, one: Any, other: Any) -> Any:
    """Where one == other."""
    return build.icmp_unsigned("==", one, other)


@_operation(_mask)
def both(build: Any, one: Any, other: Any) -> Any:
    """Where both hold."""
    return build.and_(one, other)


@_operation(_bytes)
def choose(build: Any, where: Any, yes: Any, no: Any) -> Any:
    """Yes where it holds, no elsewhere."""
    return build.select(where, yes, no)


@_operation(types.void)
def add_at(build: Any, totals: Any, values: Any, start: Any, which: Any) -> None:
    """totals[i] += values[start + which[i]] in each of the 256 lanes."""
    lanes, first_value = 8, build.gep(values, [start])
    for first in range(0, LANES, lanes):
        at = build.zext(_some(build, which, first, lanes), ir.VectorType(_LONG, lanes))
        here = _cast(build, totals, _LONG(first), ir.VectorType(_DOUBLE, lanes))
        total = build.fadd(build.load(here, align=8), _gathered(build, first_value, at))
        build.store(total, here, align=8)


@intrinsic
def down(_: Any, rows: Any, row: Any, column: Any) -> Any:
    """The numbers of one column in 32 rows from this row on, whichever way the matrix lies."""

    def code(context: Any, build: Any, kinds: Any, args: Any) -> Any:
        array = cgutils.create_struct_proxy(kinds.args[0])(context, build, value=args[0])
        along, across = cgutils.unpack_tuple(build, array.strides, 2)
        at = build.add(build.mul(args[1], along), build.mul(args[2], across))
        at = build.add(build.ptrtoint(array.data, _LONG), at)
        vector = ir.Constant(_numbers.vector, ir.Undefined)
        for lane in range(WIDE):
            number = build.load(build.inttoptr(at, _DOUBLE.as_pointer()))
            vector, at = build.insert_element(vector, number, _INT(lane)), build.add(at, along)
        return vector

    return _numbers(rows, row, column), code


@_operation(_places)
def nowhere(_: Any) -> Any:
    """Place 0 in all lanes."""
    return ir.Constant(_places.vector, [0] * WIDE)


@_operation(_places)
def climb(build: Any, at: Any, number: Any, edges: Any, middle: Any, step: Any) -> Any:  # noqa: PLR0917
    """A step further where edges[middle + at] < number: one halving of a binary search, without a branch."""
    edge = _gathered(build, build.gep(edges, [middle]), build.zext(at, ir.VectorType(_LONG, WIDE)))
    further = build.add(at, _splat(build, build.trunc(step, _INT), WIDE))
    return build.select(build.fcmp_ordered("<", edge, number), further, at)


@_operation(types.void)
def keep(build: Any, at: Any, number: Any, missing: Any, places: Any, start: Any) -> None:  # noqa: PLR0917
    """places[start : start + 32] = at, or `missing` where the number is NaN."""
    gone = _splat(build, build.trunc(missing, _INT), WIDE)
    at = build.select(build.fcmp_unordered("uno", number, number), gone, at)
    build.store(at, _cast(build, places, start, _places.vector), align=4)


SHUFFLES = "+avx512vbmi" in (
    binding.get_host_cpu_features().flatten() if config.CPU_FEATURES is None else config.CPU_FEATURES
)


@_operation(_bytes)
def look_up(build: Any, table: Any, start: Any, which: Any) -> Any:
    """table[start + which[i] % 64] in each lane, 64 of them in one instruction; only where SHUFFLES."""
    lanes = 64
    part = ir.VectorType(_BYTE, lanes)
    whole = build.load(_cast(build, table, start, part), align=1)
    kind = ir.FunctionType(part, [part, part])
    shuffle = cgutils.get_or_insert_function(build.module, kind, "llvm.x86.avx512.permvar.qi.512")
    parts = [build.call(shuffle, [whole, _some(build, which, first, lanes)]) for first in range(0, LANES, lanes)]
    while len(parts) > 1:
        parts = [_joined(build, low, high) for low, high in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


@_operation(_bytes)
def low_bytes(build: Any, pointer: Any, at: Any) -> Any:
    """Of the 256 two-byte numbers pointer[at : at + 256]."""
    return build.trunc(build.load(_cast(build, pointer, at, ir.VectorType(_SHORT, LANES)), align=2), _bytes.vector)


# ------------------------------------------------------------------------------------------------ what they are made of


def _cast(build: Any, pointer: Any, at: Any, kind: Any) -> Any:
    return build.bitcast(build.gep(pointer, [at]), kind.as_pointer())


def _splat(build: Any, value: Any, lanes: int) -> Any:
    undefined = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    return build.shuffle_vector(build.insert_element(undefined, value, _INT(0)), undefined, _lanes([0] * lanes))


def _some(build: Any, vector: Any, first: int, lanes: int) -> Any:
    return build.shuffle_vector(vector, vector, _lanes(range(first, first + lanes)))


def _joined(build: Any, low: Any, high: Any) -> Any:
    return build.shuffle_vector(low, high, _lanes(range(2 * low.type.count)))


def _lanes(order: Any) -> Any:
    return ir.Constant(ir.VectorType(_INT, len(order)), list(order))


def _gathered(build: Any, base: Any, at: Any) -> Any:
    """The doubles base[at], one a lane."""
    lanes = at.type.count
    numbers, bits = ir.VectorType(_DOUBLE, lanes), ir.VectorType(_BIT, lanes)
    pointers = ir.VectorType(_DOUBLE.as_pointer(), lanes)
    kind = ir.FunctionType(numbers, [pointers, _INT, bits, numbers])
    gather = cgutils.get_or_insert_function(build.module, kind, f"llvm.masked.gather.v{lanes}f64.v{lanes}p0")
    offsets = build.shl(at, ir.Constant(at.type, [3] * lanes))
    at = build.inttoptr(build.add(offsets, _splat(build, build.ptrtoint(base, _LONG), lanes)), pointers)
    return build.call(gather, [at, _INT(8), ir.Constant(bits, [1] * lanes), ir.Constant(numbers, ir.Undefined)])
