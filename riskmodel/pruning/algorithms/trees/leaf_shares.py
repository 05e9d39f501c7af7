"""A smaller mean of trees: few trees of a forest, cut short, their leaves fitted together and kept in [0, 1].

The leaves of all trees are fitted jointly (Ren et al. 2015, global refinement), by squared error against a mix of the
outcomes and the forest's own PDs. Leaves of one tree share no row, so that the best values of a tree, all others
standing still, are means, cut off at 0 and 1: block descent with exact steps. The mean of the trees is then a PD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.pruning.algorithms.trees.objective import Objective
from riskmodel.trees import Tree, TreeEnsemble

TREES = (1, 2, 4, 8, 16, 32, 64, 128)
RIDGES = (5.0, 50.0, 500.0)  # rows that a leaf's own share counts for
SWEEPS, STILL = 40, 1e-5
Rows = tuple[Matrix, Objective]


def smaller(
    upper_parts: Callable[[int], TreeEnsemble], counts: Sequence[int], train: Rows, tune: Rows
) -> tuple[Tree, ...]:
    """The trees, among as many as each of `counts`, whose mean has the least squared error on tune.

    Parameters
    ----------
    upper_parts
        So many trees of the forest within the budget of leaves; values are shares of bads.
    counts
        How many trees to try.
    train, tune
        Rows (n x features) and what is wished for them, to fit and to choose on.

    Returns
    -------
    Trees whose values are shares of bads in [0, 1].
    """
    fitted = (point for count in counts for point in _fits(upper_parts(count), *train))
    return min(fitted, key=lambda trees: _error(trees, *tune))


def _fits(parts: TreeEnsemble, matrix: Matrix, objective: Objective) -> Iterator[tuple[Tree, ...]]:
    """One fit a strength of the ridge, each from where the one before ended."""
    ends = parts.leaves(matrix).T
    values = [tree.value.copy() for tree in parts.trees]
    for ridge in sorted(RIDGES, reverse=True):
        values = _descended(values, parts.trees, ends, objective, ridge)
        yield tuple(replace(tree, value=value) for tree, value in zip(parts.trees, values, strict=True))


def _descended(
    start: Sequence[Vector], trees: Sequence[Tree], ends: NDArray[np.int32], objective: Objective, ridge: float
) -> list[Vector]:
    values = [value.copy() for value in start]
    count, weight = len(trees), objective.weight * len(objective.weight)
    mean = np.asarray(sum(value[end] for value, end in zip(values, ends, strict=True)) / count, np.float64)
    mass = [np.bincount(end, weight, len(tree)) for tree, end in zip(trees, ends, strict=True)]
    for _ in range(SWEEPS):
        largest = 0.0
        for place, (tree, end) in enumerate(zip(trees, ends, strict=True)):
            wished = np.bincount(end, weight * (objective.target - mean), len(tree)) * count
            best = (mass[place] * values[place] + wished + ridge * tree.value) / (mass[place] + ridge)
            best = np.where(tree.is_leaf, np.clip(best, 0.0, 1.0), 0.0)
            change = best - values[place]
            values[place] = best
            mean += change[end] / count
            largest = max(largest, float(np.abs(change).max()))
        if largest < STILL:
            break
    return values


def _error(trees: Iterable[Tree], matrix: Matrix, objective: Objective) -> float:
    made = tuple(trees)
    mean = TreeEnsemble(made, 0.0, matrix.shape[1], "lightgbm").margins(matrix) / len(made)
    return float(objective.weight @ (objective.target - mean) ** 2)
