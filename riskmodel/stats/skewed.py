"""Student's statistic of a mean whose rows are skewed: without it a few large losses that a sample lacks go unnoticed.

Hall 1992 (Journal of the Royal Statistical Society B 54, 221-228): a monotone cubic in the statistic. `skewness` is
that of the mean, 1 / sqrt(n) of that of its rows; at 0 nothing changes.
"""

from __future__ import annotations

import numpy as np


def to_normal(statistic: float, skewness: float) -> float:
    """The statistic (estimate less truth, over its standard error) as a nearly normal one."""
    if not skewness:
        return statistic
    t, k = statistic, skewness
    return t + k * t**2 / 3 + k**2 * t**3 / 27 + k / 6


def from_normal(z: float, skewness: float) -> float:
    """The statistic at a quantile of the normal law: the inverse of `to_normal`."""
    if abs(skewness) < 1e-9:
        return z
    return float(3 / skewness * (np.cbrt(1 + skewness * (z - skewness / 6)) - 1))
