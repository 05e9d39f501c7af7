"""Trees and their sum: what a boosted model is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.trees.flat_arrays import LEAF, Nodes, Packed, pack

Rules = Literal["lightgbm", "xgboost"]


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

    @property
    def used_features(self) -> tuple[int, ...]:
        """Columns that some split asks for."""
        return tuple(sorted(set(self.feature[~self.is_leaf].tolist())))

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

    def with_leaves(self, values: Mapping[int, float]) -> Tree:
        """The tree that ends at the given nodes, with these values; nodes keep their order, covers and notes."""
        kept = self._above(values)
        place = np.full(len(self), LEAF, np.int32)
        place[kept] = np.arange(len(kept))
        ends = np.isin(kept, list(values))
        return Tree(
            feature=np.where(ends, LEAF, self.feature[kept]).astype(np.int32),
            threshold=np.where(ends, 0.0, self.threshold[kept]),
            left=np.where(ends, LEAF, place[self.left[kept]]).astype(np.int32),
            right=np.where(ends, LEAF, place[self.right[kept]]).astype(np.int32),
            value=np.array([values.get(node, 0.0) for node in kept]),
            cover=self.cover[kept],
            default_left=self.default_left[kept] & ~ends,
            missing=np.where(ends, 0, self.missing[kept]).astype(np.uint8),
            sets=tuple(None if end else self.sets[node] for node, end in zip(kept, ends, strict=True)),
            carried={name: notes[kept] for name, notes in self.carried.items()},
            shrinkage=self.shrinkage,
        )

    def _above(self, ends: Mapping[int, float]) -> list[int]:
        """The nodes from the root down to the given ones, in their own order."""
        found = [0]
        for node in found:
            if node not in ends:
                if self.feature[node] == LEAF:
                    raise ValueError(f"node {node} is a leaf, however: it has no value")
                found += [int(self.left[node]), int(self.right[node])]
        if missed := set(ends) - set(found):
            raise ValueError(f"node {min(missed)} hangs below another given node")
        return sorted(found)

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
        return tuple(sorted({feature for tree in self.trees for feature in tree.used_features}))

    def keep_trees(self, kept: Sequence[int]) -> TreeEnsemble:
        """The given trees only; each of the others leaves its mean in the intercept, so that the level of risk stays.

        LightGBM hides the base rate in tree 0, and without this it would go with that tree.
        """
        wanted = set(kept)
        lost = sum(tree.mean for i, tree in enumerate(self.trees) if i not in wanted)
        trees = tuple(tree for i, tree in enumerate(self.trees) if i in wanted)
        return replace(self, trees=trees, intercept=self.intercept + lost)

    def with_leaves(self, leaves: Mapping[tuple[int, int], float], intercept: float) -> TreeEnsemble:
        """The ensemble whose leaves are the given nodes (tree, node) with the given values; a tree without any goes.

        What hangs below such a node goes with it. Raises: ValueError if a row could end in none of them.
        """
        of: dict[int, dict[int, float]] = {}
        for (tree, node), value in leaves.items():
            of.setdefault(tree, {})[node] = value
        trees = tuple(self.trees[i].with_leaves(values) for i, values in sorted(of.items()))
        return replace(self, trees=trees, intercept=intercept)

    @cached_property
    def _packed(self) -> Packed:
        return pack(self.trees)

    def leaves(self, matrix: Matrix) -> NDArray[np.int32]:
        """The node that each row ends in: n x trees; `matrix` is n x n_features."""
        from riskmodel.trees.traversal import walk  # noqa: PLC0415 - numba is slow to start, and scoring needs no walk

        return walk(np.ascontiguousarray(matrix, np.float64), *self._packed.arrays, self.rules == "xgboost")

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
    """A scorer that shows its trees, and takes other ones; its library tells what they add up to."""

    @property
    def ensemble(self) -> TreeEnsemble: ...

    def with_ensemble(self, ensemble: TreeEnsemble) -> Self: ...

    def native_margin(self, matrix: Matrix) -> Vector: ...
