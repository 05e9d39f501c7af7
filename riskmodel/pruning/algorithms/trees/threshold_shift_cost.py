"""How far margins move when a number of the trees changes, measured on rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.pruning.algorithms.trees.distinct_values import LEAVES
from riskmodel.pruning.algorithms.trees.layout import Codes, TreeLayout, laid_out, leaf_codes
from riskmodel.pruning.algorithms.trees.leaf_ranges import spans, sums
from riskmodel.pruning.algorithms.trees.value_merging import LeafRuns, Runs, ThresholdRuns
from riskmodel.trees import Tree, TreeEnsemble

MISSING = -1


def runs_of(trees: TreeEnsemble, numbers: Mapping[int, Vector], matrix: Matrix) -> list[Runs]:
    """The numbers of each group with the mean square move of the margin, in squared log-odds, that their change costs.

    A leaf's value moves the rows in it. A threshold moves the rows between old and new that come to its split, each by
    the difference of the mean values on both sides: what is below is not asked again.
    """
    layouts = tuple(laid_out(tree, [0] * trees.n_features) for tree in trees.trees)
    codes = leaf_codes(trees, layouts, matrix)
    shares = np.zeros(len(numbers[LEAVES]))
    cost = {group: np.zeros((len(values), len(values))) for group, values in numbers.items() if group != LEAVES}
    cells = {group: _cells(matrix[:, group], numbers[group], trees.rules == "xgboost") for group in cost}
    for tree, layout, row in zip(trees.trees, layouts, codes, strict=True):
        cover = np.maximum(tree.cover[layout.leaves], 1e-9)
        np.add.at(shares, np.searchsorted(numbers[LEAVES], layout.value), cover / cover.sum())
        for group, old, moves in _moves(numbers, cells, (tree, layout), row, cover):
            cost[group][old] += moves
    groups: list[Runs] = [ThresholdRuns(numbers[group], cost[group]) for group in cost]
    return [*groups, LeafRuns(numbers[LEAVES], shares)]


def _cells(column: Vector, thresholds: Vector, xgboost: bool) -> NDArray[np.int64]:
    """Between which thresholds each row lies: cell i goes left at threshold i and all above it."""
    values = column.astype(np.float32).astype(np.float64) if xgboost else column
    cells = np.searchsorted(thresholds, values, side="right" if xgboost else "left")
    return np.where(np.isnan(column), MISSING, cells)


def _moves(
    numbers: Mapping[int, Vector],
    cells: Mapping[int, NDArray[np.int64]],
    laid: tuple[Tree, TreeLayout],
    codes: Codes,
    cover: Vector,
) -> Iterator[tuple[int, int, Vector]]:
    """Of each numeric split of a tree its group, its threshold's place there, and what a move to each other one costs.

    In the order of their leaves, the rows of a split are neighbours.
    """
    tree, layout = laid
    order = np.argsort(codes, kind="stable")
    rows = np.searchsorted(codes[order], np.arange(len(layout.leaves) + 1))
    start, middle, stop = spans(layout)
    left_mean, right_mean = (
        sums(cover * layout.value, a, b) / sums(cover, a, b) for a, b in ((start, middle), (middle, stop))
    )
    for split, node in enumerate(layout.nodes):
        if tree.sets[node] is not None:
            continue
        group = int(tree.feature[node])
        here = cells[group][order[rows[start[split]] : rows[stop[split]]]]
        left = np.cumsum(np.bincount(here[here != MISSING], minlength=len(numbers[group]) + 1))[:-1]
        old = int(np.searchsorted(numbers[group], tree.threshold[node]))
        yield group, old, np.abs(left - left[old]) / len(codes) * (left_mean[split] - right_mean[split]) ** 2
