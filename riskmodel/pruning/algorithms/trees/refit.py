"""All leaf values of a pruned ensemble fitted jointly: ridge logistic regression on the leaves, without their matrix.

Greedy boosting sets a leaf once and never again: this takes what it leaves (Ren et al. 2015, global refinement).
Monotone splits stay in order: each block's minimum is projected, which is exact, as the blocks share no constraint.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.block_coordinate import Descent, add
from riskmodel.pruning.algorithms.trees.isotonic import in_order
from riskmodel.pruning.algorithms.trees.layout import Codes, TreeLayout
from riskmodel.pruning.algorithms.trees.problem import Problem, View
from riskmodel.pruning.algorithms.trees.truncation import Stump

STRENGTHS = (1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 5.0, 1.0)  # of the ridge, in rows: 100 is a leaf of sd 0.1
Values = list[Vector]


def refitted(problem: Problem, kept: Sequence[Stump]) -> tuple[Values, float]:
    """The values of the stumps' ends and the intercept, with the ridge that has the least log-loss on tune.

    The ridge pulls towards the teacher's own values or towards 0: the first for a light cut, the second for a deep one,
    where a few trees must say what many said. The teacher's values as they are, but for the intercept, compete too.
    """
    means = _means(problem, kept)
    codes = end_codes(problem.train, kept), end_codes(problem.tune, kept)
    paths = [_path(problem, kept, codes, means, centre) for centre in (means, [0 * values for values in means])]
    _, values, intercept = min((point for path in paths for point in path), key=lambda point: point[0])
    return values, intercept


def as_they_were(problem: Problem, kept: Sequence[Stump]) -> tuple[Values, float]:
    """Each end with the mean of what hung below it, and the intercept that keeps the level of risk on train."""
    means = _means(problem, kept)
    return means, levelled(descent_of(problem.train, kept, means))


def _means(problem: Problem, kept: Sequence[Stump]) -> Values:
    """In order but for rounding, and then without it: a mean can lie a last bit above all that it is a mean of."""
    means = zip(kept, pooled(problem, kept, problem.values), strict=True)
    return [in_order(stump.layout, values, stump.summed(problem.masses[stump.tree])) for stump, values in means]


def levelled(descent: Descent, rounds: int = 25) -> float:
    """The best intercept at these leaf values."""
    for _ in range(rounds):
        descent.renew()
    return descent.intercept


def pooled(problem: Problem, kept: Sequence[Stump], values: Sequence[Vector]) -> Values:
    """Old leaf values as hessian-weighted means in the ends."""
    return [stump.pooled(values[stump.tree], problem.masses[stump.tree]) for stump in kept]


def end_codes(view: View, kept: Sequence[Stump]) -> Codes:
    """The end that each row is in: stumps x n."""
    codes = np.empty((len(kept), view.codes.shape[1]), view.codes.dtype)
    for row, stump in zip(codes, kept, strict=True):
        row[:] = stump.end.astype(codes.dtype)[view.codes[stump.tree]]
    return codes


def descent_of(view: View, kept: Sequence[Stump], start: Sequence[Vector]) -> Descent:
    """A descent of the stumps from these values."""
    return Descent(end_codes(view, kept), view.objective, start, view.objective.base)


def settled(
    descent: Descent,
    layouts: Sequence[TreeLayout],
    values: Sequence[Vector],
    centre: Sequence[Vector],
    ridge: float,
    *,
    rounds: int = 8,
    tolerance: float = 1e-3,
) -> Values:
    """The values that minimise loss + ridge / 2 * |values - centre|^2, each split in its order; `descent` moves along.

    Stops when a round of three sweeps moves no leaf by `tolerance`.
    """
    leaves = [np.asarray(leaf, np.float64) for leaf in values]
    for _ in range(rounds):
        descent.renew()
        before = list(leaves)
        for _ in range(3):
            for tree, layout in enumerate(layouts):
                weight = descent.curvature(tree) + ridge
                step = (descent.gradient(tree) - ridge * (leaves[tree] - centre[tree])) / weight
                wished = in_order(layout, leaves[tree] + step, weight)
                descent.move(tree, wished - leaves[tree])
                leaves[tree] = wished
        if max(np.abs(new - old).max() for new, old in zip(leaves, before, strict=True)) < tolerance:
            break
    return leaves


def _path(
    problem: Problem, kept: Sequence[Stump], codes: tuple[Codes, Codes], start: Values, centre: Values
) -> list[tuple[float, Values, float]]:
    """Tune loss, values and intercept, from the strongest ridge down until two in a row are no better."""
    train, tune = codes
    layouts = [stump.layout for stump in kept]
    descent = Descent(train, problem.train.objective, start, problem.train.objective.base)
    points = [_point(problem.tune, tune, start, levelled(descent))]
    values = start
    for strength in STRENGTHS:
        values = settled(descent, layouts, values, centre, strength / train.shape[1], rounds=3)
        points.append(_point(problem.tune, tune, values, descent.intercept))
        losses = [loss for loss, *_ in points]
        if min(losses[-2:]) > min(losses):
            break
    return points


def _point(view: View, codes: Codes, values: Values, intercept: float) -> tuple[float, Values, float]:
    margin = np.full(codes.shape[1], intercept)
    for row, leaf in zip(codes, values, strict=True):
        add(row, leaf, margin)
    return view.objective.loss(margin), values, intercept
