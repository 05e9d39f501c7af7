"""Between what the margin of trees stays while each number of a row stays within its own interval; compiled.

Every tree adds the least, and the most, of the leaves that the box comes to: sound, and exact for one tree (Chen et al.
2019, Robustness Verification of Tree-based Models, NeurIPS). What single precision rounds comes on top.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.jit import jitted
from riskmodel.trees.ensemble import TreeEnsemble
from riskmodel.trees.flat_arrays import pack
from riskmodel.trees.traversal import category_left, is_listed, number_left
from riskmodel.trees.tree import LEAF, MISSING_ZERO
from riskmodel.trees.worst_case.decisions import ROUNDING


class BoxRange:
    """An ensemble, packed once and asked of many boxes."""

    def __init__(self, ensemble: TreeEnsemble) -> None:
        self._arrays = pack(ensemble.trees).arrays
        self._value = np.concatenate([np.zeros(0), *(tree.value for tree in ensemble.trees)])
        self._ensemble = ensemble
        self._depth = 1 + max((len(tree) for tree in ensemble.trees), default=0)

    def __call__(self, low: Matrix, high: Matrix) -> tuple[Vector, Vector]:
        """The bounds (n each), log-odds.

        Parameters
        ----------
        low, high
            N x n_features. What is no number of this row, missing or a category, is the same in both.
        """
        first, last = (np.ascontiguousarray(ends, np.float64) for ends in (low, high))
        xgboost = self._ensemble.rules == "xgboost"
        least, most = _range(first, last, self._arrays, self._value, xgboost, self._depth)
        slack = ROUNDING[self._ensemble.rules]
        return least + self._ensemble.intercept - slack, most + self._ensemble.intercept + slack


@jitted(nogil=True)
def _range(low, high, tables, value, xgboost, depth):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    roots, feature, threshold, left, right, default_left, missing, categorical, start, words = tables
    least, most = np.zeros(low.shape[0]), np.zeros(low.shape[0])
    stack = np.empty(depth, np.int64)
    for i in range(low.shape[0]):
        for t in range(roots.shape[0]):
            lowest, highest, count = np.inf, -np.inf, 1
            stack[0] = roots[t]
            while count:
                count -= 1
                node = stack[count]
                f = feature[node]
                if f == LEAF:
                    lowest, highest = min(lowest, value[node]), max(highest, value[node])
                    continue
                a, b = low[i, f], high[i, f]
                if categorical[node]:
                    listed = is_listed(a, words[start[node] : start[node + 1]], xgboost)
                    first = last = category_left(a, listed, default_left[node], xgboost)
                else:
                    first = number_left(a, threshold[node], default_left[node], missing[node], xgboost)
                    last = number_left(b, threshold[node], default_left[node], missing[node], xgboost)
                    if a != b and missing[node] == MISSING_ZERO and a <= 1e-35 and b >= -1e-35:
                        first, last = True, False  # a zero that counts as missing stands out of the order
                if first or last:
                    stack[count] = roots[t] + left[node]
                    count += 1
                if not (first and last):
                    stack[count] = roots[t] + right[node]
                    count += 1
            least[i] += lowest
            most[i] += highest
    return least, most
