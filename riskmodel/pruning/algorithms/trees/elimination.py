"""Splits in the order they go: the cheapest few at a time, and all leaves refitted in between.

The refit is the point: where two trees say the same, either alone looks dear until the other has taken over.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.block_coordinate import Descent
from riskmodel.pruning.algorithms.trees.contrasts import haar
from riskmodel.pruning.algorithms.trees.problem import Problem
from riskmodel.pruning.algorithms.trees.refit import Values, descent_of, pooled, settled
from riskmodel.pruning.algorithms.trees.truncation import Splits, Step, Stump, stumps

SHARE = 0.1  # of the leaves that stand, gone between two refits


def eliminated(problem: Problem, kept: Splits, values: Sequence[Vector]) -> list[Step]:
    """The kept splits, first those that go first, each after all that hang below it; `values`: of the old leaves."""
    kept, values = tuple(splits.copy() for splits in kept), list(values)
    gone: list[Step] = []
    while any(splits.any() for splits in kept):
        standing = stumps(problem.layouts, kept)
        start = pooled(problem, standing, values)
        descent = descent_of(problem.train, standing, start)
        fitted = _fitted(problem, standing, descent, start)
        step = _cheapest(standing, descent, fitted)
        for tree, split in step:
            kept[tree][split] = False
        for stump, leaf in zip(standing, fitted, strict=True):
            values[stump.tree] = leaf[stump.end]
        gone += step
    return gone


def _fitted(problem: Problem, standing: Sequence[Stump], descent: Descent, start: Values) -> Values:
    layouts = [stump.layout for stump in standing]
    return settled(descent, layouts, start, [0 * leaf for leaf in start], _ridge(problem, standing), rounds=3)


def _ridge(problem: Problem, standing: Sequence[Stump]) -> float:
    """One over the variance that a leaf value may be expected to have: the teacher's margin's, shared by the trees."""
    rows, variance = len(problem.train.teacher), float(np.var(problem.train.teacher))
    return len(standing) / max(variance, 1e-6) / rows


def _cheapest(standing: Sequence[Stump], descent: Descent, values: Values) -> list[Step]:
    """The subtrees whose collapse costs least a leaf, by the second-order rise of the loss within their tree."""
    groups = []
    for place, stump in enumerate(standing):
        basis = haar(stump.layout, descent.curvature(place))
        price = np.cumsum(np.append(0, basis.coefficients(values[place]) ** 2))
        for split, first in enumerate(stump.layout.first):
            freed = split + 1 - first + (split == len(stump.splits) - 1)
            groups.append(((price[split + 1] - price[first]) / freed, place, split))
    leaves = sum(len(stump.layout.leaves) for stump in standing)
    gone: dict[Step, None] = {}
    for _, place, split in sorted(groups):
        stump = standing[place]
        gone.update(dict.fromkeys((stump.tree, int(s)) for s in stump.splits[stump.layout.first[split] : split + 1]))
        if len(gone) >= SHARE * leaves:
            break
    return list(gone)
