"""The sum of trees: what a boosted model is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import BundleError
from riskmodel.trees.flat_arrays import Packed, pack
from riskmodel.trees.tree import Tree

LARGEST = 1e30  # of a margin: a PD is 0 or 1 long before, and sums in single precision end at 3e38
Rules = Literal["lightgbm", "xgboost"]


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

    def check_margins(self) -> None:
        """Raises: BundleError where leaves may add up to no margin that single precision holds."""
        starts = np.cumsum([0, *map(len, self.trees)])[:-1]
        values = np.abs(np.concatenate([np.zeros(0), *(tree.value for tree in self.trees)]))
        largest = abs(self.intercept) + (float(np.maximum.reduceat(values, starts).sum()) if self.trees else 0.0)
        if not largest <= LARGEST:
            raise BundleError(f"the leaves must add up to at most {LARGEST:g}, however: up to {largest:.3g}")

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
        """What each tree adds.

        Parameters
        ----------
        matrix
            Rows (n x n_features).

        Returns
        -------
        Log-odds (n x trees), without the intercept.
        """
        leaves = self.leaves(matrix)
        columns = [tree.value[leaves[:, i]] for i, tree in enumerate(self.trees)]
        return np.column_stack(columns) if columns else np.zeros((len(matrix), 0))

    def margins(self, matrix: Matrix) -> Vector:
        """What the trees add up to, with the intercept.

        Parameters
        ----------
        matrix
            Rows (n x n_features), numbers as they are and categories as codes; NaN is missing.

        Returns
        -------
        Log-odds of default (n), before calibration.
        """
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


@runtime_checkable
class HasNativeFile(HasTrees, Protocol):
    """A scorer of trees whose library has a file of its own for them."""

    @property
    def model(self) -> bytes:
        """The library's own file; the calibration is not in it."""

    @property
    def binary_model(self) -> bytes:
        """The same in the library's binary format, where it has one."""

    @property
    def native_names(self) -> tuple[str, ...]:
        """What this file calls its features, in their order."""

    def standalone(self) -> Self:
        """The same PDs from the library's file alone, the calibration in it."""

    def native_pd(self, matrix: Matrix) -> Vector:
        """What the library's own `predict` gives for rows (n x n_features): probabilities (n)."""
