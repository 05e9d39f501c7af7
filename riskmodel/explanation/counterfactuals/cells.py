"""Where the margin of trees changes along one column, and by how much, all else equal; compiled.

Along one feature a tree is a step function. A row's way down a tree meets splits; behind the branch not taken lie the
leaves that the row would come to if that split's feature alone were otherwise. One walk a tree finds them all, so that
the margins in every cell of every feature cost a few times what one margin costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.explanation.counterfactuals.bounds import Bounds
from riskmodel.jit import jitted
from riskmodel.trees.compiled.split_edges import ZERO, last_left
from riskmodel.trees.flat_arrays import pack
from riskmodel.trees.parts import TreePart
from riskmodel.trees.traversal import category_left, is_listed, number_left
from riskmodel.trees.tree import LEAF, MISSING_ZERO

ROUNDING = 1e-9  # of a margin that is summed in another order; what comes so near is worked out again


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of every numeric feature: cell i of a feature lies above edge i - 1, up to edge i.

    edges: of all features end to end. below, above: a number of the cell on either side of each edge, the nearest that
    the library reads as it stands. starts: where each feature's are, and the number of all. exact: whether a feature is
    asked by plain comparisons alone; one that LightGBM reads 0 as missing from, or a category, is not.
    """

    edges: Vector
    below: Vector
    above: Vector
    starts: NDArray[np.int64]
    exact: NDArray[np.bool_]
    tables: tuple[Any, ...]

    @classmethod
    def of(cls, parts: Sequence[TreePart], n_features: int) -> Cells:
        """The cells between the thresholds that some split of some part has."""
        trees = [(tree, part) for part in parts for tree in part.ensemble.trees]
        p = pack([tree for tree, _ in trees])
        value = np.concatenate([part.weight * tree.value for tree, part in trees] or [np.zeros(0)])
        xgboost = np.repeat([part.ensemble.rules == "xgboost" for _, part in trees], [len(tree) for tree, _ in trees])
        xgboost = xgboost.astype(np.bool_)
        split = p.feature != LEAF
        last = np.where(xgboost, last_left(p.threshold, "xgboost"), last_left(p.threshold, "lightgbm"))
        odd = split & (p.categorical | ((p.missing == MISSING_ZERO) & ~xgboost))
        exact = np.ones(n_features, bool)
        exact[p.feature[odd]] = False
        rank, sides = np.zeros(len(p.feature), np.int32), []
        for feature in range(n_features):
            asked = split & ~p.categorical & (p.feature == feature)
            finite = asked & np.isfinite(last)
            own = np.unique(last[finite])
            rank[asked] = np.searchsorted(own, last[asked])
            sides.append(_sides(own, np.isin(own, last[finite & xgboost])))
        edges, below, above = (np.concatenate([np.zeros(0), *column]) for column in zip(*sides, strict=True))
        starts = np.cumsum([0, *(len(own) for own, _, _ in sides)]).astype(np.int64)
        deepest = max((len(tree) for tree, _ in trees), default=1)
        return cls(edges, below, above, starts, exact, (*p.arrays, value, rank, xgboost, deepest))

    def candidates(self, feature: int, value: float) -> Vector:
        """A number in every other cell of a feature, the nearest to a value first."""
        own = slice(self.starts[feature], self.starts[feature + 1])
        here = int(np.searchsorted(self.edges[own], value))
        others = np.concatenate([self.below[own][:here], self.above[own][here:]])
        return others[np.argsort(np.abs(others - value), kind="stable")]

    def nearest(self, matrix: Matrix, limit: Vector, bounds: Bounds) -> Matrix:
        """The nearest allowed number of each feature at which the margin changes by at most a limit.

        Parameters
        ----------
        matrix
            Rows (n x features).
        limit
            What the raw margin of each row must change by at most (n): below 0 where it must fall.
        bounds
            Which numbers of a feature are allowed.

        Returns
        -------
        Numbers (n x features); NaN where there is none, where the row has none now, or the feature is not exact.
        """
        values = np.full(matrix.shape, np.nan)
        edges = self.edges, self.below, self.above, self.starts, self.exact
        _nearest(np.ascontiguousarray(matrix), limit, *bounds.arrays, *edges, values, *self.tables)
        return values


def _sides(edges: Vector, single: NDArray[np.bool_]) -> tuple[Vector, Vector, Vector]:
    """The edges of a feature, and a number on either side of each; what XGBoost compares is in single precision."""
    near = [np.where(np.abs(numbers) <= ZERO, 0.0, numbers) for numbers in (edges, np.nextafter(edges, np.inf))]
    rounded = edges.astype(np.float32)
    low = np.where(rounded > edges, np.nextafter(rounded, np.float32(-np.inf)), rounded)
    below = np.where(single, low, near[0])
    above = np.where(single, np.nextafter(low, np.float32(np.inf)), near[1])
    # Between edges of two libraries there may be no number of single precision.
    below = np.where((below > np.concatenate([[-np.inf], edges])[:-1]) & (below <= edges), below, edges)
    within = (above > edges) & (above <= np.concatenate([edges, [np.inf]])[1:])
    return edges, below, np.where(within, above, np.nextafter(edges, np.inf))


@jitted(nogil=True, error_model="numpy")
def _nearest(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    rows, limit, low, high, falls, rises, edges, below, above, starts, exact, values, roots, feature, threshold,
    left, right, default_left, missing, categorical, start, words, value, rank, xgboost, deepest,
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
                    rows[i, f], node, threshold, default_left, missing, categorical, start, words, xgboost[node]
                )
        for t in range(len(roots)):
            _tree(rows[i], roots[t], feature, left, right, value, rank, goes, exact, starts, least, most, stack, change)
        for f in range(p):
            if exact[f] and not np.isnan(rows[i, f]):
                first, last = starts[f], starts[f + 1]
                own = change[first + 2 * f : last + 2 * f + 1]
                parts = edges[first:last], below[first:last], above[first:last]
                values[i, f] = _search(rows[i, f], limit[i], low[f], high[f], falls[f], rises[f], *parts, own)


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
def _search(x, limit, low, high, falls, rises, edges, below, above, change):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """The nearest allowed number in a cell whose change is at most the limit; `change` comes as steps.

    From outside the range the first number that it may have is the range's end.
    """
    for c in range(1, len(change)):
        change[c] += change[c - 1]
    here, down, up = np.searchsorted(edges, x), np.nan, np.nan
    for c in range(here - 1 if falls else -1, -1, -1):
        value = min(below[c], high)
        if value < low:
            break
        if change[c] <= limit and (c == 0 or value > edges[c - 1]):
            down = value
            break
    for c in range(here + 1 if rises else len(change), len(change)):
        value = max(above[c - 1], low)
        if value > high:
            break
        if change[c] <= limit and (c == len(edges) or value <= edges[c]):
            up = value
            break
    if np.isnan(up) or x - down <= up - x:
        return down
    return up
