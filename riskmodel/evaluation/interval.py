"""The 95 % intervals that several figures share."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import binomtest

from riskmodel.core import Interval, Vector

Z = float(ndtri(0.975))
NOT_EVALUATED = Interval(float("nan"), float("nan"), float("nan"))


def around(value: float, standard_error: float) -> Interval:
    """The normal interval."""
    reach = Z * float(standard_error)
    return Interval(value, value - reach, value + reach)


def of_mean(values: Vector) -> Interval:
    """The mean of independent rows."""
    return around(float(values.mean()), standard_error_of_mean(values))


def standard_error_of_mean(values: Vector) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def of_share(successes: int, trials: int) -> Interval:
    """A share of independent rows (Wilson 1927), which stays within [0, 1]."""
    bounds = binomtest(successes, trials).proportion_ci(0.95, "wilson")
    return Interval(successes / trials, float(bounds.low), float(bounds.high))
