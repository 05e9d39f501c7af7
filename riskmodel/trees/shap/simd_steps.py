"""Steps of a walk through trees, on a block of rows as one vector: what the compiler does not see by itself.

LLVM turns a loop over rows into vector instructions only where it can tell that no two arrays overlap, which it cannot
here: the loop stays scalar, ten times slower. So these few steps are written as vectors in the first place.

Every array is flat float64; `holds`, `side`, `x`, `phi` and `base` are cut into vectors of LANES numbers, `product` and
`total` into vectors by depth and quadrature point. An edge's `old` is the depth of the edge before with its feature, 0
for none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils

from riskmodel.trees.shap.emitter import Value, VectorEmitter, step_by

LANES = 32  # rows: 16 are a quarter slower on 512-bit vectors, 64 no longer fit in their registers
_DOUBLE = ir.DoubleType()
_VECTOR = ir.VectorType(_DOUBLE, LANES)
_ZERO = ir.Constant(_VECTOR, [0.0] * LANES)

Product = tuple[Value, Value]


class _Emitter(VectorEmitter):
    """Places count vectors."""

    lanes = LANES
    unit = LANES

    def number(self, array: Value, *at: Value) -> Value:
        """One number, in all lanes."""
        return self.spread(self.builder.load(self.builder.gep(array, [self.sum(*at)])))

    def sum(self, *parts: Value) -> Value:
        total = parts[0]
        for part in parts[1:]:
            total = self.builder.add(total, part)
        return total

    def times(self, a: Value, b: Value) -> Value:
        return self.builder.fmul(a, b)

    def plus(self, a: Value, b: Value) -> Value:
        return self.builder.fadd(a, b)

    def minus(self, a: Value, b: Value) -> Value:
        return self.builder.fsub(a, b)

    def plus_product(self, total: Value, a: Value, b: Value) -> Value:
        """Adds a b to the total, rounded once."""
        return self.fused(a, b, total)

    def is_set(self, flag: Value) -> Value:
        return self.builder.icmp_signed("!=", flag, ir.Constant(flag.type, 0))

    def add_to(self, array: Value, at: Value, value: Value, again: Value | None = None) -> None:
        """Adds to a vector; where `again` is false, sets it."""
        before = self.load(array, at)
        if again is not None:
            before = self.builder.select(again, before, _ZERO)
        self.store(self.plus(before, value), array, at)

    def sums(self, points: Value, count: int, terms: Callable[[Value], Sequence[Product]]) -> list[Value]:
        """The sums of `count` products over all quadrature points."""
        totals = [cgutils.alloca_once_value(self.builder, _ZERO) for _ in range(count)]
        with cgutils.for_range(self.builder, points) as loop:
            for total, term in zip(totals, terms(loop.index), strict=True):
                self.builder.store(self.plus_product(self.builder.load(total), *term), total)
        return [self.builder.load(total) for total in totals]


_step = step_by(_Emitter)


@_step
def goes_left(e, x, feature, threshold, nan, zero, side, at):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """side[at] = 1 where x[feature] <= threshold, else 0; `nan` where it is NaN; `zero` where it is 0, unless 2."""
    number = e.load(x, feature)
    left = e.builder.fcmp_ordered("<=", number, e.spread(threshold))
    left = e.builder.select(left, e.spread(ir.Constant(_DOUBLE, 1.0)), _ZERO)
    left = e.builder.select(e.builder.fcmp_unordered("uno", number, number), e.spread(nan), left)
    special = e.builder.fcmp_ordered("!=", zero, ir.Constant(_DOUBLE, 2.0))
    at_zero = e.builder.select(e.builder.fcmp_ordered("==", number, _ZERO), e.spread(zero), left)
    e.store(e.builder.select(special, at_zero, left), side, at)


@_step
def goes_right(e, side, at):  # type: ignore[no-untyped-def]
    """side[at] = 1 - side[at]."""
    e.store(e.minus(e.spread(ir.Constant(_DOUBLE, 1.0)), e.load(side, at)), side, at)


@_step
def hold(e, holds, old, side, at):  # type: ignore[no-untyped-def]
    """holds[at] = holds[old] * side[at]: whether all edges of a feature so far hold."""
    e.store(e.times(e.load(holds, old), e.load(side, at)), holds, at)


@_step
def enter(e, product, holds, old, depth, points, factors, at):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """product[depth] = product[depth - 1] * (f0 + f1 holds[old] + f2 holds[depth]), at each point."""
    here, now, before = e.builder.mul(depth, points), e.load(holds, depth), e.load(holds, old)
    above = e.builder.sub(here, points)

    def write(again: bool) -> None:
        with cgutils.for_range(e.builder, points) as loop:
            by = _factor(e, factors, at, points, loop.index, before if again else None, now)
            e.store(e.times(e.load(product, e.sum(above, loop.index)), by), product, e.sum(here, loop.index))

    _either(e, old, write)


@_step
def end(e, product, total, base, phi, holds, old, depth, points, factors, at, gains, start, feature, second):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """A leaf, whose value is inside `factors`: what it adds to the sums above, and what its feature gains."""
    above, now, before = (
        e.builder.mul(e.builder.sub(depth, _one(depth)), points),
        e.load(holds, depth),
        e.load(holds, old),
    )
    again_above, gain_at = e.is_set(second), e.sum(at, at)
    up = e.builder.sub(depth, _one(depth))

    def write(again: bool) -> None:
        def terms(k: Value) -> list[Product]:
            by = _factor(e, factors, e.sum(at, at, at), points, k, before if again else None, now)
            here = e.times(e.load(product, e.sum(above, k)), by)
            e.add_to(total, e.sum(above, k), here, again_above)
            targets = [(here, e.number(start, k)), (here, e.number(gains, gain_at, k))]
            return [*targets, (here, e.number(gains, gain_at, points, k))] if again else targets

        low, *worth = e.sums(points, 3 if again else 2, terms)
        e.add_to(base, up, low, again_above)
        _credit(e, phi, feature, low, worth, now, before)

    _either(e, old, write)


@_step
def end_both(e, product, total, base, phi, holds, old, depth, points, factors, at, gains, start, feature):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Both leaves of a node, the left of which holds: sets the sums above, and credits their feature."""
    up = e.builder.sub(depth, _one(depth))
    above, now, before = e.builder.mul(up, points), e.load(holds, depth), e.load(holds, old)

    def terms(k: Value) -> list[Product]:
        come = e.load(product, e.sum(above, k))
        here = e.times(come, _factor(e, factors, e.sum(at, at, at), points, k, before, now))
        e.store(here, total, e.sum(above, k))
        gained = [(come, e.number(gains, e.sum(at, at), k)), (come, e.number(gains, e.sum(at, at), points, k))]
        return [(here, e.number(start, k)), *gained]

    low, held, more = e.sums(points, 3, terms)
    e.store(low, base, up)
    e.add_to(phi, feature, e.plus_product(e.times(before, held), now, more))


@_step
def leave(e, total, base, phi, holds, old, depth, points, at, gains, feature, second):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """A branch: adds its sums to those above, and credits its feature."""
    here, up = e.builder.mul(depth, points), e.builder.sub(depth, _one(depth))
    above, now, before = e.builder.mul(up, points), e.load(holds, depth), e.load(holds, old)
    again_above, gain_at, low = e.is_set(second), e.sum(at, at), e.load(base, depth)
    e.add_to(base, up, low, again_above)

    def write(again: bool) -> None:
        def terms(k: Value) -> list[Product]:
            sums = e.load(total, e.sum(here, k))
            e.add_to(total, e.sum(above, k), sums, again_above)
            targets = [(sums, e.number(gains, gain_at, k))]
            return [*targets, (sums, e.number(gains, gain_at, points, k))] if again else targets

        _credit(e, phi, feature, low, e.sums(points, 2 if again else 1, terms), now, before)

    _either(e, old, write)


def _one(like: Value) -> Value:
    return ir.Constant(like.type, 1)


def _either(e: _Emitter, old: Value, write: Callable[[bool], None]) -> None:
    with e.builder.if_else(e.is_set(old)) as (again, first):
        with again:
            write(True)
        with first:
            write(False)


def _factor(  # noqa: PLR0917
    e: _Emitter, factors: Value, at: Value, points: Value, k: Value, before: Value | None, now: Value
) -> Value:
    by = e.plus_product(e.number(factors, at, k), e.number(factors, at, points, points, k), now)
    return by if before is None else e.plus_product(by, e.number(factors, at, points, k), before)


def _credit(  # noqa: PLR0917
    e: _Emitter, phi: Value, feature: Value, low: Value, worth: Sequence[Value], now: Value, before: Value
) -> None:
    loss = low if len(worth) == 1 else e.minus(_ZERO, e.times(before, worth[1]))
    e.add_to(phi, feature, e.plus_product(loss, now, worth[0]))
