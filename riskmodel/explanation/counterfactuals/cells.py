"""Where the margin of trees changes along one column, and by how much, all else equal; compiled.

Along one feature a tree is a step function. A row's way down a tree meets splits; behind the branch not taken lie the
leaves that the row would come to if that split's feature alone were otherwise. One walk a tree finds them all, so that
the margins in every cell of every feature cost a few times what one margin costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.jit import jitted
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.compiled.split_edges import ZERO, last_left
from riskmodel.trees.flat_arrays import pack
from riskmodel.trees.traversal import category_left, is_listed, number_left
from riskmodel.trees.tree import LEAF, MISSING_ZERO

ROUNDING = 1e-9  # of a margin that is summed in another order; what comes so near is worked out again


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of every numeric feature: cell i of a feature lies above edge i - 1, up to edge i.

    edges: of all features end to end. starts: where each feature's are, and the number of all. exact: whether a feature
    is asked by plain comparisons alone; one that LightGBM reads 0 as missing from, or a category, is not. single:
    whether numbers are read in single precision.
    """

    edges: Vector
    starts: NDArray[np.int64]
    exact: NDArray[np.bool_]
    single: bool
    tables: tuple[Any, ...]

    @classmethod
    def of(cls, ensemble: TreeEnsemble) -> Cells:
        """The cells between the thresholds that some split has."""
        p = pack(ensemble.trees)
        value = np.concatenate([tree.value for tree in ensemble.trees] or [np.zeros(0)])
        numeric = (p.feature != LEAF) & ~p.categorical
        last = last_left(p.threshold, ensemble.rules)
        odd = p.categorical | (numeric & (p.missing == MISSING_ZERO) & (ensemble.rules == "lightgbm"))
        exact = np.ones(ensemble.n_features, bool)
        exact[p.feature[odd & (p.feature != LEAF)]] = False
        edges, rank = [np.zeros(0)], np.zeros(len(p.feature), np.int32)
        for feature in range(ensemble.n_features):
            asked = numeric & (p.feature == feature)
            own, rank[asked] = np.unique(last[asked], return_inverse=True)
            edges.append(own)
        starts = np.cumsum([0, *map(len, edges[1:])]).astype(np.int64)
        deepest = max((len(tree) for tree in ensemble.trees), default=1)
        tables = (*p.arrays, value, rank, ensemble.rules == "xgboost", deepest)
        return cls(np.concatenate(edges), starts, exact, ensemble.rules == "xgboost", tables)

    def candidates(self, feature: int, value: float, low: float, high: float) -> Vector:
        """A number in every other allowed cell of a feature, the nearest to a value first."""
        edges, below, above = (of[self.starts[feature] : self.starts[feature + 1]] for of in self._numbers)
        here = int(np.searchsorted(edges, value))
        below, above = below[:here], above[here:]
        allowed = np.concatenate([below[below >= low], above[above <= high]])
        return allowed[np.argsort(np.abs(allowed - value), kind="stable")]

    def nearest(self, matrix: Matrix, limit: Vector, low: Vector, high: Vector) -> Matrix:
        """The nearest number of each feature, between low and high, at which the margin changes by at most a limit.

        Parameters
        ----------
        matrix
            Rows (n x features).
        limit
            What the raw margin of each row must change by at most (n): below 0 where it must fall.
        low, high
            Between which numbers of a feature are allowed (features).

        Returns
        -------
        Numbers (n x features); NaN where there is none, where the row has none now, or the feature is not exact.
        """
        values = np.full(matrix.shape, np.nan)
        _nearest(
            np.ascontiguousarray(matrix),
            limit,
            low,
            high,
            *self._numbers,
            self.starts,
            self.exact,
            values,
            *self.tables,
        )
        return values

    @cached_property
    def _numbers(self) -> tuple[Vector, Vector, Vector]:
        """The edges; the largest number of the cell below each, and the smallest above, as precise as trees read."""
        if not self.single:
            beside = self.edges, np.nextafter(self.edges, np.inf)
            below, above = (np.where(np.abs(numbers) <= ZERO, 0.0, numbers) for numbers in beside)
            return self.edges, below, above
        single = self.edges.astype(np.float32)
        low = np.where(single > self.edges, np.nextafter(single, np.float32(-np.inf)), single)
        return self.edges, low.astype(np.float64), np.nextafter(low, np.float32(np.inf)).astype(np.float64)


@jitted(nogil=True, error_model="numpy")
def _nearest(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    rows, limit, low, high, edges, below, above, starts, exact, values, roots, feature, threshold, left, right,
    default_left, missing, categorical, start, words, value, rank, xgboost, deepest,
):  # fmt: skip
    p = rows.shape[1]
    change = np.zeros(
        len(edges) + 2 * p
    )  # of feature f its cells from starts[f] + 2 f on, and what comes after the last
    least, most = np.zeros(p, np.int64), np.zeros(p, np.int64)
    goes = np.zeros(len(feature), np.bool_)
    stack = np.empty((deepest + 1, 3), np.int64)
    for i in range(len(rows)):
        change[:] = 0.0
        for node in range(len(feature)):
            f = feature[node]
            if f != LEAF:
                goes[node] = _left(
                    rows[i, f], node, threshold, default_left, missing, categorical, start, words, xgboost
                )
        for t in range(len(roots)):
            _tree(rows[i], roots[t], feature, left, right, value, rank, goes, exact, starts, least, most, stack, change)
        for f in range(p):
            if exact[f] and not np.isnan(rows[i, f]):
                first, last = starts[f], starts[f + 1]
                own = change[first + 2 * f : last + 2 * f + 1]
                values[i, f] = _search(
                    rows[i, f], limit[i], low[f], high[f], edges[first:last], below[first:last], above[first:last], own
                )


@jitted(nogil=True)
def _tree(row, root, feature, left, right, value, rank, goes, exact, starts, least, most, stack, change):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Adds what a tree changes by in the cells of each feature that stands on the row's way."""
    node = root
    while feature[node] != LEAF:
        f = feature[node]
        least[f], most[f] = 0, starts[f + 1] - starts[f] + 1
        node = root + (left[node] if goes[node] else right[node])
    base, node = value[node], root
    while feature[node] != LEAF:
        f, cut, onward = feature[node], rank[node] + 1, left[node] if goes[node] else right[node]
        if exact[f] and not np.isnan(row[f]):
            if goes[node]:
                stack[0] = root + right[node], max(least[f], cut), most[f]
                most[f] = min(most[f], cut)
            else:
                stack[0] = root + left[node], least[f], min(most[f], cut)
                least[f] = max(least[f], cut)
            _branch(f, root, base, starts[f] + 2 * f, feature, left, right, value, rank, goes, stack, change)
        node = root + onward


@jitted(nogil=True)
def _branch(f, root, base, at, feature, left, right, value, rank, goes, stack, change):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Adds the leaves behind a branch not taken; all splits but those by its feature go as the row goes."""
    n = 1
    while n > 0:
        n -= 1
        node, first, last = stack[n]
        if first >= last:
            continue
        while feature[node] != LEAF and feature[node] != f:
            node = root + (left[node] if goes[node] else right[node])
        if feature[node] == LEAF:
            change[at + first] += value[node] - base
            change[at + last] -= value[node] - base
            continue
        cut = rank[node] + 1
        stack[n] = root + right[node], max(first, cut), last
        stack[n + 1] = root + left[node], first, min(last, cut)
        n += 2


@jitted(nogil=True)
def _left(x, node, threshold, default_left, missing, categorical, start, words, xgboost):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    if categorical[node]:
        listed = is_listed(x, words[start[node] : start[node + 1]], xgboost)
        return category_left(x, listed, default_left[node], xgboost)
    return number_left(x, threshold[node], default_left[node], missing[node], xgboost)


@jitted(nogil=True)
def _search(x, limit, low, high, edges, below, above, change):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """The nearest allowed number in a cell whose change is at most the limit; `change` comes as steps."""
    for c in range(1, len(change)):
        change[c] += change[c - 1]
    here, down, up = np.searchsorted(edges, x), np.nan, np.nan
    for c in range(here - 1, -1, -1):
        if below[c] < low:
            break
        if change[c] <= limit:
            down = below[c]
            break
    for c in range(here + 1, len(change)):
        if above[c - 1] > high:
            break
        if change[c] <= limit:
            up = above[c - 1]
            break
    if np.isnan(up) or x - down <= up - x:
        return down
    return up
