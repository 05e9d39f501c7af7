"""What a path over leaves is worked out on: the laid-out trees, and both development samples as leaf codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from riskmodel.core import Development, Matrix, Sample, Scorer, Vector
from riskmodel.pruning.algorithms.trees.block_coordinate import FLOOR, totals
from riskmodel.pruning.algorithms.trees.layout import Codes, TreeLayout, laid_out, leaf_codes
from riskmodel.pruning.algorithms.trees.objective import Objective, mixed
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.monotone import held
from riskmodel.trees.targets import HasOwnPd, learnt_pds, student_rows
from riskmodel.trees.units import trees_of

INSIDE = (1e-4, 1 - 1e-4)  # a PD of 0 or 1 has no log-odds


@dataclass(frozen=True, eq=False)
class View:
    """A sample as the trees see it: the leaf of each row (trees x n), what is wished for it, the teacher's margin."""

    codes: Codes
    objective: Objective
    teacher: Vector

    def take(self, rows: NDArray[np.intp]) -> View:
        """The given rows; their weights add up to 1 again."""
        target, weight = self.objective.target[rows], self.objective.weight[rows]
        objective = Objective(target, weight / weight.sum())
        return View(self.codes.take(rows, axis=1), objective, self.teacher[rows])


@dataclass(frozen=True, eq=False)
class Problem:
    """The teacher, and the rows to fit (train) and to choose (tune) on."""

    ensemble: TreeEnsemble
    layouts: tuple[TreeLayout, ...]
    train: View
    tune: View

    @property
    def values(self) -> tuple[Vector, ...]:
        """The teacher's own leaf values."""
        return tuple(layout.value for layout in self.layouts)

    @cached_property
    def masses(self) -> tuple[Vector, ...]:
        """The hessian of train in each leaf at the teacher's margin, above zero."""
        hessian = self.train.objective.hessian(self.train.teacher)
        leaves = zip(self.train.codes, self.layouts, strict=True)
        return tuple(totals(codes, hessian, len(layout.leaves)) + FLOOR for codes, layout in leaves)

    def thinned(self, rows: int, seed: int) -> Problem:
        """With at most so many rows of train, drawn without replacement."""
        n = len(self.train.teacher)
        if n <= rows:
            return self
        drawn = np.sort(np.random.default_rng(seed).choice(n, rows, replace=False))
        return replace(self, train=self.train.take(drawn))


def stated(
    scorer: Scorer, development: Development, mix: float, monotone: bool, teacher: TreeEnsemble | None = None
) -> Problem:
    """The problem of a scorer with trees. Raises: UnsupportedScorer without trees, RiskModelError for a bad mix.

    The teacher's PD is that of `development.taught` where there is one, else that of the bare trees, its own where no
    other `teacher` is given: a calibration lies over them, and is made anew after a cut. Where a model has PDs of its
    own beside its trees, these are the teacher's.
    """
    ensemble = trees_of(scorer)
    directions = held(teacher or ensemble, [column.monotone if monotone else 0 for column in scorer.features])
    layouts = tuple(laid_out(tree, directions) for tree in ensemble.trees)

    def margin(sample: Sample) -> Vector:
        matrix = sample.columns(scorer.features)
        return teacher.margins(matrix) if teacher else _taught(scorer, ensemble, matrix)

    def view(sample: Sample, own: Vector, pd: Vector, labelled: NDArray[np.bool_] | None = None) -> View:
        objective = mixed(sample.default, pd, mix, sample.weight, labelled)
        return View(leaf_codes(ensemble, layouts, sample.columns(scorer.features)), objective, own)

    (rows, labelled), tune = student_rows(development), development.tune
    of_rows, of_tune = margin(rows), margin(tune)
    learnt = learnt_pds(development, expit(of_rows), expit(of_tune))
    return Problem(ensemble, layouts, view(rows, of_rows, learnt[0], labelled), view(tune, of_tune, learnt[1]))


def _taught(scorer: Scorer, ensemble: TreeEnsemble, matrix: Matrix) -> Vector:
    """The teacher's log-odds (n)."""
    if not isinstance(scorer, HasOwnPd):
        return ensemble.margins(matrix)
    margin: Vector = logit(np.clip(scorer.own_pd(matrix), *INSIDE))
    return margin
