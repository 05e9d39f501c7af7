"""Turn the subtrees that earn least into leaves, weakest first: cost-complexity pruning (Breiman et al. 1984, ch. 3).

A subtree is judged on the tune sample, that grew no tree, inside the whole ensemble: by the rise of log-loss for each
leaf saved if all its rows got one value, the mean of its leaves. Means keep what only rises in a feature rising.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.block_coordinate import add, totals
from riskmodel.pruning.algorithms.trees.layout import Codes, TreeLayout
from riskmodel.pruning.algorithms.trees.leaf_ranges import spans, sums
from riskmodel.pruning.algorithms.trees.path import PathPruner
from riskmodel.pruning.algorithms.trees.platt_line import fitted_line
from riskmodel.pruning.algorithms.trees.problem import Problem
from riskmodel.pruning.algorithms.trees.truncation import Step

RENEWED = 0.98  # when only so many of the leaves are left since the last time, all subtrees are looked at again


@dataclass(frozen=True)
class CollapsePruner(PathPruner):
    """Weakest link first; what is left is refitted, or with `refit` off keeps the means of what hung below it."""

    def going(self, problem: Problem) -> Sequence[Step]:
        return Collapse(problem).order()


@dataclass(frozen=True)
class CollapseCandidate:
    """A collapse: the rise of the loss for each leaf saved, the split, and the value that its rows get."""

    rise: float
    split: int
    value: float


class Collapse:
    """The ensemble on its way from all leaves to none; it owns what it changes."""

    def __init__(self, problem: Problem) -> None:
        self.objective = problem.tune.objective
        pieces = zip(problem.layouts, problem.tune.codes, problem.masses, strict=True)
        self.pieces = [CollapsingTree(layout, codes, mass) for layout, codes, mass in pieces]
        self.margin, self.line = problem.tune.teacher.copy(), np.array([0.0, 1.0])

    def order(self) -> list[Step]:
        """All splits in the order they go; those of one subtree go together, children first."""
        gone: list[Step] = []
        heap = self.look_again()
        left = last = sum(len(piece.value) for piece in self.pieces)
        while heap:
            _, tree = heappop(heap)
            best = self._weakest(tree)
            if best is None:
                continue
            if heap and best.rise > heap[0][0]:
                heappush(heap, (best.rise, tree))
                continue
            splits = self.collapse(tree, best)
            gone += [(tree, split) for split in splits]
            left -= len(splits)
            if left < RENEWED * last:
                heap, last = self.look_again(), left
            elif (following := self._weakest(tree)) is not None:
                heappush(heap, (following.rise, tree))
        return gone

    def look_again(self) -> list[tuple[float, int]]:
        """The line of the recalibration to come, and the weakest subtree of each tree beside it.

        In between, other collapses change what was found here, so it is worked out once more when a tree is due.
        """
        self.line = fitted_line(self.objective, self.margin, self.line, 3)
        self._renew()
        due = [(best.rise, tree) for tree in range(len(self.pieces)) if (best := self._weakest(tree)) is not None]
        heapify(due)
        return due

    def _weakest(self, tree: int) -> CollapseCandidate | None:
        return self.pieces[tree].weakest(self.residual, self.hessian)

    def collapse(self, tree: int, what: CollapseCandidate) -> list[int]:
        change, splits = self.pieces[tree].collapse(what)
        add(self.pieces[tree].codes, change, self.margin)
        self._renew()
        return splits

    def _renew(self) -> None:
        margin, slope = self.line[0] + self.line[1] * self.margin, self.line[1]
        self.residual = slope * self.objective.residual(margin)
        self.hessian = slope**2 * self.objective.hessian(margin)


class CollapsingTree:
    """One tree: the present value of each old leaf, and which splits stand; it owns what it changes."""

    def __init__(self, layout: TreeLayout, codes: Codes, mass: Vector) -> None:
        self.layout, self.codes = layout, codes
        self.value = layout.value.copy()
        self.stands = np.ones(len(layout.nodes), np.bool_)
        self.start, _, self.stop = spans(layout)
        self.mean = self._below(mass * self.value) / self._below(mass)

    def weakest(self, residual: Vector, hessian: Vector) -> CollapseCandidate | None:
        """The subtree whose collapse raises the loss least for each leaf it saves; None where no split stands."""
        if not self.stands.any():
            return None
        rises = self.rises(residual, hessian)
        split = int(np.argmin(rises))
        return CollapseCandidate(float(rises[split]), split, float(self.mean[split]))

    def rises(self, residual: Vector, hessian: Vector) -> Vector:
        """The rise of the second-order model of the loss for each leaf saved, of each split that stands, else inf."""
        leaves, value, mean = len(self.value), self.value, self.mean
        slope, curve = totals(self.codes, residual, leaves), totals(self.codes, hessian, leaves)
        rise = self._below(slope * value) - mean * self._below(slope)
        rise += 0.5 * (mean**2 * self._below(curve) - 2 * mean * self._below(curve * value))
        rise += 0.5 * self._below(curve * value**2)
        standing = np.concatenate([[0], np.cumsum(self.stands)])
        saved = standing[1:] - standing[self.layout.first]
        saved[-1] += 1  # a tree of one leaf is no tree: it goes into the intercept
        each: Vector = np.where(self.stands, rise / np.maximum(saved, 1), np.inf)
        return each

    def collapse(self, what: CollapseCandidate) -> tuple[Vector, list[int]]:
        """How much each leaf moves, and the splits that went."""
        inside = slice(self.start[what.split], self.stop[what.split])
        change = np.zeros(len(self.value))
        change[inside] = what.value - self.value[inside]
        self.value[inside] = what.value
        splits = slice(int(self.layout.first[what.split]), what.split + 1)
        gone = np.flatnonzero(self.stands[splits]) + splits.start
        self.stands[splits] = False
        return change, [int(split) for split in gone]

    def _below(self, amount: Vector) -> Vector:
        return sums(amount, self.start, self.stop)
