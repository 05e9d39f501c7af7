"""The steps of one row's SHAP values at one split, on four points of quadrature as one vector.

Written as vectors for the reason that `simd_steps` gives. `worth`, `reach`, `gap`, `weight` have a vector a slot;
`factors` one a row; `phi` one a feature. `way` is 0 where the row goes left at a split, 1 right, 2 where an edge above
with its feature does not hold; change and gain have a column for each. Places count numbers, four a vector.
"""

from __future__ import annotations

from llvmlite import ir  # type: ignore[import-untyped]

from riskmodel.trees.shap.emitter import Value, VectorEmitter, step_by
from riskmodel.trees.shap.row_schedule import AT_ONCE

# Columns of the tables of splits, and how many there are.
LEFT, RIGHT, FEATURE, ROW, PLACES = range(5)
SHARE, LESS, VALUE, CHANGE, GAIN, NUMBERS = 0, 1, 2, 3, 6, 9

_VECTOR = ir.VectorType(ir.DoubleType(), AT_ONCE)


class _Emitter(VectorEmitter):
    """Places count numbers."""

    lanes = AT_ONCE
    unit = 1

    def place(self, table: Value, split: Value, column: int) -> Value:
        """Of a table of whole numbers, a row a split."""
        return self.builder.sext(self._entry(table, split, PLACES, column), split.type)

    def number(self, table: Value, split: Value, column: int) -> Value:
        """Of a table of numbers, a row a split; at all points."""
        return self.spread(self._entry(table, split, NUMBERS, column))

    def by_way(self, table: Value, split: Value, column: int, ways: Value) -> Value:
        """The same of three columns, by the way that the row goes at the split."""
        way = self.builder.zext(self.builder.load(self.builder.gep(ways, [split])), split.type)
        return self.spread(self._entry(table, split, NUMBERS, self.builder.add(way, ir.Constant(way.type, column))))

    def _entry(self, table: Value, split: Value, columns: int, column: Value) -> Value:
        at = self.builder.mul(split, ir.Constant(split.type, columns))
        more = ir.Constant(split.type, column) if isinstance(column, int) else column
        return self.builder.load(self.builder.gep(table, [self.builder.add(at, more)]))


_step = step_by(_Emitter)


@_step
def rise(e, worth, gap, weight, first, split, row, way, places, numbers, factors):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """The worth of a split, from its branches': also its branches' difference, and the weight of the left one."""
    here, other = _slot(e, first, split), e.load(worth, e.place(places, split, RIGHT))
    apart = e.builder.fsub(e.load(worth, e.place(places, split, LEFT)), other)
    apart = e.builder.fadd(apart, e.number(numbers, split, LESS))
    by = _left_weight(e, row, split, way, places, numbers, factors)
    e.store(apart, gap, here)
    e.store(by, weight, here)
    e.store(e.fused(by, apart, e.builder.fadd(other, e.number(numbers, split, VALUE))), worth, here)


@_step
def rise_leaves(e, worth, first, split, row, way, places, numbers, factors):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """The worth of a split whose branches are leaves."""
    by = _left_weight(e, row, split, way, places, numbers, factors)
    value = e.fused(by, e.number(numbers, split, LESS), e.number(numbers, split, VALUE))
    e.store(value, worth, _slot(e, first, split))


@_step
def sink(e, reach, gap, weight, phi, first, split, row, way, places, numbers, factors):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """What a split adds to its feature, and what of the row reaches its branches; those that are leaves share one."""
    here = _slot(e, first, split)
    comes = e.load(reach, here)
    to_left = e.builder.fmul(comes, e.load(weight, here))
    e.store(to_left, reach, e.place(places, split, LEFT))
    e.store(e.builder.fsub(comes, to_left), reach, e.place(places, split, RIGHT))
    _credit(e, e.builder.fmul(comes, e.load(gap, here)), phi, row, split, way, places, numbers, factors)


@_step
def sink_leaves(e, reach, phi, first, split, row, way, places, numbers, factors):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """What a split whose branches are leaves adds to its feature; its gain has their difference inside."""
    _credit(e, e.load(reach, _slot(e, first, split)), phi, row, split, way, places, numbers, factors)


@_step
def begin(e, reach, here, starts, at):  # type: ignore[no-untyped-def]
    """What reaches a root."""
    e.store(e.load(starts, at), reach, here)


def _slot(e: _Emitter, first: Value, split: Value) -> Value:
    """Where it is counted within the tree, from 1."""
    slot = e.builder.add(e.builder.sub(split, first), ir.Constant(split.type, 1))
    return e.builder.mul(slot, ir.Constant(split.type, AT_ONCE))


def _left_weight(  # noqa: PLR0917
    e: _Emitter, row: Value, split: Value, way: Value, places: Value, numbers: Value, factors: Value
) -> Value:
    at = e.builder.add(row, e.place(places, split, ROW))
    return e.fused(e.by_way(numbers, split, CHANGE, way), e.load(factors, at), e.number(numbers, split, SHARE))


def _credit(  # noqa: PLR0917
    e: _Emitter, more: Value, phi: Value, row: Value, split: Value, way: Value, places: Value, numbers: Value,
    factors: Value,
) -> None:  # fmt: skip
    factor = e.load(factors, e.builder.add(row, e.place(places, split, ROW)))
    feature = e.place(places, split, FEATURE)
    more = e.builder.fmul(more, e.builder.fmul(factor, factor))
    e.store(e.fused(more, e.by_way(numbers, split, GAIN, way), e.load(phi, feature)), phi, feature)
