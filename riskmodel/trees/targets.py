"""What a small ensemble learns from a large one, and on which rows; a pruner needs not know the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Development, Matrix, Sample, Scorer, Targets, Vector
from riskmodel.trees.ensemble import HasTrees


def student_rows(development: Development) -> tuple[Sample, NDArray[np.bool_]]:
    """Train, followed by the applications without outcome, and which of these rows have one.

    Where a row has none, `default` is a filling that nobody may look at, and it weighs as much as a row of train does
    on average.
    """
    train, more = development.train, development.unlabelled
    if more is None:
        return train, np.ones(len(train), np.bool_)
    matrix, none = np.concatenate([train.matrix, more]), np.zeros(len(more), np.int8)
    rows = np.concatenate([train.rows, np.full(len(more), -1)])
    labelled = np.arange(len(matrix)) < len(train)
    default = np.concatenate([train.default, none])
    weight = None if train.weight is None else np.concatenate([train.weight, np.full(len(more), train.weight.mean())])
    return Sample(train.name, train.features, matrix, default, rows, weight=weight), labelled


def learnt_pds(development: Development, of_rows: Vector, of_tune: Vector) -> tuple[Vector, Vector]:
    """The PDs that a pruner learns: those of `development.taught` where there is one, else the scorer's own.

    `of_rows` and `of_tune` are the scorer's, of the rows of `student_rows` and of tune. They stand where the teacher
    says nothing of the applications.
    """
    given = development.taught
    if given is None:
        return of_rows, of_tune
    more = of_rows[len(given.train) :]
    if given.unlabelled is not None and len(more):
        more = given.unlabelled
    return np.concatenate([given.train, more]), given.tune


@runtime_checkable
class CanTeach(HasTrees, Protocol):
    """A scorer of trees whose recipe can be trained afresh on soft outcomes."""

    def student(
        self, development: Development, targets: Targets, leaves: int, sizes: Sequence[int] = (4, 8, 16)
    ) -> Scorer:
        """The best of a grid of settings by log-loss on tune: at most `leaves` in all, `sizes` of them in a tree."""


@runtime_checkable
class HasOwnPd(HasTrees, Protocol):
    """A model whose PDs are not what its trees add up to: these are where a smaller one starts from, and no more."""

    def own_pd(self, matrix: Matrix) -> Vector:
        """The PDs (n) of rows (n x features) that a smaller model shall learn."""
