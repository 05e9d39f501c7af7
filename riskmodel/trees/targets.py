"""What a small ensemble learns from a large one, and on which rows; a pruner needs not know the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Development, Sample, Scorer, Vector
from riskmodel.trees.ensemble import HasTrees


@dataclass(frozen=True, eq=False)
class Targets:
    """Soft outcomes in [0, 1], one a row: of train to be fitted on, of tune to be stopped and chosen by."""

    train: Vector
    tune: Vector

    @classmethod
    def outcomes(cls, development: Development) -> Targets:
        """What came about: 0 and 1."""
        return cls(development.train.default.astype(np.float64), development.tune.default.astype(np.float64))


def pupils(development: Development) -> tuple[Sample, NDArray[np.bool_]]:
    """Train, followed by the applications without outcome, and which of these rows have one.

    Where a row has none, `default` is a filling that nobody may look at.
    """
    train, more = development.train, development.unlabelled
    if more is None:
        return train, np.ones(len(train), np.bool_)
    matrix, none = np.concatenate([train.matrix, more]), np.zeros(len(more), np.int8)
    rows = np.concatenate([train.rows, np.full(len(more), -1)])
    labelled = np.arange(len(matrix)) < len(train)
    return Sample(train.name, train.features, matrix, np.concatenate([train.default, none]), rows), labelled


@runtime_checkable
class CanTeach(HasTrees, Protocol):
    """A scorer of trees whose recipe can be trained afresh on soft outcomes."""

    def student(
        self, development: Development, targets: Targets, leaves: int, sizes: Sequence[int] = (4, 8, 16)
    ) -> Scorer:
        """The best of a grid of settings by log-loss on tune: at most `leaves` in all, `sizes` of them in a tree."""
