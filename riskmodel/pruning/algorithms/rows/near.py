"""Rows that are nearly one: of one outcome, and in one cell of a grid of quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Kind, Matrix, Outcome, Vector

FINEST, LEVELS = 32, 4  # quantile bins a feature: 32, 16, 8 and 4
MISSING = 1 << 20  # a bin of its own at every level


@dataclass(frozen=True, eq=False)
class Nearness:
    """Of each row (n): the level of the coarsest grid in whose cell it comes first, and which row it is near to."""

    tier: NDArray[
        np.intp
    ]  # 0: it stands for a cell of the coarsest grid; LEVELS: one like it in the finest comes first
    parent: NDArray[np.intp]  # the first row of its cell in the next coarser grid; -1 at tier 0

    def heirs(self, kept: NDArray[np.bool_]) -> NDArray[np.intp]:
        """For each row (n) the kept row that stands for it: itself, or the nearest that stays; -1 where none does."""
        heir = np.arange(len(kept))
        for _ in range(LEVELS + 1):
            gone = (heir >= 0) & ~kept[heir]
            heir[gone] = self.parent[heir[gone]]
        heir[(heir >= 0) & ~kept[heir]] = -1
        return heir


def nearness(matrix: Matrix, features: Sequence[Column], default: Outcome, order: Vector) -> Nearness:
    """Among near rows (n x features) the one with the least `order` (n) comes first."""
    codes, draws = _codes(matrix, features), np.random.default_rng(0)
    mixers = draws.integers(1, 2**63, codes.shape[1] + 1, dtype=np.uint64) | np.uint64(1)
    firsts = [_firsts(_cells(codes >> level, features, codes, default, mixers), order) for level in range(LEVELS)]
    tier, parent = np.full(len(matrix), LEVELS), firsts[0].copy()
    rows = np.arange(len(matrix))
    for level, first in enumerate(firsts):  # from fine to coarse
        leads = first == rows
        tier[leads] = LEVELS - 1 - level
        if level + 1 < LEVELS:
            parent[leads] = firsts[level + 1][leads]
    parent[tier == 0] = -1
    return Nearness(tier, parent)


def _codes(matrix: Matrix, features: Sequence[Column]) -> NDArray[np.int64]:
    codes = np.empty(matrix.shape, np.int64)
    for j, feature in enumerate(features):
        values = matrix[:, j]
        if feature.kind is Kind.CATEGORICAL:
            codes[:, j] = np.where(np.isnan(values), -1, np.nan_to_num(values))
            continue
        there = ~np.isnan(values)
        edges = np.unique(np.quantile(values[there], np.arange(1, FINEST) / FINEST)) if there.any() else np.empty(0)
        codes[:, j] = np.where(there, np.searchsorted(edges, values, side="right"), MISSING)
    return codes


def _cells(
    coarse: NDArray[np.int64],
    features: Sequence[Column],
    codes: NDArray[np.int64],
    default: Outcome,
    mixers: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """A number for each row's cell and outcome; a level of a category is never joined with another."""
    plain = np.array([feature.kind is Kind.CATEGORICAL for feature in features])
    cells = np.where(plain, codes, coarse).astype(np.uint64) * mixers[:-1]
    mixed: NDArray[np.uint64] = cells.sum(axis=1, dtype=np.uint64) + default.astype(np.uint64) * mixers[-1]
    return mixed


def _firsts(cells: NDArray[np.uint64], order: Vector) -> NDArray[np.intp]:
    """For each row the first row of its cell."""
    by_order = np.argsort(order, kind="stable")
    _, first, inverse = np.unique(cells[by_order], return_index=True, return_inverse=True)
    result = np.empty(len(cells), np.intp)
    result[by_order] = by_order[first[inverse]]
    return result
