"""One of the two scorers of a review, on the rows that both are judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Matrix, Reference, RowSketch, Scorer, Vector
from riskmodel.explanation.reasons import Reasons
from riskmodel.trees import HasTrees

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two scorers, and the rows in its own columns (n x features)."""

    name: str
    scorer: Scorer
    matrix: Matrix
    reference: Reference = Reference()  # noqa: RUF009 - frozen
    development_rows: RowSketch | None = None

    def taken(self, rows: Rows) -> Side:
        """The same scorer on some of the rows."""
        return replace(self, matrix=self.matrix[rows])

    @cached_property
    def pd(self) -> Vector:
        """Of each row."""
        return self.scorer.pd(self.matrix)

    @cached_property
    def raw(self) -> Vector:
        """PDs before recalibration."""
        raw: Vector = expit(self.scorer.raw_margin(self.matrix))
        return raw

    @cached_property
    def sha256(self) -> str:
        return self.scorer.sha256

    @cached_property
    def used(self) -> tuple[str, ...]:
        """The columns of a table that it makes use of; a pruned one may be given more than it reads."""
        features = self.scorer.features
        if isinstance(self.scorer, HasTrees):
            features = tuple(features[i] for i in sorted(self.scorer.ensemble.used_features))
        return tuple(dict.fromkeys(column.read_from for column in features))

    def effects(self, rows: Rows, names: Sequence[str]) -> Matrix:
        """What each named column adds to the log-odds of these rows; 0 for one that it does not read."""
        contributions = np.zeros((len(rows), len(names)))
        own = self._reasons.effects(self.matrix[rows])
        for i, name in enumerate(self._reasons.names):
            if name in names:
                contributions[:, names.index(name)] = own[:, i]
        return contributions

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.scorer, self.reference)
