"""Two scorers whose PDs are simply given, on rows whose groups and missing values are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from riskmodel.core import Calibration, Column, Complexity, Files, Matrix, Scorer, Vector
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Subject

FEATURES = (Column("margin"), Column("income"), Column("months"))


@dataclass(frozen=True, eq=False)
class GivenScorer(Scorer):
    """Its margin is its first column."""

    kind = "given"
    slope: float = 1.0

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.slope * np.nan_to_num(matrix[:, 0])

    def files(self) -> Files:
        return {"slope": repr(self.slope).encode()}

    def complexity(self) -> Complexity:
        return Complexity(3, 1, 1, 1.0, 8)

    def probes(self, rows: int, seed: int = 0) -> Matrix:  # noqa: ARG002
        return np.zeros((rows, len(self.features)))

    def refit(self, development: Any, features: Any, size: float = 1.0) -> Scorer:  # noqa: ARG002
        return self


def planted(rows: int = 6000, seed: int = 0, harm: bool = True, **changes: Any) -> Subject:
    """A pruned challenger as good as its champion on the whole; with harm it ranks one group and thin files by chance.

    The group "f" is 5 % of the rows and thin files another 5 %; with harm the challenger is better elsewhere.
    """
    draw = np.random.default_rng(seed)
    truth = draw.normal(-1.4, 1.3, rows)
    default = (draw.random(rows) < expit(truth)).astype(np.int8)
    sex = np.where(draw.random(rows) < 0.05, "f", "m").astype(object)
    thin = draw.random(rows) < 0.05
    income = np.where(thin, np.nan, draw.normal(size=rows))
    before = -1.4 + 0.75 * (truth + 1.4 + draw.normal(0, 0.75, rows))  # calibrated
    after = before + draw.normal(0, 0.05, rows)
    if harm:
        after = np.where((sex == "f") | thin, draw.permutation(truth), truth)
    months = draw.integers(0, 60, rows).astype(float)
    sides = [np.column_stack([margin, income, months]) for margin in (before, after)]
    scorers = (GivenScorer(FEATURES, Calibration()), GivenScorer(FEATURES, Calibration(0.0, 0.9999)))
    given = {
        "champion": Side("full", scorers[0], sides[0]),
        "challenger": Side("pruned", scorers[1], sides[1]),
        "default": default,
        "cutoff": 0.35,
        "grade_edges": (0.05, 0.1, 0.2, 0.4),
        "protected": {"sex": sex},
    }
    return Subject(**{**given, **changes})
