"""A tree in other coordinates: one contrast a split, so that a collapsed subtree is a group of zeros.

The contrast of a split is constant on either side of it and has hessian-weighted mean 0: an orthonormal Haar basis
(Fryzlewicz 2007 calls such unbalanced ones UHT) under the weights it was made with. Leaf values are its linear image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Vector
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.trees.layout import TreeLayout


@dataclass(frozen=True, eq=False)
class Contrasts:
    """The basis of one tree: what a split's coefficient adds to all leaves on its left and on its right."""

    layout: TreeLayout
    on_left: Vector
    on_right: Vector
    weight: Vector  # of each leaf

    def values(self, coefficients: Vector) -> Vector:
        """The leaf values of these coefficients."""
        plan = self.layout
        return spread(plan.left, plan.right, self.on_left, self.on_right, coefficients, len(plan.leaves))

    def coefficients(self, values: Vector) -> Vector:
        """The coefficients of leaf values; what they leave is the values' weighted mean, a constant."""
        return self.pull(self.weight * values)

    def pull(self, sums: Vector) -> Vector:
        """The inner product of each contrast with sums a leaf: the transpose of `values`."""
        return gathered(self.layout.left, self.layout.right, self.on_left, self.on_right, sums)


def haar(layout: TreeLayout, weight: Vector) -> Contrasts:
    """The contrasts of a tree that are orthonormal under positive weights of its leaves."""
    mass, on_left, on_right = np.zeros((3, len(layout.nodes)))
    for s, (left, right) in enumerate(zip(layout.left, layout.right, strict=True)):
        a = mass[left] if left >= 0 else weight[~left]
        b = mass[right] if right >= 0 else weight[~right]
        mass[s] = a + b
        on_left[s], on_right[s] = np.sqrt(b / (a * (a + b))), -np.sqrt(a / (b * (a + b)))
    return Contrasts(layout, on_left, on_right, weight)


@jitted(nogil=True)
def spread(left, right, on_left, on_right, coefficients, leaves):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    values = np.zeros(leaves)
    above = np.zeros(len(left))
    for s in range(len(left) - 1, -1, -1):
        a, b = above[s] + on_left[s] * coefficients[s], above[s] + on_right[s] * coefficients[s]
        if left[s] >= 0:
            above[left[s]] = a
        else:
            values[~left[s]] = a
        if right[s] >= 0:
            above[right[s]] = b
        else:
            values[~right[s]] = b
    return values


@jitted(nogil=True)
def gathered(left, right, on_left, on_right, sums):  # type: ignore[no-untyped-def]
    products, below = np.zeros(len(left)), np.zeros(len(left))
    for s in range(len(left)):
        a = below[left[s]] if left[s] >= 0 else sums[~left[s]]
        b = below[right[s]] if right[s] >= 0 else sums[~right[s]]
        below[s] = a + b
        products[s] = on_left[s] * a + on_right[s] * b
    return products


@jitted(nogil=True)
def shrunk(first, left, right, coefficients, penalty):  # type: ignore[no-untyped-def]
    """The prox of sum_s penalty[s] * |coefficients of s and all below it|, exact in one pass, children first.

    Jenatton, Mairal, Obozinski and Bach 2011 (JMLR 12, 2297): for groups that form a tree, the prox of the sum is the
    composition of the groups' own.
    """
    result = coefficients.copy()
    square = np.zeros(len(first))
    for s in range(len(first)):
        total = result[s] ** 2
        if left[s] >= 0:
            total += square[left[s]]
        if right[s] >= 0:
            total += square[right[s]]
        norm = np.sqrt(total)
        factor = 1.0 - penalty[s] / norm if norm > penalty[s] else 0.0
        result[first[s] : s + 1] *= factor
        square[s] = total * factor**2
    return result
