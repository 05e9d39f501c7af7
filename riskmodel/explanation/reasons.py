"""Why an application was declined or referred: the features that raise its PD most, at most four.

A reason is a column whose value raises the log-odds of default above what is usual in development. How that is measured
depends on the scorer, and each way is exact for what it says:
trees: SHAP values, path-dependent; what is usual is the mean margin of train.
scorecards: the log-odds of the row's bin; what is usual is the feature's mean over train, which is 0.
networks: how far the margin falls when this feature alone takes its usual value (median, most frequent level).

The largest comes first, ties in the order of the columns; what lowers the PD is no reason, so there may be fewer than
four. An indicator speaks for the column that it is read from. A feature that the scorer does not use adds nothing, and
is never a reason. A protected column that it does use is one like any other: a creditor must state the factors that
were scored, and may leave no principal one out (Regulation B, comment 9(b)(2)-4). Whoever must not state it must not
use it: `protected = { NAME = false }`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Matrix, Reference, Scorer, Vector
from riskmodel.explanation.attributions import HasContributions
from riskmodel.trees import HasTrees

if TYPE_CHECKING:
    from riskmodel.trees.shap.treeshap import TreeShap

COUNT = 4
NONE = -1
DECIMALS = 10  # of log-odds: what is less is no effect
SINGLE = 6  # the same of networks, which add up in single precision and in another order alone than among others
ROWS = 1024  # at a time, where every feature costs a score

Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Reasons:
    """Gives the reasons of rows; what it needs is worked out when the first is asked for."""

    scorer: Scorer
    reference: Reference = Reference()  # noqa: RUF009 - frozen
    texts: Mapping[str, str] = field(default_factory=dict)  # what is told of a column, in place of its name

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What a reason can be, in the order of its codes; columns of one text are one reason."""
        return tuple(dict.fromkeys(map(self._name, self.scorer.features)))

    def _name(self, feature: Column) -> str:
        return self.texts.get(feature.read_from, feature.read_from)

    def __call__(self, matrix: Matrix) -> Codes:
        """Positions in `names`, rows x 4, the strongest first; NONE where there are no more."""
        effect = self._rounded(self._explain(matrix))
        codes = np.full((len(matrix), COUNT), NONE, np.int32)
        order = np.argsort(-effect, axis=1, kind="stable")[:, :COUNT].astype(np.int32)
        codes[:, : order.shape[1]] = np.where(np.take_along_axis(effect, order, axis=1) > 0, order, NONE)
        return codes

    def of_row(self, row: Vector) -> tuple[str, ...]:
        """The reasons of one row by name, as a batch with that row gives them."""
        effect = self._rounded(self._explain_row(row)[None])[0].tolist()
        raising = [code for code, size in enumerate(effect) if size > 0]
        raising.sort(key=effect.__getitem__, reverse=True)
        return tuple(self.names[code] for code in raising[:COUNT])

    def effects(self, matrix: Matrix) -> Matrix:
        """How far each reason raises the log-odds of default above what is usual, rows x names; calibrated."""
        return self._by_name(self._explain(matrix))

    def _rounded(self, single: Matrix) -> Matrix:
        """Effects that are alike but for the order of sums are alike, and count in the order of the columns."""
        is_exact = self._tree_shap is not None or isinstance(self.scorer, HasContributions)
        rounded: Matrix = self._by_name(single).round(DECIMALS if is_exact else SINGLE)
        return rounded

    def _by_name(self, single: Matrix) -> Matrix:
        single = self.scorer.calibration.slope * single
        if len(self.names) == single.shape[1]:
            return single
        together = np.zeros((len(single), len(self.names)))
        for i, feature in enumerate(self.scorer.features):
            together[:, self.names.index(self._name(feature))] += single[:, i]
        return together

    @cached_property
    def _explain_row(self) -> Callable[[Vector], Vector]:
        if (shap := self._tree_shap) is not None:
            return shap.of_row
        if isinstance(self.scorer, HasContributions):
            return lambda row: self._explain(row[None])[0]
        return self._substituted_in_row

    @cached_property
    def _tree_shap(self) -> TreeShap | None:
        if not isinstance(self.scorer, HasTrees):
            return None
        from riskmodel.trees.shap.treeshap import TreeShap  # noqa: PLC0415 - compiled, and only for trees

        return TreeShap(self.scorer.ensemble)

    @cached_property
    def _explain(self) -> Callable[[Matrix], Matrix]:
        scorer = self.scorer
        if self._tree_shap is not None:
            return self._tree_shap
        if isinstance(scorer, HasContributions):
            return lambda matrix: scorer.contributions(matrix)[:, :-1]
        return self._substituted

    def _substituted(self, matrix: Matrix) -> Matrix:
        effect = np.empty(matrix.shape)
        for start in range(0, len(matrix), ROWS):
            rows = matrix[start : start + ROWS]
            margin = self.scorer.raw_margin(rows)
            for i, usual in enumerate(self._usual):
                other = rows.copy()
                other[:, i] = usual
                effect[start : start + ROWS, i] = margin - self.scorer.raw_margin(other)
        return effect

    def _substituted_in_row(self, row: Vector) -> Vector:
        """The same of one row, with one score of all that it becomes: each would cost a call."""
        rows = np.tile(row, (len(row) + 1, 1))
        np.fill_diagonal(rows, self._usual)
        margin = self.scorer.raw_margin(rows)
        is_usual = (row == self._usual) | (np.isnan(row) & np.isnan(self._usual))
        return np.where(is_usual, 0.0, margin[-1] - margin[:-1])

    @cached_property
    def _usual(self) -> Vector:
        """The usual value of each feature, NaN where it is missing."""
        typical = (self.reference.typical.get(feature.name) for feature in self.scorer.features)
        return np.array([np.nan if value is None else value for value in typical], np.float64)
