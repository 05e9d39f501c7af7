"""An ensemble of small interactions as look-up tables: what a scorecard prints, and a person can check by hand.

All trees of the same features become one table: a step function of one feature, or a grid of two. Nothing is
approximated: the points of a row, one cell a table, add up to its margin. Refuses trees of more than two features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees.compiled.split_edges import ZERO, last_left
from riskmodel.trees.ensemble import Rules, TreeEnsemble
from riskmodel.trees.tree import MISSING_ZERO, Tree


@dataclass(frozen=True)
class Axis:
    """How a table cuts one feature: first the missing, then cell by cell, last what is above or any other category.

    edges: rising, of a number: cells are (-inf, e0], (e0, e1], ... codes: rising, of a category; None for a number.
    rules: whose categories: XGBoost takes them in single precision, and nothing below 0 for one.
    """

    feature: int
    edges: tuple[float, ...] = ()
    codes: tuple[int, ...] | None = None
    rules: Rules = "lightgbm"

    def __len__(self) -> int:
        return 2 + len(self.edges if self.codes is None else self.codes)

    def cells(self, column: Vector) -> NDArray[np.intp]:
        """The cell of each value (n); of a category only the whole part counts."""
        if self.codes is None:
            place = np.searchsorted(self.edges, column)
        else:
            whole = np.trunc(column) if self.rules == "lightgbm" else _single(column)
            place = np.where(np.isin(whole, self.codes), np.searchsorted(self.codes, whole), len(self.codes))
        return np.where(np.isnan(column), 0, 1 + place)

    @property
    def examples(self) -> Vector:
        """A value in each cell."""
        if self.codes is None:
            return np.array([np.nan, *self.edges, np.inf])
        return np.array([np.nan, *self.codes, max(self.codes, default=-1) + 1])


def _single(column: Vector) -> Vector:
    with np.errstate(over="ignore"):  # beyond single precision is no category either
        return np.where(column < 0, -1.0, np.trunc(column.astype(np.float32)))


@dataclass(frozen=True, eq=False)
class LookupTable:
    """Points by cell, log-odds: one dimension an axis; without an axis one number, the intercept."""

    axes: tuple[Axis, ...]
    points: NDArray[np.float64]

    def __call__(self, matrix: Matrix) -> Vector:
        """The points of each row of `matrix`, n x n_features."""
        cells = tuple(axis.cells(matrix[:, axis.feature]) for axis in self.axes)
        return self.points[cells] if cells else np.full(len(matrix), float(self.points))


def tables(ensemble: TreeEnsemble) -> tuple[LookupTable, ...]:
    """The intercept, then a table a feature, then one a pair; their points add up to `ensemble.margins`.

    Each table is centred on the rows that its trees were grown on, so that the intercept is the usual margin.
    Raises: UnsupportedScorer for a tree of more than two features, or a feature split as number and as category.
    """
    groups: dict[tuple[int, ...], list[Tree]] = {}
    for i, tree in enumerate(ensemble.trees):
        used = tree.used_features
        if len(used) > 2:
            raise UnsupportedScorer(f"a table needs trees of at most two features, however: tree {i} uses {len(used)}")
        if used:
            groups.setdefault(used, []).append(tree)
    intercept = ensemble.intercept + sum(tree.mean for tree in ensemble.trees)
    ordered = sorted(groups, key=lambda used: (len(used), used))
    return LookupTable((), np.array(intercept)), *(_table(ensemble, groups[used], used) for used in ordered)


def _table(ensemble: TreeEnsemble, trees: list[Tree], used: tuple[int, ...]) -> LookupTable:
    group = replace(ensemble, trees=tuple(trees), intercept=-sum(tree.mean for tree in trees))
    axes = axes_of(group, used)
    margins = group.margins(examples(axes, group.n_features))
    return LookupTable(axes, margins.reshape([len(axis) for axis in axes]))


def axes_of(group: TreeEnsemble, used: tuple[int, ...]) -> tuple[Axis, ...]:
    """How the trees cut these features. Raises: UnsupportedScorer where one is split as number and as category."""
    return tuple(_axis(group, feature) for feature in used)


def examples(axes: Sequence[Axis], n_features: int) -> Matrix:
    """A row in each cell, cells x n_features, so that the rules of missing values stay in one place, the walk."""
    grid = np.meshgrid(*(axis.examples for axis in axes), indexing="ij")
    rows = np.zeros((grid[0].size, n_features))
    for axis, values in zip(axes, grid, strict=True):
        rows[:, axis.feature] = values.ravel()
    return rows


def _axis(group: TreeEnsemble, feature: int) -> Axis:
    splits = [(tree, int(node)) for tree in group.trees for node in np.flatnonzero(tree.feature == feature)]
    listed = [codes for tree, node in splits if (codes := tree.sets[node]) is not None]
    if listed and len(listed) < len(splits):
        raise UnsupportedScorer(
            f"a feature must be a number or a category, however: feature {feature} is split as both"
        )
    if listed:
        return Axis(feature, codes=tuple(sorted({code for codes in listed for code in codes})), rules=group.rules)
    edges = set(last_left(np.array([tree.threshold[node] for tree, node in splits]), group.rules).tolist())
    if any(tree.missing[node] == MISSING_ZERO for tree, node in splits):
        edges |= {float(np.nextafter(-ZERO, -np.inf)), ZERO}
    return Axis(feature, edges=tuple(sorted(edge for edge in edges if edge < np.inf)))  # nothing lies above it
