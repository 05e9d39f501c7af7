"""Suspects special codes: numbers that stand for "no such thing", not for a quantity (-7, -8, -9, 96, 98, 999, 9999).

A code is one of the usual spellings, lies beyond the other values, and is repeated; or it is any value in a pile that
lies far beyond all others (365243). One that lies among them cannot be told from a quantity, and is not suspected.
"""

from __future__ import annotations

from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector

REPEATED = 3  # rows; fewer may be a slip
_BULK = 3  # distinct other values; fewer show no scale that a code could lie beyond
_FEW_BELOW = 5  # codes below zero; more of them are a scale

_FAR, _PILE, _SCALE = 3.0, 10, 10  # widths of the others, times their mean count, distinct others
_NINES = tuple(float(10**digits - back) for digits in range(2, 10) for back in (4, 3, 2, 1))
_TWINS = (77.0, 88.0, 777.0, 888.0, 7777.0, 8888.0)
_ABOVE = frozenset(_NINES + _TWINS)
_BELOW = frozenset(-code for code in (*_ABOVE, *map(float, range(1, 10))))


def suspected(values: Vector, counts: NDArray[np.int64]) -> dict[float, str]:
    """Codes among rising distinct values, each with the reason. Codes are rising too."""
    return _spelt(values, counts) or _piled(values, counts)


def _piled(values: Vector, counts: NDArray[np.int64]) -> dict[float, str]:
    """One value at either end, far beyond a scale of others and repeated as none of them at that end is."""
    if len(values) <= _SCALE:
        return {}
    for i, bulk in ((len(values) - 1, slice(0, len(values) - 1)), (0, slice(1, len(values)))):
        others, rows = values[bulk], counts[bulk]
        gap = max(values[i] - others[-1], others[0] - values[i])
        beside = float((rows[-_SCALE:] if i else rows[:_SCALE]).mean())
        if gap > _FAR * (others[-1] - others[0]) and counts[i] >= max(REPEATED, _PILE * beside):
            return {float(values[i]): _reason(i, values, counts, bulk)}
    return {}


def _spelt(values: Vector, counts: NDArray[np.int64]) -> dict[float, str]:
    usual = [value in _BELOW or value in _ABOVE for value in values.tolist()]
    low = sum(1 for _ in takewhile(lambda i: usual[i] and values[i] < 0, range(len(values))))
    high = sum(1 for _ in takewhile(lambda i: usual[i] and values[i] > 0, range(len(values) - 1, low - 1, -1)))
    bulk = slice(low, len(values) - high)
    if len(values[bulk]) < _BULK or not low + high:
        return {}
    codes: list[int] = []
    if 0 < low <= _FEW_BELOW and counts[:low].min() >= REPEATED and _is_below(values[:low], values[bulk]):
        codes += range(low)
    ends = range(len(values) - high, len(values))
    codes += [i for i in ends if counts[i] >= REPEATED and _is_above(i, values, counts, bulk)]
    return {float(values[i]): _reason(i, values, counts, bulk) for i in codes}


def _is_below(codes: Vector, bulk: Vector) -> bool:
    """-9 below counts from 0 on, -1 below a long scale or below fractions; but not -2, -1, 0, 1 of one short scale."""
    width = bulk[-1] - bulk[0]
    if bulk[0] < 0:
        return bool(bulk[0] - codes[-1] > width / 2)
    return bool(codes[-1] <= -7 or width >= 10 * -codes[0] or np.mod(bulk, 1).any())


def _is_above(i: int, values: Vector, counts: NDArray[np.int64], bulk: slice) -> bool:
    """Far above all others, or a pile that stands apart from a thin end."""
    others, rows = values[bulk], counts[bulk]
    gap = values[i] - others[-1]
    if gap > (others[-1] - others[0]) / 2:
        return True
    end, step = rows[-20:], np.median(np.diff(others[-20:]))
    return bool(gap >= 3 * step and counts[i] >= 10 * max(float(end.mean()), 1.0))


def _reason(i: int, values: Vector, counts: NDArray[np.int64], bulk: slice) -> str:
    others = values[bulk]
    return f"{values[i]:g} in {counts[i]:,} rows, the others from {others[0]:g} to {others[-1]:g}"
