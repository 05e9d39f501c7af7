"""Which leaf a row ends in: the decision rules of both libraries to the last bit, compiled.

Kept apart from the tables it walks: numba takes half a second to start, and scoring mostly does without it.
"""

from __future__ import annotations

import numpy as np

from riskmodel.jit import jitted
from riskmodel.trees.tree import LEAF, MISSING_NAN, MISSING_ZERO


@jitted(nogil=True)
def walk(rows, roots, feature, threshold, left, right, default_left, missing, categorical, start, words, xgboost):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    ends = np.empty((rows.shape[0], roots.shape[0]), np.int32)
    for i in range(rows.shape[0]):
        for t in range(roots.shape[0]):
            root, node = roots[t], roots[t]
            while feature[node] != LEAF:
                x = rows[i, feature[node]]
                if categorical[node]:
                    listed = is_listed(x, words[start[node] : start[node + 1]], xgboost)
                    goes_left = category_left(x, listed, default_left[node], xgboost)
                else:
                    goes_left = number_left(x, threshold[node], default_left[node], missing[node], xgboost)
                node = root + (left[node] if goes_left else right[node])
            ends[i, t] = node - root
    return ends


@jitted(nogil=True)
def number_left(x, threshold, default_left, missing, xgboost):  # type: ignore[no-untyped-def]
    if xgboost:
        return default_left if np.isnan(x) else np.float32(x) < np.float32(threshold)
    if abs(x) <= np.float32(1e-35) or (np.isnan(x) and missing != MISSING_NAN):
        x = 0.0  # LightGBM hands its trees no number that is nearer to 0
    if (missing == MISSING_NAN and np.isnan(x)) or (missing == MISSING_ZERO and abs(x) <= np.float32(1e-35)):
        return default_left
    return x <= threshold


@jitted(nogil=True)
def is_listed(x, words, xgboost):  # type: ignore[no-untyped-def]
    """Whether a number means a category among the bits of `words`; compiled."""
    if np.isnan(x) or x <= -1.0 or x >= 2147483648.0 or (xgboost and x < 0):
        return False
    code = int(np.float32(x)) if xgboost else int(x)
    return code // 32 < len(words) and (words[code // 32] >> np.uint32(code % 32)) & np.uint32(1) == 1


@jitted(nogil=True)
def category_left(x, listed, default_left, xgboost):  # type: ignore[no-untyped-def]
    """Whether a row goes left at a categorical split; compiled."""
    if xgboost:
        return default_left if np.isnan(x) else not listed
    return listed
