"""For an applicant who was not approved: at which value of one column the model would approve, all else equal.

Of a number it is the nearest such value in the range of train, worked out from the thresholds of the trees and scored
again before it is given; a column with a direction is changed that way alone. Of a category it is the level with the
lowest PD. Special codes come after numbers, in their order. A protected column is never changed, and neither is one
that the applicant has no value of. Where `[data.actionable]` names columns, no other is changed, and each in its
direction alone (Ustun, Spangher and Liu 2019). It is of sums of trees: boosters, scorecards, blends of them. It says
what the model answers, not what causes a default (Wachter, Mittelstadt and Russell 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from riskmodel.core import Column, Kind, Matrix, Policy, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation.counterfactuals.bounds import Bounds, Directions
from riskmodel.explanation.counterfactuals.cells import ROUNDING, Cells
from riskmodel.trees.parts import parts_of

Value = float | str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One column, what it is now, and the value at which the application would be approved."""

    column: str
    now: Value | None
    value: Value

    @property
    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Counterfactuals:
    """Gives the counterfactuals of rows; what it needs is worked out when the first is asked for."""

    scorer: Scorer
    policy: Policy
    directions: Directions = field(default_factory=dict)  # up, down or any, by column that may change; empty: all may

    def __post_init__(self) -> None:
        if self.scorer.calibration.slope <= 0:
            raise UnsupportedScorer("counterfactuals need a calibration that rises with the margin")
        try:
            parts_of(self.scorer)
        except UnsupportedScorer as error:
            raise UnsupportedScorer(f"counterfactuals: the model {error}") from error

    def __call__(self, matrix: Matrix) -> list[tuple[Counterfactual, ...]]:
        """Of each row that is not approved (n x features), in the order of the columns; empty where it is approved."""
        answers: list[list[Counterfactual]] = [[] for _ in matrix]
        rows = np.flatnonzero(~self._approved(matrix))
        if len(rows):
            for row, counterfactual in self._nearest(np.ascontiguousarray(matrix[rows], np.float64)):
                answers[rows[row]].append(counterfactual)
        return [tuple(each) for each in answers]

    def _nearest(self, rows: Matrix) -> Iterator[tuple[int, Counterfactual]]:
        nearest = self._cells.nearest(rows, self._limits(rows), self._bounds)
        for place, column in enumerate(self.scorer.features):
            if not self._bounds.changes(place):
                continue
            if column.kind is Kind.CATEGORICAL:
                values: list[Value | None] = self._levels(rows, place, column)
            else:
                values = [*self._numbers(rows, place, column, nearest[:, place])]
            for row, value in enumerate(values):
                if value is not None:
                    yield row, Counterfactual(column.read_from, _now(column, rows[row, place]), value)

    def _approved(self, matrix: Matrix) -> NDArray[np.bool_]:
        approved: NDArray[np.bool_] = self.scorer.pd(matrix) < self._first_edge
        return approved

    @property
    def _first_edge(self) -> float:
        """What a PD must be below for an approval."""
        return min(self.policy.refer_from, self.policy.cutoff)

    def _limits(self, rows: Matrix) -> Vector:
        line = self.scorer.calibration
        wanted = (float(logit(self._first_edge)) - line.intercept) / line.slope
        return wanted - self.scorer.raw_margin(rows) + ROUNDING

    @cached_property
    def _cells(self) -> Cells:
        return Cells.of(parts_of(self.scorer), len(self.scorer.features))

    @cached_property
    def _bounds(self) -> Bounds:
        return Bounds.of(self.scorer.features, self.directions)

    def _numbers(self, rows: Matrix, place: int, column: Column, nearest: Vector) -> Iterator[Value | None]:
        """What was found from sums in another order is scored; where that fails, cell after cell is."""
        chosen = self._turned(rows, place, nearest)
        present = ~np.isnan(rows[:, place])
        again = present & (~np.isnan(nearest) & ~chosen | np.isin(nearest, column.codes))
        if not self._cells.exact[place]:
            again = present
        for row in range(len(rows)):
            value = self._searched(rows[row], place, column) if again[row] else nearest[row] if chosen[row] else np.nan
            if np.isnan(value) and present[row] and self._bounds.free[place]:
                value = self._code(rows[row], place, column)
            yield None if np.isnan(value) else float(value)

    def _turned(self, rows: Matrix, place: int, values: Vector) -> NDArray[np.bool_]:
        """Which rows are approved with these values in one column; NaN is none."""
        turned = np.zeros(len(rows), bool)
        asked = np.flatnonzero(~np.isnan(values))
        if len(asked):
            changed = rows[asked].copy()
            changed[:, place] = values[asked]
            turned[asked] = self._approved(changed)
        return turned

    def _searched(self, row: Vector, place: int, column: Column) -> float:
        values = self._bounds.within(place, self._cells.candidates(place, float(row[place])))
        values = values[self._bounds.allowed(place, float(row[place]), values) & ~np.isin(values, column.codes)]
        turned = np.flatnonzero(self._turned(np.tile(row, (len(values), 1)), place, values))
        return float(values[turned[0]]) if len(turned) else np.nan

    def _code(self, row: Vector, place: int, column: Column) -> float:
        """The first special code that turns the decision: missing to the column, and 1 in its indicators."""
        for code in column.codes:
            changed = row.copy()
            changed[place] = np.nan
            for other, feature in enumerate(self.scorer.features):
                if feature.source == column.name:
                    changed[other] = float(code in feature.codes)
            if self._approved(changed[None])[0]:
                return code
        return np.nan

    def _levels(self, rows: Matrix, place: int, column: Column) -> list[Value | None]:
        best = np.full(len(rows), self._first_edge)
        chosen: list[Value | None] = [None] * len(rows)
        for code, level in enumerate(_named(column)):
            changed = rows.copy()
            changed[:, place] = code
            pd = self.scorer.pd(changed)
            better = (pd < best) & (rows[:, place] != code) & ~np.isnan(rows[:, place])
            for row in np.flatnonzero(better).tolist():
                chosen[row], best[row] = level, pd[row]
        return chosen


def _named(column: Column) -> Sequence[str]:
    """The levels that an applicant can have; the last may stand for many."""
    return column.categories[:-1] if column.other else column.categories


def _now(column: Column, number: float) -> Value | None:
    if np.isnan(number):
        return None
    if column.kind is Kind.CATEGORICAL:
        return column.categories[int(number)]
    return float(number)
