"""One level of all trees: L1 logistic regression on a scale and a shift of each subtree, by block descent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from riskmodel.core import Vector
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.trees.block_coordinate import FLOOR, Descent
from riskmodel.pruning.algorithms.trees.layout import Places, TreeLayout

TURNS = 5  # between shift and scale of a pair, a visit


@dataclass(frozen=True, eq=False)
class Level:
    """The subtrees of one tree at one level. Leaf value = shift[group] + scale[group] * column.

    group: of each leaf. tops: of each group, its split in postorder or ~leaf. column: what the scale multiplies, 0
    where the subtree is a leaf. The costs of a unit of either are the norms of their columns; a root's shift would be
    a second intercept and is barred.
    """

    group: Places
    tops: Places
    column: Vector
    shift: Vector
    scale: Vector
    shift_cost: Vector
    scale_cost: Vector

    @property
    def values(self) -> Vector:
        """Of each leaf."""
        return leaf_values(self.group, self.column, self.shift, self.scale)


def level_of(layout: TreeLayout, values: Vector, mass: Vector, depth: int) -> Level:
    """The level as it stands: scales 1 and shifts 0, and at a leaf its value as the shift. mass: of each leaf."""
    tops, group = np.unique(_tops(layout, depth), return_inverse=True)
    single = tops < 0
    column = np.where(single[group], 0.0, values)
    shift = np.zeros(len(tops))
    shift[single] = values[~tops[single]]
    whole = np.bincount(group, mass)
    square = np.bincount(group, mass * column**2)
    shift_cost = (
        np.where(tops == len(layout.nodes) - 1, np.inf, np.sqrt(whole)) if len(layout.nodes) else np.sqrt(whole)
    )
    scale = np.where(square > 0, 1.0, 0.0)
    return Level(group.astype(np.int32), tops.astype(np.int32), column, shift, scale, shift_cost, np.sqrt(square))


def _tops(layout: TreeLayout, depth: int) -> Places:
    """Of each leaf: the split at this depth above it, or ~leaf where the leaf is no deeper."""
    tops = ~np.arange(len(layout.leaves), dtype=np.int32)
    for split in np.flatnonzero(layout.depth == depth):
        tops[layout.below(int(split))] = split
    return tops


def fitted_level(
    descent: Descent, levels: Sequence[Level], penalty: float, rounds: int = 3, tolerance: float = 1e-3
) -> list[Level]:
    """The level that minimises loss + penalty * (costs @ |shifts| + costs @ |scales|); `descent` moves along."""
    fitted = list(levels)
    for _ in range(rounds):
        descent.renew()
        largest = 0.0
        for _ in range(2):
            for tree, level in enumerate(fitted):
                new = _block(descent, tree, level, penalty)
                change = new.values - level.values
                if change.any():
                    descent.move(tree, change)
                    largest = max(largest, float(np.abs(change).max()))
                fitted[tree] = new
        if largest < tolerance:
            break
    return fitted


def largest_penalty(descent: Descent, levels: Sequence[Level]) -> float:
    """The least penalty at which no scale that is 0 would leave it, at the margins as they are."""
    pulls = [FLOOR]
    for tree, level in enumerate(levels):
        pull = np.abs(np.bincount(level.group, descent.gradient(tree) * level.column))
        pulls += (pull / np.maximum(level.scale_cost, FLOOR)).tolist()
    return max(pulls)


def _block(descent: Descent, tree: int, level: Level, penalty: float) -> Level:
    gradient, curvature = descent.gradient(tree), descent.curvature(tree)
    shift, scale = lasso_pairs(
        level.group, level.column, level.shift, level.scale, gradient, curvature,
        penalty * level.shift_cost, penalty * level.scale_cost,
    )  # fmt: skip
    return replace(level, shift=shift, scale=scale)


@jitted(nogil=True)
def leaf_values(group, column, shift, scale):  # type: ignore[no-untyped-def]
    values = np.empty(len(group))
    for leaf in range(len(group)):
        values[leaf] = shift[group[leaf]] + scale[group[leaf]] * column[leaf]
    return values


@jitted(nogil=True)
def lasso_pairs(group, column, shift, scale, gradient, curvature, shift_price, scale_price):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """A shift and a scale a group: the minimum of the second-order model, by a few turns between the two."""
    count = len(shift)
    g, gx, h, hx, hxx = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    for leaf in range(len(group)):
        k, x = group[leaf], column[leaf]
        g[k] += gradient[leaf]
        gx[k] += gradient[leaf] * x
        h[k] += curvature[leaf]
        hx[k] += curvature[leaf] * x
        hxx[k] += curvature[leaf] * x * x
    new_shift, new_scale = shift.copy(), scale.copy()
    for k in range(count):
        for _ in range(TURNS):
            before = new_shift[k] + new_scale[k]
            if shift_price[k] < np.inf:
                pull = g[k] - hx[k] * (new_scale[k] - scale[k]) + h[k] * shift[k]
                new_shift[k] = soft(pull, shift_price[k]) / h[k]
            if hxx[k] > 0:
                pull = gx[k] - hx[k] * (new_shift[k] - shift[k]) + hxx[k] * scale[k]
                new_scale[k] = soft(pull, scale_price[k]) / hxx[k]
            if new_shift[k] + new_scale[k] == before:
                break
    return new_shift, new_scale


@jitted(nogil=True)
def soft(value, threshold):  # type: ignore[no-untyped-def]
    return np.sign(value) * max(abs(value) - threshold, 0.0)
