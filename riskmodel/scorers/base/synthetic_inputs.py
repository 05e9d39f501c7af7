"""Made-up applications around the numbers at which a scorer changes its mind: for checks where there are no rows.

Half of the numbers lie between two such points as often as the scorer has points there (for an encoding these are
quantiles of train), half lie on them or right beside them; some are missing, and a few lie far out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from riskmodel.core import Column, Kind, Matrix, Vector

MISSING, FAR = 0.08, 0.01

Points = Mapping[int, Sequence[float]]  # by position of the feature


def drawn(features: Sequence[Column], points: Points, rows: int, seed: int) -> Matrix:
    """Rows, n x features; categories are codes, and now and then one that no train sample had."""
    random = np.random.default_rng(seed)
    matrix = np.empty((rows, len(features)))
    for place, column in enumerate(features):
        if column.kind is Kind.CATEGORICAL:
            matrix[:, place] = random.integers(0, len(column.categories) + 2, rows)
        else:
            ends = [end for end in (column.low, column.high) if end is not None]
            known = np.unique([*points.get(place, ()), *ends])
            matrix[:, place] = _numbers(known[np.isfinite(known)], rows, random)
        matrix[random.random(rows) < MISSING, place] = np.nan
    return matrix


def _numbers(known: Vector, rows: int, random: np.random.Generator) -> Vector:
    if not len(known):
        return random.standard_normal(rows)
    between = np.interp(random.random(rows) * (len(known) - 1), np.arange(len(known)), known)
    on = random.choice(known, rows)
    steps = np.nextafter(on, random.choice([-np.inf, np.inf], rows))
    with np.errstate(over="ignore"):
        singles = np.nextafter(on.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    which = random.choice(6, rows, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05])
    near = np.choose(which, [between, on, steps, singles, -on, on + 1])
    spread = max(float(np.ptp(known)), 1.0)
    return np.where(random.random(rows) < FAR, near + 10 * spread * random.standard_normal(rows), near)
