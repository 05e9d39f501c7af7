"""Which leaf a row ends in: the decision rules of both libraries to the last bit, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from riskmodel.core import Vector

if TYPE_CHECKING:
    from riskmodel.ensemble.anatomy import Tree

Nodes = NDArray[np.int32]
LEAF = -1
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Packed:
    """All trees end to end; the listed categories of node i are the bits of words[start[i] : start[i + 1]]."""

    roots: NDArray[np.int64]
    feature: Nodes
    threshold: Vector
    left: Nodes
    right: Nodes
    default_left: NDArray[np.bool_]
    missing: NDArray[np.uint8]
    categorical: NDArray[np.bool_]
    start: NDArray[np.int64]
    words: NDArray[np.uint32]

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        return tuple(vars(self).values())


def pack(trees: Sequence[Tree]) -> Packed:
    def joined(name: str, dtype: type[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([getattr(tree, name) for tree in trees] or [np.zeros(0)]).astype(dtype)

    sets = [listed for tree in trees for listed in tree.sets]
    words = [_bits(listed or ()) for listed in sets]
    return Packed(
        np.cumsum([0, *map(len, trees)])[:-1].astype(np.int64),
        joined("feature", np.int32),  # type: ignore[arg-type]
        joined("threshold", np.float64),  # type: ignore[arg-type]
        joined("left", np.int32),  # type: ignore[arg-type]
        joined("right", np.int32),  # type: ignore[arg-type]
        joined("default_left", np.bool_),  # type: ignore[arg-type]
        joined("missing", np.uint8),  # type: ignore[arg-type]
        np.array([listed is not None for listed in sets], np.bool_),
        np.cumsum([0, *map(len, words)]).astype(np.int64),
        np.concatenate(words or [np.zeros(0, np.uint32)]).astype(np.uint32),
    )


def _bits(categories: Sequence[int]) -> NDArray[np.uint32]:
    words = np.zeros(max(categories, default=-1) // 32 + 1, np.uint32)
    for category in categories:
        words[category // 32] |= np.uint32(1 << (category % 32))
    return words


@njit(cache=True, nogil=True)
def walk(rows, roots, feature, threshold, left, right, default_left, missing, categorical, start, words, xgboost):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    ends = np.empty((rows.shape[0], roots.shape[0]), np.int32)
    for i in range(rows.shape[0]):
        for t in range(roots.shape[0]):
            root, node = roots[t], roots[t]
            while feature[node] != LEAF:
                x = rows[i, feature[node]]
                if categorical[node]:
                    listed = _listed(x, words[start[node] : start[node + 1]], xgboost)
                    goes_left = _category_left(x, listed, default_left[node], xgboost)
                else:
                    goes_left = _number_left(x, threshold[node], default_left[node], missing[node], xgboost)
                node = root + (left[node] if goes_left else right[node])
            ends[i, t] = node - root
    return ends


@njit(cache=True, nogil=True)
def _number_left(x, threshold, default_left, missing, xgboost):  # type: ignore[no-untyped-def]
    if xgboost:
        return default_left if np.isnan(x) else np.float32(x) < np.float32(threshold)
    if abs(x) <= np.float32(1e-35) or (np.isnan(x) and missing != MISSING_NAN):
        x = 0.0  # LightGBM hands its trees no number that is nearer to 0
    if (missing == MISSING_NAN and np.isnan(x)) or (missing == MISSING_ZERO and abs(x) <= np.float32(1e-35)):
        return default_left
    return x <= threshold


@njit(cache=True, nogil=True)
def _listed(x, words, xgboost):  # type: ignore[no-untyped-def]
    if np.isnan(x) or x <= -1.0 or x >= 2147483648.0 or (xgboost and x < 0):
        return False
    code = int(np.float32(x)) if xgboost else int(x)
    return code // 32 < len(words) and (words[code // 32] >> np.uint32(code % 32)) & np.uint32(1) == 1


@njit(cache=True, nogil=True)
def _category_left(x, listed, default_left, xgboost):  # type: ignore[no-untyped-def]
    if xgboost:
        return default_left if np.isnan(x) else not listed
    return listed
