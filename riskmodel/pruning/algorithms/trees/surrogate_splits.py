"""Features out of grown trees: each of their splits gives way to the split on another feature that costs least.

Breiman, Friedman, Olshen and Stone 1984, section 5.3, let a surrogate split stand in for one whose value is missing,
by how often the two agree. Here each row weighs what it would cost to send it the wrong way: the squared difference
of what both subtrees say of it. Where no surrogate does better, the split goes and the weightier side takes its place.
Thresholds are those that the ensemble has, so that trees become no larger and no finer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.jit import jitted
from riskmodel.pruning.algorithms.trees.split_columns import SplitColumn, split_columns
from riskmodel.trees import LEAF, Tree, TreeEnsemble
from riskmodel.trees.edit.rebuild import added_up, countable, spliced
from riskmodel.trees.edit.simplify import trimmed
from riskmodel.trees.flat_arrays import pack
from riskmodel.trees.traversal import category_left, is_listed, number_left

WORTH = 0.9  # of what it costs to end the split: a surrogate that costs more is not worth its node
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Surrogate:
    """A split in the place of another: bins up to `cut` go to the old left side, or to the right if flipped."""

    column: SplitColumn
    cut: int
    flipped: bool
    order: NDArray[np.intp]  # of the bins of a category; of a number they are in order
    default_old_left: bool  # where the last bin goes


class FeatureRemoval:
    """Rows that the trees were made of, or like them, on which features are taken out of an ensemble.

    Parameters
    ----------
    ensemble
        Whose splits are the choice of surrogates.
    matrix
        Rows (n x n_features).
    weight
        How much the margin of each row counts (n), above 0: the hessian of the loss.
    """

    def __init__(self, ensemble: TreeEnsemble, matrix: Matrix, weight: Vector) -> None:
        self.matrix, self.weight = np.ascontiguousarray(matrix, np.float64), weight
        self.columns = split_columns(ensemble, matrix)

    def without(self, ensemble: TreeEnsemble, gone: Collection[int]) -> TreeEnsemble:
        """An ensemble of as many trees of which no split asks for a column of `gone`; leaves have their rows' means.

        None has more leaves than before. Columns keep their places.
        """
        some = [column for column in self.columns if column.column not in gone]
        edited = (self._without(tree, ensemble, set(gone), some) for tree in ensemble.trees)
        return trimmed(replace(ensemble, trees=tuple(edited)))

    def _without(self, tree: Tree, ensemble: TreeEnsemble, gone: set[int], columns: Sequence[SplitColumn]) -> Tree:
        if not gone & set(tree.used_features):
            return tree
        packed, order = pack([tree]), np.array(tree.order[::-1])
        said, goes_left = both_ways(self.matrix, order, tree.value, *packed.arrays, ensemble.rules == "xgboost")
        edit = _TreeEdit(tree, ensemble.rules == "xgboost", len(self.matrix))
        for node in tree.order:
            if node not in edit.rows or tree.is_leaf[node]:
                continue
            rows, left, right = edit.rows[node], int(tree.left[node]), int(tree.right[node])
            if int(tree.feature[node]) not in gone:
                edit.part(node, rows, goes_left[node, rows])
                continue
            price = self.weight[rows] * (said[left, rows] - said[right, rows]) ** 2
            stays = goes_left[node, rows]
            chosen = _cheapest(columns, rows, price * stays, price * ~stays)
            if chosen is None:
                edit.end(node, rows, left if _heavier_left(tree, node, price, stays) else right)
            else:
                edit.replace(node, rows, chosen)
        return edit.made(said[0], self.weight, ensemble)


def _heavier_left(tree: Tree, node: int, price: Vector, stays: NDArray[np.bool_]) -> bool:
    left, right = float(price[stays].sum()), float(price[~stays].sum())
    if left == right:
        return bool(tree.cover[tree.left[node]] >= tree.cover[tree.right[node]])
    return left > right


class _TreeEdit:
    """One tree while splits are exchanged: its arrays, and the rows at each node that stays."""

    def __init__(self, tree: Tree, xgboost: bool, rows: int) -> None:
        self.tree, self.xgboost = tree, xgboost
        self.feature, self.threshold = tree.feature.copy(), tree.threshold.copy()
        self.left, self.right = tree.left.copy(), tree.right.copy()
        self.default_left, self.missing = tree.default_left.copy(), tree.missing.copy()
        self.sets, self.instead = list(tree.sets), dict[int, int]()
        self.rows: dict[int, Rows] = {0: np.arange(rows)}

    def part(self, node: int, rows: Rows, old_left: NDArray[np.bool_]) -> None:
        """Sends rows to the old sides of a node."""
        self.rows[int(self.tree.left[node])], self.rows[int(self.tree.right[node])] = rows[old_left], rows[~old_left]

    def end(self, node: int, rows: Rows, child: int) -> None:
        """Puts a child in the place of its node."""
        self.instead[node] = child
        self.rows[child] = rows

    def replace(self, node: int, rows: Rows, chosen: Surrogate) -> None:
        """Puts a surrogate in the place of the split of a node, and sends the rows by it."""
        column = chosen.column
        rank = np.append(np.argsort(chosen.order), column.bins)[np.minimum(column.place[rows], column.bins - 1)]
        old_left = (rank <= chosen.cut) != chosen.flipped
        old_left[column.place[rows] == column.bins - 1] = chosen.default_old_left
        self.part(node, rows, old_left)
        self.feature[node], self.missing[node] = column.column, column.missing
        swap = chosen.flipped
        if column.categorical:
            self.sets[node] = tuple(sorted(int(code) for code in chosen.order[: chosen.cut + 1]))
            self.threshold[node], swap = 0.0, self.xgboost  # what is listed goes left in LightGBM, right in XGBoost
        else:
            self.sets[node], self.threshold[node] = None, column.thresholds[chosen.cut]
        if swap:
            self.left[node], self.right[node] = self.tree.right[node], self.tree.left[node]
        self.default_left[node] = chosen.default_old_left != swap

    def made(self, said: Vector, weight: Vector, ensemble: TreeEnsemble) -> Tree:
        """The tree, its leaves with the weighted means of what it said of their rows, its covers in whole anew."""
        tree, value, cover = self.tree, self.tree.value.copy(), np.zeros(len(self.tree))
        for node in np.flatnonzero(tree.is_leaf).tolist():
            rows = self.rows.get(node, np.zeros(0, np.intp))
            if len(rows):
                value[node] = np.average(said[rows], weights=weight[rows])
            cover[node] = len(rows) * tree.cover[0] / len(said)
        edited = replace(
            tree,
            feature=self.feature,
            threshold=self.threshold,
            left=self.left,
            right=self.right,
            value=value,
            default_left=self.default_left,
            missing=self.missing,
            sets=tuple(self.sets),
            cover=countable(cover, ensemble.rules),
        )
        whole = spliced(edited, self.instead, {})
        whole = replace(whole, cover=added_up(whole, whole.cover))
        if "weight" not in whole.carried:
            return whole
        share = whole.cover * (float(tree.carried["weight"][0]) / max(float(whole.cover[0]), 1e-9))
        return replace(whole, carried={**whole.carried, "weight": share})


def _cheapest(columns: Sequence[SplitColumn], rows: Rows, left: Vector, right: Vector) -> Surrogate | None:
    """The split that sends rows wrong at the least price; None where ending the split costs little more.

    left, right: the price of each row if it is not sent to that old side.
    """
    least, best = WORTH * min(left.sum(), right.sum()), None
    for column in columns:
        places = column.place[rows]
        a, b = np.bincount(places, left, column.bins), np.bincount(places, right, column.bins)
        order = np.argsort(-a[:-1] / np.maximum(a[:-1] + b[:-1], 1e-300), kind="stable") if column.categorical else None
        order = np.arange(column.bins - 1) if order is None else order
        below_a, below_b = np.cumsum(a[order])[:-1], np.cumsum(b[order])[:-1]
        if not len(below_a):
            continue
        default_left = bool(a[-1] >= b[-1]) and not column.categorical
        default = b[-1] if default_left else a[-1]
        straight = default + below_b + (a[:-1].sum() - below_a)
        turned = default + below_a + (b[:-1].sum() - below_b)
        for prices, flipped in ((straight, False), (turned, True)):
            cut = int(np.argmin(prices))
            if prices[cut] < least and not (flipped and column.categorical):
                least, best = float(prices[cut]), Surrogate(column, cut, flipped, order, default_left)
    return best


@jitted(nogil=True)
def both_ways(  # type: ignore[no-untyped-def]  # noqa: PLR0917
    matrix,
    nodes,
    value,
    roots,  # noqa: ARG001 - one tree has its root first
    feature,
    threshold,
    left,
    right,
    default_left,
    missing,
    categorical,
    start,
    words,
    xgboost,
):
    """What each node would say of each row, were it to come there, and whether it would go left (nodes x n)."""
    said = np.zeros((len(feature), len(matrix)))
    goes = np.zeros((len(feature), len(matrix)), np.bool_)
    for node in nodes:
        if feature[node] == LEAF:
            said[node] = value[node]
            continue
        for i in range(len(matrix)):
            x = matrix[i, feature[node]]
            if categorical[node]:
                listed = is_listed(x, words[start[node] : start[node + 1]], xgboost)
                goes[node, i] = category_left(x, listed, default_left[node], xgboost)
            else:
                goes[node, i] = number_left(x, threshold[node], default_left[node], missing[node], xgboost)
            said[node, i] = said[left[node] if goes[node, i] else right[node], i]
    return said, goes
