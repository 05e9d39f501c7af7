"""TreeEnsemble: the neutral anatomy of a boosted tree model, in plain numpy, and what follows from it alone.

It knows the decision rules of both libraries to the last bit, and nothing of their file formats: those belong to the
scorers. Pruners edit an ensemble by making a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector

Rules = Literal["lightgbm", "xgboost"]
Nodes = NDArray[np.int32]
LEAF = -1
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree; all arrays have one entry a node, and node 0 is the root.

    feature: column of the split, LEAF at a leaf. threshold: of a numeric split. left, right: children. value: what a
    leaf adds to the margin (0 elsewhere). cover: what the library's SHAP takes as weight: rows in LightGBM, hessian in
    XGBoost. default_left, missing: where missing values go, and which values count as missing. sets: the listed
    categories of a categorical split, None of a numeric one. carried: the library's own notes on a node, as they are.
    """

    feature: Nodes
    threshold: Vector
    left: Nodes
    right: Nodes
    value: Vector
    cover: Vector
    default_left: NDArray[np.bool_]
    missing: NDArray[np.uint8]
    sets: tuple[tuple[int, ...] | None, ...]
    carried: Mapping[str, Vector] = field(default_factory=dict)
    shrinkage: float = 1.0

    def __len__(self) -> int:
        return len(self.feature)

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        return self.feature == LEAF

    @property
    def n_leaves(self) -> int:
        return int(self.is_leaf.sum())

    @cached_property
    def mean(self) -> float:
        """Mean value over the rows it was grown on."""
        leaves = self.is_leaf
        cover = self.cover[leaves]
        return float(np.average(self.value[leaves], weights=cover if cover.sum() > 0 else None))

    @cached_property
    def depth(self) -> Nodes:
        """Splits above each node."""
        depth = np.zeros(len(self), np.int32)
        for node in self.order:
            if self.feature[node] != LEAF:
                depth[self.left[node]] = depth[self.right[node]] = depth[node] + 1
        return depth

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Nodes, each after its parent."""
        found = [0]
        for node in found:
            if self.feature[node] != LEAF:
                found += [int(self.left[node]), int(self.right[node])]
        return tuple(found)

    @cached_property
    def visits(self) -> float:
        """Nodes that a row of the train sample visits on average."""
        leaves = self.is_leaf
        cover = self.cover[leaves]
        return float(np.average(self.depth[leaves] + 1, weights=cover if cover.sum() > 0 else None))


@dataclass(frozen=True, eq=False)
class TreeEnsemble:
    """Trees whose values add up, with the intercept, to the margin.

    rules "lightgbm": left when x <= threshold, in double precision; listed categories go left, all others right.
    rules "xgboost": left when x < threshold, both in single precision; listed categories go right, all others left.
    """

    trees: tuple[Tree, ...]
    intercept: float
    n_features: int
    rules: Rules

    @property
    def n_leaves(self) -> int:
        return sum(tree.n_leaves for tree in self.trees)

    @property
    def n_nodes(self) -> int:
        return sum(len(tree) for tree in self.trees)

    @property
    def visits(self) -> float:
        """Nodes that a row visits on average."""
        return sum(tree.visits for tree in self.trees)

    @property
    def used_features(self) -> tuple[int, ...]:
        """Columns that some split asks for."""
        return tuple(sorted({int(f) for tree in self.trees for f in tree.feature if f != LEAF}))

    def keep_trees(self, kept: Sequence[int]) -> TreeEnsemble:
        """The given trees only; each of the others leaves its mean in the intercept, so that the level of risk stays.

        LightGBM hides the base rate in tree 0, and without this it would go with that tree.
        """
        wanted = set(kept)
        lost = sum(tree.mean for i, tree in enumerate(self.trees) if i not in wanted)
        trees = tuple(tree for i, tree in enumerate(self.trees) if i in wanted)
        return replace(self, trees=trees, intercept=self.intercept + lost)

    @cached_property
    def _packed(self) -> _Packed:
        return _pack(self.trees)

    def leaves(self, matrix: Matrix) -> NDArray[np.int32]:
        """The node that each row ends in: n x trees; `matrix` is n x n_features."""
        return _walk(_rows(matrix), *self._packed.arrays, self.rules == "xgboost")

    def tree_margins(self, matrix: Matrix) -> Matrix:
        """What each tree adds: n x trees, log-odds."""
        leaves = self.leaves(matrix)
        columns = [tree.value[leaves[:, i]] for i, tree in enumerate(self.trees)]
        return np.column_stack(columns) if columns else np.zeros((len(matrix), 0))

    def margins(self, matrix: Matrix) -> Vector:
        """Log-odds of each row of `matrix`, n x n_features."""
        leaves = self.leaves(matrix)
        total = np.zeros(len(matrix))
        for i, tree in enumerate(self.trees):
            total += tree.value[leaves[:, i]]
        return total + self.intercept


@runtime_checkable
class HasTrees(Protocol):
    """A scorer that shows its trees, and takes other ones."""

    @property
    def ensemble(self) -> TreeEnsemble: ...

    def with_ensemble(self, ensemble: TreeEnsemble) -> Self: ...


# ------------------------------------------------------------------------------------- the decision rules


@dataclass(frozen=True, eq=False)
class _Packed:
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


def _pack(trees: Sequence[Tree]) -> _Packed:
    def joined(name: str, dtype: type[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([getattr(tree, name) for tree in trees] or [np.zeros(0)]).astype(dtype)

    sets = [listed for tree in trees for listed in tree.sets]
    words = [_bits(listed or ()) for listed in sets]
    return _Packed(
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


def _rows(matrix: Matrix) -> Matrix:
    return np.ascontiguousarray(matrix, dtype=np.float64)


@njit(cache=True, nogil=True)
def _walk(rows, roots, feature, threshold, left, right, default_left, missing, categorical, start, words, xgboost):  # type: ignore[no-untyped-def]  # noqa: PLR0917
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
    if np.isnan(x) and missing != MISSING_NAN:
        x = 0.0
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
