"""The 95 % intervals that several figures share."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import binomtest, chi2, ncx2

from riskmodel.core import Interval, Vector
from riskmodel.stats.clusters import Clusters, standard_error

Z = float(ndtri(0.975))
NOT_EVALUATED = Interval(float("nan"), float("nan"), float("nan"))


def around(value: float, standard_error: float) -> Interval:
    """The normal interval."""
    reach = Z * float(standard_error)
    return Interval(value, value - reach, value + reach)


def simultaneous(value: float, standard_error: float, tests: int) -> Interval:
    """The normal interval, as wide as so many that hold together must be (Bonferroni)."""
    reach = float(ndtri(1 - 0.025 / max(tests, 1))) * float(standard_error)
    return Interval(value, value - reach, value + reach)


def of_mean(values: Vector, clusters: Clusters | None = None) -> Interval:
    """The mean of rows (n), which belong together where `clusters` says so."""
    return around(float(values.mean()), standard_error_of_mean(values, clusters))


def standard_error_of_mean(values: Vector, clusters: Clusters | None = None) -> float:
    """Of the mean of rows (n); NaN for one row, or one cluster."""
    return standard_error((values - values.mean()) / len(values), clusters)


def of_share(successes: int, trials: int) -> Interval:
    """A share of independent rows (Wilson 1927), which stays within [0, 1]."""
    bounds = binomtest(successes, trials).proportion_ci(0.95, "wilson")
    return Interval(successes / trials, float(bounds.low), float(bounds.high))


def of_noncentrality(statistic: float, freedom: int) -> tuple[float, float]:
    """The 95 % bounds of the noncentrality of which a chi-square statistic was drawn (Venables 1975)."""
    return _centre(statistic, freedom, 0.975), _centre(statistic, freedom, 0.025)


def _centre(statistic: float, freedom: int, share: float) -> float:
    """Where the statistic is that quantile; 0 where it is below it even without any noncentrality."""
    if chi2.cdf(statistic, freedom) <= share:
        return 0.0
    most = (np.sqrt(statistic) + 10) ** 2  # ten standard deviations up: its share is nil
    return float(brentq(lambda centre: ncx2.cdf(statistic, freedom, centre) - share, 0, most))
