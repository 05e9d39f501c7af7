"""The rows' side of block descent: sums a leaf and moves a leaf, without a design matrix.

A block is a tree. The loss is replaced by its second-order model at the current margins; while one tree after the other
moves, the residuals follow that model, so that a visit costs two passes over one or two bytes a row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Vector
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.trees.layout import Codes
from riskmodel.pruning.algorithms.trees.objective import Objective

FLOOR = 1e-12  # of a leaf's hessian: one without rows, or of rows that are certain, must not divide by zero


class Descent:
    """The margins of a sum of tables, one a tree, that moves one tree at a time; it owns what it changes.

    codes: trees x n. start: the value of each leaf, one vector a tree. The intercept is free.
    """

    def __init__(self, codes: Codes, objective: Objective, start: Sequence[Vector], intercept: float) -> None:
        self.codes, self.objective, self.intercept = codes, objective, intercept
        self.leaves = [len(values) for values in start]
        self.margin = np.full(codes.shape[1], float(intercept))
        for row, values in zip(codes, start, strict=True):
            add(row, np.ascontiguousarray(values, np.float64), self.margin)
        self.loss, self.safe = np.inf, False
        self._curvature: dict[int, Vector] = {}
        self.renew()

    def renew(self) -> None:
        """A new second-order model at the current margins, after a step of the intercept.

        Newton's hessian as long as the loss falls; once it rose, a hessian that bounds the loss from above.
        """
        loss = self.objective.loss(self.margin)
        self.safe |= loss > self.loss + 1e-12
        self.loss = loss
        residual, hessian = self.objective.residual(self.margin), self._hessian()
        step = residual.sum() / max(hessian.sum(), FLOOR)
        self.intercept += step
        self.margin += step
        self.residual, self.hessian = self.objective.residual(self.margin), self._hessian()
        self._curvature.clear()

    def _hessian(self) -> Vector:
        return self.objective.bound(self.margin) if self.safe else self.objective.hessian(self.margin)

    def gradient(self, tree: int) -> Vector:
        """The sum of the residuals in each leaf of a tree: where the loss falls."""
        return totals(self.codes[tree], self.residual, self.leaves[tree])

    def curvature(self, tree: int) -> Vector:
        """The sum of the hessians in each leaf of a tree, above zero."""
        if tree not in self._curvature:
            self._curvature[tree] = totals(self.codes[tree], self.hessian, self.leaves[tree]) + FLOOR
        return self._curvature[tree]

    def move(self, tree: int, change: Vector) -> None:
        """Add to the leaves of a tree."""
        shift(self.codes[tree], change, self.hessian, self.margin, self.residual)


@jitted(nogil=True)
def totals(codes, values, leaves):  # type: ignore[no-untyped-def]
    """Sums of `values` a leaf; four sets of sums, since neighbouring rows often share a leaf and would wait."""
    sums = np.zeros((4, leaves))
    n = len(codes)
    for i in range(0, n - 3, 4):
        sums[0, codes[i]] += values[i]
        sums[1, codes[i + 1]] += values[i + 1]
        sums[2, codes[i + 2]] += values[i + 2]
        sums[3, codes[i + 3]] += values[i + 3]
    for i in range(n - n % 4, n):
        sums[0, codes[i]] += values[i]
    return sums.sum(axis=0)


@jitted(nogil=True)
def add(codes, values, margin):  # type: ignore[no-untyped-def]
    for i in range(len(codes)):
        margin[i] += values[codes[i]]


@jitted(nogil=True)
def shift(codes, change, hessian, margin, residual):  # type: ignore[no-untyped-def]
    for i in range(len(codes)):
        step = change[codes[i]]
        margin[i] += step
        residual[i] -= hessian[i] * step
