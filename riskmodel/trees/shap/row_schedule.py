"""Trees made ready for the SHAP values of one row: every split with the numbers that its two sums need.

A node's worth at t, where each feature is known with probability t, is the mean of its branches' worths, weighted by
r + d M: r is the left branch's share of train, d = 1 - r where the row goes left and -r where it goes right, M = t. A
feature that is asked again below an edge with share z of train has M = t / (t + (1 - t) z), and d = 0 where the edge
does not hold. What a split adds to its feature's Shapley value is the integral over t of: how much of the row comes
here, times the difference of its branches' worths, times d z (M / t)^2. Both are polynomials of t, and Gauss-Legendre
quadrature with half as many points as a path has features is exact (as in `shap_schedule`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.trees import Tree
from riskmodel.trees.compiled.split_encoding import Questions, questions
from riskmodel.trees.compiled.tree_order import Splits, ordered
from riskmodel.trees.ensemble import Rules
from riskmodel.trees.shap.quadrature import points_for, quadrature, share_left
from riskmodel.trees.tree import LEAF

AT_ONCE = 4  # points of quadrature in one vector
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class RowSchedule:
    """One entry a split, tree by tree: those with a branch below them, each before its branches, then all others.

    asks: n x 3: column, mask, limit. places: n x 4: slots of the left and the right branch within the tree (0 is a
    leaf), the feature, the row of `factors` counted from the pass's first. before: whose edge with the same feature
    must hold, NOWHERE for none; side: 1 where this is the right edge. numbers: n x 4: share; z; left leaf's value minus
    right leaf's; right leaf's. passes: a row for each four points of a tree: first split, first with leaves alone, the
    one after the last, first row of factors. starts: passes x 4, what reaches the root. factors: M at four points.
    """

    asked: Questions
    asks: NDArray[np.int64]
    places: NDArray[np.int64]
    before: NDArray[np.int64]
    side: NDArray[np.uint8]
    numbers: Matrix
    passes: NDArray[np.int64]
    starts: Matrix
    factors: Matrix

    @classmethod
    def of(cls, trees: Sequence[Tree], rules: Rules) -> RowSchedule:
        """Takes the trees apart."""
        splits = ordered(trees)
        asked = questions(splits, rules)
        order, slot, middle = _order(splits)
        notes = np.array([note for tree in trees for note in _notes(tree)]).reshape(-1, 4)
        share, before, side, held = notes[order].T
        starts = splits.starts[:-1].repeat(splits.counts)
        ancestor = np.where(before < 0, NOWHERE, _inverse(order)[np.maximum(before, 0).astype(int) + starts])
        row = np.zeros(len(order), np.int64)
        for first, last in zip(splits.starts, splits.starts[1:], strict=False):
            again = np.flatnonzero(ancestor[first:last] >= 0) + first
            row[again] = 1 + np.arange(len(again))
        branches, leaves = _branches(splits, order, slot)
        factors, passes, weights = _factors(trees, splits.starts, middle, ancestor >= 0, held)
        return cls(
            asked,
            np.column_stack([asked.column, asked.mask, asked.limit])[order].astype(np.int64),
            np.column_stack([branches, splits.feature[order], row]),
            ancestor,
            side.astype(np.uint8),
            np.column_stack([share, held, leaves]),
            passes,
            weights,
            factors,
        )


def _order(splits: Splits) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Which split stands at each place; each split's slot in its tree, from 1; where each tree's last part begins."""
    ends = splits.last - splits.first == 2
    tree = np.repeat(np.arange(len(splits.counts)), splits.counts)
    order = np.lexsort((np.arange(len(ends)), ends, tree))
    slot = _inverse(order) - splits.starts[tree] + 1
    with_branches = np.bincount(tree[~ends], minlength=len(splits.counts))
    return order, slot, splits.starts[:-1] + with_branches


def _inverse(order: NDArray[np.int64]) -> NDArray[np.int64]:
    inverse = np.empty_like(order)
    inverse[order] = np.arange(len(order))
    return inverse


def _branches(splits: Splits, order: NDArray[np.int64], slot: NDArray[np.int64]) -> tuple[NDArray[np.int64], Matrix]:
    """The slots of each split's branches; the leaves' values, the left one less the right one, and the right one."""
    here = np.arange(len(slot))
    at = splits.leaf_starts[:-1].repeat(splits.counts)
    left_leaf, right_leaf = splits.second - splits.first == 1, splits.last - splits.second == 1
    left = np.where(left_leaf, 0, slot[np.minimum(here + 1, len(slot) - 1)])
    right = np.where(right_leaf, 0, slot[np.minimum(here + splits.second - splits.first, len(slot) - 1)])
    one = np.where(left_leaf, splits.values[at + splits.first], 0.0)
    other = np.where(right_leaf, splits.values[at + splits.second], 0.0)
    return np.column_stack([left, right])[order], np.column_stack([one - other, other])[order]


def _notes(tree: Tree) -> Iterator[tuple[float, int, bool, float]]:
    """Of each split, before its branches: the left share; of the edge before with its feature the split, whether it is
    the right one, and the share of train that passes all such edges.
    """
    stack: list[tuple[int, dict[int, tuple[int, bool, float]]]] = [(0, {})]
    place = 0
    while stack:
        node, path = stack.pop()
        feature = int(tree.feature[node])
        if feature == LEAF:
            continue
        share = share_left(tree, node)
        before, side, held = path.get(feature, (NOWHERE, False, 1.0))
        yield share, before, side, held
        right = path | {feature: (place, True, held * (1 - share))}
        left = path | {feature: (place, False, held * share)}
        stack += [(int(tree.right[node]), right), (int(tree.left[node]), left)]
        place += 1


def _factors(
    trees: Sequence[Tree],
    starts: NDArray[np.int64],
    middle: NDArray[np.int64],
    again: NDArray[np.bool_],
    held: Vector,
) -> tuple[Matrix, NDArray[np.int64], Matrix]:
    rows, passes, weights = [np.zeros((0, AT_ONCE))], [], []
    first_row = 0
    for i, tree in enumerate(trees):
        first, last = int(starts[i]), int(starts[i + 1])
        if first == last:
            continue
        known = np.concatenate([[1.0], held[first:last][again[first:last]]])[:, None]
        for at, weight in _in_fours(points_for(tree)):
            rows.append(at / (at + (1 - at) * known))
            rows[-1][0] = at
            passes.append((first, int(middle[i]), last, first_row))
            weights.append(weight / at**2)
            first_row += len(known)
    return np.concatenate(rows), np.array(passes, np.int64).reshape(-1, 4), np.array(weights).reshape(-1, AT_ONCE)


def _in_fours(points: int) -> Iterator[tuple[Vector, Vector]]:
    """Points of quadrature and their weights, four at a time: more than are needed would be no less exact."""
    at, weights = quadrature(-(-points // AT_ONCE) * AT_ONCE)
    for i in range(0, len(at), AT_ONCE):
        yield at[i : i + AT_ONCE], weights[i : i + AT_ONCE]
