"""Leaf values as near as can be to the wished ones, with every monotone split in order."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Vector
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.trees.layout import TreeLayout


def in_order(layout: TreeLayout, wished: Vector, weight: Vector) -> Vector:
    """The values x with least sum of weight * (x - wished)^2 that keep each split's order: exact, in one pass.

    Children first: once both sides of a split are in order, the lower is clipped from above and the upper from below
    at one level. That is the whole projection: an isotonic fit under a bound is the clipped fit without it, and over
    a clipped set the fit has the mean of what was wished there.
    """
    return ordered(layout.first, layout.left, layout.right, layout.order, wished, weight)


@jitted(nogil=True)
def ordered(first, left, right, order, wished, weight):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    values = wished.copy()
    lower, upper = np.zeros(len(values), np.bool_), np.zeros(len(values), np.bool_)
    for split in range(len(order)):
        if order[split] == 0:
            continue
        mark(first, left, right, left[split], lower if order[split] > 0 else upper)
        mark(first, left, right, right[split], upper if order[split] > 0 else lower)
        if values[lower].max() > values[upper].min():
            level = best_level(values, weight, lower, upper)
            for leaf in range(len(values)):
                if lower[leaf]:
                    values[leaf] = min(values[leaf], level)
                elif upper[leaf]:
                    values[leaf] = max(values[leaf], level)
        lower[:] = False
        upper[:] = False
    return values


@jitted(nogil=True)
def mark(first, left, right, child, side):  # type: ignore[no-untyped-def]
    """Sets `side` at the leaves at or below a child."""
    if child < 0:
        side[~child] = True
        return
    for split in range(first[child], child + 1):
        if left[split] < 0:
            side[~left[split]] = True
        if right[split] < 0:
            side[~right[split]] = True


@jitted(nogil=True)
def best_level(values, weight, lower, upper):  # type: ignore[no-untyped-def]
    """The level that costs least: the mean of the values it moves.

    Going up through the values, the level rises until what is clipped from above outweighs what is lifted from below.
    """
    steps = np.sort(values[lower | upper])
    for i in range(len(steps) - 1):
        total, mass = 0.0, 0.0
        for leaf in range(len(values)):
            if (lower[leaf] and values[leaf] > steps[i]) or (upper[leaf] and values[leaf] <= steps[i]):
                total += weight[leaf] * values[leaf]
                mass += weight[leaf]
        if mass > 0 and total <= mass * steps[i + 1]:
            return max(total / mass, steps[i])
    return steps[-1]
