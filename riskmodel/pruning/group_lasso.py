"""Keep the splits that a group lasso over whole subtrees lets in first, then those that a refit can least do without.

Each split has one coefficient on a contrast that it alone makes; a group is a split with all below it, so zeros come in
whole subtrees. Descending from the penalty at which nothing stands, the lasso chooses among all trees at once; as it
shrinks, it lets in too much that says the same. So what it let in, up to a quarter of the leaves, goes out again one
small step at a time, refitted in between. Refuses scorers without trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.block_coordinate import Descent
from riskmodel.pruning.algorithms.trees.contrasts import Contrasts, haar, shrunk
from riskmodel.pruning.algorithms.trees.elimination import eliminated
from riskmodel.pruning.algorithms.trees.path import PathPruner
from riskmodel.pruning.algorithms.trees.problem import Problem
from riskmodel.pruning.algorithms.trees.truncation import Splits, Step

SCREENED = 0.25  # of the leaves: where the lasso stops,
FEW = 64  # but not before so many: of a small scorer each split can be tried
FALL = 0.85  # of the penalty from one point of the path to the next
POINTS = 60


@dataclass(frozen=True)
class GroupLassoPruner(PathPruner):
    """Tree-structured group lasso, backward elimination, joint refit."""

    def going(self, problem: Problem) -> Sequence[Step]:
        lasso = GroupLasso(problem)
        penalty = lasso.largest()
        let_in = lasso.standing()
        enough = max(SCREENED * problem.ensemble.n_leaves, FEW)
        for _ in range(POINTS):
            if sum(int(splits.sum()) + bool(splits.any()) for splits in let_in) >= enough:
                break
            penalty *= FALL
            lasso.solve(penalty)
            let_in = tuple(old | new for old, new in zip(let_in, lasso.standing(), strict=True))
        return never_let_in(problem, let_in) + eliminated(problem, let_in, lasso.values())


def never_let_in(problem: Problem, let_in: Splits) -> list[Step]:
    """All other splits, the weakest first: by the norm of what the teacher says at and below them."""
    weakest = []
    for tree, (layout, mass, stays) in enumerate(zip(problem.layouts, problem.masses, let_in, strict=True)):
        square = np.cumsum(np.append(0, haar(layout, mass).coefficients(layout.value) ** 2))
        weakest += [(square[s + 1] - square[layout.first[s]], tree, s) for s in np.flatnonzero(~stays).tolist()]
    return [(tree, split) for _, tree, split in sorted(weakest)]


class GroupLasso:
    """The minimum of loss + penalty * sum over splits of weight * |coefficients at and below|; warm from call to call.

    The weight is the square root of the group's size, the customary one. The contrasts are orthonormal under the
    teacher's hessian, in which a tree's block is close to a prox problem: one step of it a visit.
    """

    def __init__(self, problem: Problem) -> None:
        self.basis = [haar(layout, mass) for layout, mass in zip(problem.layouts, problem.masses, strict=True)]
        self.coefficients = [np.zeros(len(layout.nodes)) for layout in problem.layouts]
        self.weights = [np.sqrt(np.arange(1, len(b.on_left) + 1) - b.layout.first) for b in self.basis]
        start = [np.zeros(len(layout.leaves)) for layout in problem.layouts]
        self.descent = Descent(problem.train.codes, problem.train.objective, start, problem.train.objective.base)
        self._lipschitz = np.ones(len(start))

    def largest(self) -> float:
        """A penalty at which nothing stands: at a root alone, the gradient's norm would have to exceed it."""
        norms = [
            np.linalg.norm(basis.pull(self.descent.gradient(tree))) / self.weights[tree][-1]
            for tree, basis in enumerate(self.basis)
            if len(basis.on_left)
        ]
        return float(max(norms, default=0.0))

    def standing(self) -> Splits:
        """The splits with a coefficient that is not 0, at or below."""
        return tuple(_standing(b, c) for b, c in zip(self.basis, self.coefficients, strict=True))

    def values(self) -> list[Vector]:
        """The leaf values of the present solution."""
        return [basis.values(c) for basis, c in zip(self.basis, self.coefficients, strict=True)]

    def solve(self, penalty: float, rounds: int = 20, tolerance: float = 1e-3) -> None:
        """Sweeps over all trees, and in between only over those that stand, until no visit moves much."""
        grown = [tree for tree, basis in enumerate(self.basis) if len(basis.on_left)]
        for _ in range(rounds):
            self.descent.renew()
            largest = max((self._visit(tree, penalty) for tree in grown), default=0.0)
            standing = [tree for tree in grown if self.coefficients[tree].any()]
            for _ in range(3):
                if max((self._visit(tree, penalty) for tree in standing), default=0.0) < tolerance / 10:
                    break
            if largest < tolerance:
                return

    def _visit(self, tree: int, penalty: float) -> float:
        """One prox step of a tree, at a step length for which the second-order model lies below its bound."""
        basis, old = self.basis[tree], self.coefficients[tree]
        layout, gradient = basis.layout, basis.pull(self.descent.gradient(tree))
        bound = self._lipschitz[tree]
        while True:
            wished, threshold = old + gradient / bound, penalty / bound * self.weights[tree]
            change = shrunk(layout.first, layout.left, layout.right, wished, threshold) - old
            if not change.any():
                return 0.0
            leaves = basis.values(change)
            if self.descent.curvature(tree) @ leaves**2 <= bound * (change @ change) * (1 + 1e-9):
                break
            bound *= 1.3
        self._lipschitz[tree] = max(0.97 * bound, 0.1)
        self.coefficients[tree] = old + change
        self.descent.move(tree, leaves)
        return float(np.abs(change).max())


def _standing(basis: Contrasts, coefficients: Vector) -> NDArray[np.bool_]:
    counts = np.cumsum(np.append(0, coefficients != 0))
    return (counts[1:] - counts[basis.layout.first]) > 0
