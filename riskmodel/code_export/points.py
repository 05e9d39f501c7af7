"""Trees of one or two features as a scorecard: points by cell on the master scale, which add up to the score.

Points are rounded to a number of decimals; how many are needed is for whoever compares decisions to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor, log

import numpy as np
from scipy.special import logit

from riskmodel.code_export.decider import Decider
from riskmodel.core import Matrix, Scale, Vector
from riskmodel.trees import scorecard_text
from riskmodel.trees.lookup_tables import LookupTable, tables
from riskmodel.trees.parts import parts_of
from riskmodel.trees.scorecard_text import Line


@dataclass(frozen=True, eq=False)
class PointsCard:
    """A table of points a feature or a pair; the first, without a condition, is what everybody starts with."""

    tables: tuple[LookupTable, ...]
    decider: Decider
    decimals: int

    def points(self, matrix: Matrix) -> Vector:
        """The sum of points of each row (n x features)."""
        total = np.zeros(len(matrix))
        for table in self.tables:
            total += table(matrix)
        return total

    @property
    def lines(self) -> tuple[Line, ...]:
        """All cells, in words."""
        return scorecard_text.lines(self.tables, self.decider.features)

    @property
    def scale(self) -> Mapping[str, float]:
        """Points at the policy's cutoff, at the lower end of the band that is referred, and at the edges of grades."""
        policy = self.decider.policy
        edges = {f"worse than grade {chr(65 + i)}": edge for i, edge in enumerate(policy.grade_edges)}
        pds = {"declined": policy.cutoff, "referred": policy.refer_from, **edges}
        return {name: points_of(self.decider.scale, pd) for name, pd in pds.items()}

    @property
    def printed(self) -> Mapping[str, str]:
        """The scale for paper: no sum of points lies between a figure and what is printed of it, rounded down."""
        unit = 10**self.decimals
        return {name: self.in_digits(floor(points * unit) / unit) for name, points in self.scale.items()}

    def in_digits(self, points: float) -> str:
        """Points with all decimals of the card: what a person adds up is what was compared."""
        return f"{points:.{self.decimals}f}"

    def as_csv(self) -> str:
        """One line a cell."""
        return scorecard_text.as_csv(self.lines)


def points_of(scale: Scale, pd: float) -> float:
    """The points at which a PD lies."""
    return float(scale.start(float(logit(pd))))


def margin_of(scale: Scale, points: Vector) -> Vector:
    """Log-odds of default of so many points."""
    margin: Vector = (scale.start(0.0) - points) * log(2) / scale.pdo
    return margin


def points_card(decider: Decider, decimals: int) -> PointsCard:
    """The scorecard of a model. Raises: UnsupportedScorer for trees of more than two features, or for no trees."""
    calibration, scale = decider.scorer.calibration, decider.scale
    start, cells = calibration.intercept, list[LookupTable]()
    for part in parts_of(decider.scorer):
        weight = calibration.slope * part.weight
        intercept, *rest = tables(part.ensemble)
        start += weight * float(intercept.points)
        cells += [replace(one, points=np.round(_change(scale, weight * one.points), decimals)) for one in rest]
    first = LookupTable((), np.array(round(scale.start(start), decimals)))
    return PointsCard((first, *cells), decider, decimals)


def _change(scale: Scale, margin: Vector) -> Vector:
    return -scale.pdo / log(2) * margin
