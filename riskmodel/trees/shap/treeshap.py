"""Exact path-dependent SHAP values of trees, compiled: what each feature adds to the margin, for many rows at once.

A leaf's part in a Shapley value is an integral over [0, 1] of a product with one factor a feature on its path (the
multilinear extension of Owen 1972). The product is a polynomial, so that Gauss-Legendre quadrature with half as many
points as the path has features is exact. One walk down and up a tree serves a block of rows: products on the way down,
sums on the way up. The values are those of TreeSHAP (Lundberg et al. 2020, path-dependent), as both libraries define
them: covers as weights, the mean margin of the train sample as reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.jit import jitted
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.trees.flat_arrays import pack
from riskmodel.trees.shap.row_values import RowShap
from riskmodel.trees.shap.shap_schedule import DOWN, ENDS, PAIR, UP, Walk, walks
from riskmodel.trees.shap.simd_steps import LANES, end, end_both, enter, goes_left, goes_right, hold, leave
from riskmodel.trees.traversal import category_left, is_listed
from riskmodel.trees.tree import MISSING_NAN, MISSING_ZERO


@dataclass(frozen=True, eq=False)
class TreeShap:
    """The SHAP values of one ensemble, made ready once: for blocks of rows, and for few rows, when first asked."""

    ensemble: TreeEnsemble

    def __call__(self, matrix: Matrix) -> Matrix:
        """Log-odds that each feature adds to the mean margin of train, n x features."""
        rows = np.ascontiguousarray(matrix, np.float64)
        values = np.zeros((len(rows), self.ensemble.n_features))
        for walk in self._walks:
            arrays = (walk.depth, walk.steps, walk.down, walk.up, walk.start, *self._nodes)
            _run(rows, values, *arrays, self.ensemble.rules == "xgboost")
        return values

    def of_row(self, row: Vector) -> Vector:
        """The same of one row, within rounding, in a twentieth of the time that a block of rows takes."""
        return self._one_by_one(row)

    @cached_property
    def _one_by_one(self) -> RowShap:
        return RowShap.of(self.ensemble)

    @cached_property
    def _walks(self) -> tuple[Walk, ...]:
        """About two seconds for 10,000 leaves."""
        return walks(self.ensemble.trees)

    @cached_property
    def _nodes(self) -> tuple[NDArray[Any], ...]:
        return _nodes(self.ensemble.trees, xgboost=self.ensemble.rules == "xgboost")


def _nodes(trees: Sequence[Tree], *, xgboost: bool) -> tuple[NDArray[Any], ...]:
    """What the splits ask, so that a number goes left where it is <= the threshold, in both libraries.

    Threshold, where NaN goes, where 0 goes (2: by the threshold), whether the split is categorical, its bits.
    """
    packed = pack(trees)
    threshold, default = packed.threshold, packed.default_left
    if xgboost:  # x < t in single precision is x <= the number before t
        single = threshold.astype(np.float32)
        threshold = np.nextafter(single, np.float32(-np.inf)).astype(np.float64)
        nan, zero = default, np.full(len(default), 2)
    else:
        nan = np.where(packed.missing == MISSING_NAN, default, threshold >= 0)
        nan = np.where(packed.missing == MISSING_ZERO, default, nan)
        zero = np.where(packed.missing == MISSING_ZERO, default, 2)
    return (
        threshold,
        nan.astype(np.float64),
        zero.astype(np.float64),
        packed.categorical,
        default,
        packed.start,
        packed.words,
    )


@jitted(nogil=True, error_model="numpy")
def _run(  # type: ignore[no-untyped-def]  # noqa: C901, PLR0917 - a call with arrays costs as much as a step
    rows, values, depth, steps, down, up, start, threshold, nan, zero, categorical, default, words_at, words, xgboost
):
    n, p = rows.shape
    points = len(start)
    x, phi = np.empty(p * LANES), np.empty(p * LANES)
    side, holds, base = np.empty((depth + 1) * LANES), np.ones((depth + 1) * LANES), np.empty((depth + 1) * LANES)
    product, total = np.ones((depth + 1) * points * LANES), np.empty((depth + 1) * points * LANES)
    for first in range(0, n, LANES):
        _load(rows, first, x, xgboost)
        phi[:] = 0.0
        for i in range(steps.shape[0]):
            kind, d, old, f, node, second = steps[i, 0], steps[i, 1], steps[i, 2], steps[i, 3], steps[i, 4], steps[i, 5]
            if kind != UP:
                if second:
                    goes_right(side, d)
                elif categorical[node]:
                    _listed_left(x, f, default[node], words[words_at[node] : words_at[node + 1]], xgboost, side, d)
                else:
                    goes_left(x, f, threshold[node], nan[node], zero[node], side, d)
                hold(holds, old, side, d)
            if kind == DOWN:
                enter(product, holds, old, d, points, down, i * 3 * points)
            elif kind == ENDS:
                end(product, total, base, phi, holds, old, d, points, down, i * points, up, start, f, second)
            elif kind == PAIR:
                end_both(product, total, base, phi, holds, old, d, points, down, i * points, up, start, f)
            else:
                leave(total, base, phi, holds, old, d, points, i * points, up, f, second)
        for r in range(min(LANES, n - first)):
            for j in range(p):
                values[first + r, j] += phi[j * LANES + r]


@jitted(nogil=True)
def _load(rows, first, x, xgboost):  # type: ignore[no-untyped-def]
    for r in range(LANES):
        row = min(first + r, rows.shape[0] - 1)
        for f in range(rows.shape[1]):
            number = rows[row, f]
            if xgboost:
                number = np.float64(np.float32(number))
            elif abs(number) <= np.float32(1e-35):
                number = 0.0  # LightGBM hands its trees no number that is nearer to 0
            x[f * LANES + r] = number


@jitted(nogil=True)
def _listed_left(x, f, default, words, xgboost, side, d):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    for r in range(LANES):
        value = x[f * LANES + r]
        side[d * LANES + r] = 1.0 if category_left(value, is_listed(value, words, xgboost), default, xgboost) else 0.0
