"""The straight line that recalibration fits in the end, so that a cut is judged as it will be used.

Without it few trees or leaves look timid, and whatever widens the margin, right or wrong, looks good.
"""

from __future__ import annotations

import numpy as np

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.objective import Objective

RIDGE = 1e-9  # of the mean curvature: a constant margin has none
SLOPES = (0.1, 100.0)


def level(objective: Objective) -> Vector:
    """Intercept and slope before anything is fitted: right for a margin that is 0 everywhere."""
    return np.array([objective.base, 1.0])


def fitted_line(objective: Objective, margin: Vector, line: Vector, steps: int) -> Vector:
    """Intercept and slope after so many Newton steps from `line`; two or three are enough from one near by."""
    rows = np.column_stack([np.ones_like(margin), margin])
    for _ in range(steps):
        now = rows @ line
        curve = rows.T @ (rows * objective.hessian(now)[:, None]) + RIDGE * np.eye(2)
        line = line + np.linalg.solve(curve, rows.T @ objective.residual(now))
        line = np.array([line[0], np.clip(line[1], *SLOPES)])
    return line
