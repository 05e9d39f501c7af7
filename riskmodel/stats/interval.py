"""The 95 % intervals that several figures share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import binomtest, chi2, ncx2

from riskmodel.core import Interval, Vector
from riskmodel.stats import weighted
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


def of_mean(values: Vector, clusters: Clusters | None = None, weight: Vector | None = None) -> Interval:
    """The mean of rows (n), which belong together where `clusters` says so, and count as `weight` (n) says."""
    return around(weighted.mean(values, weight), standard_error_of_mean(values, clusters, weight))


def standard_error_of_mean(values: Vector, clusters: Clusters | None = None, weight: Vector | None = None) -> float:
    """Of the mean of rows (n); NaN for one row, or one cluster."""
    return standard_error(weighted.influence_on_mean(values, weight), clusters)


def of_share(successes: int, trials: int) -> Interval:
    """A share of independent rows (Wilson 1927), which stays within [0, 1]."""
    bounds = binomtest(successes, trials).proportion_ci(0.95, "wilson")
    return Interval(successes / trials, float(bounds.low), float(bounds.high))


def of_share_of(
    successes: NDArray[np.bool_], clusters: Clusters | None = None, weight: Vector | None = None
) -> Interval:
    """The share of rows (n) that are true: Wilson's interval, of so many independent rows as have its variance.

    With equal weights and no clusters that is the number of rows (Rao and Scott 1992). A share of 0 or 1 has no
    variance: rows then count as Kish (1965) says.
    """
    if clusters is None and weight is None:
        return of_share(int(successes.sum()), len(successes))
    values = successes.astype(np.float64)
    share = weighted.mean(values, weight)
    variance = standard_error_of_mean(values, clusters, weight) ** 2
    rows = share * (1 - share) / variance if variance > 0 else weighted.kish(weight, len(values))
    low, high = _wilson(share, rows)
    return Interval(share, low, high)


def _wilson(share: float, rows: float) -> tuple[float, float]:
    inflated = Z**2 / rows
    centre, reach = share + inflated / 2, Z * float(np.sqrt(share * (1 - share) / rows + inflated / (4 * rows)))
    return max(0.0, (centre - reach) / (1 + inflated)), min(1.0, (centre + reach) / (1 + inflated))


def of_noncentrality(statistic: float, freedom: int) -> tuple[float, float]:
    """The 95 % bounds of the noncentrality of which a chi-square statistic was drawn (Venables 1975)."""
    return _centre(statistic, freedom, 0.975), _centre(statistic, freedom, 0.025)


def _centre(statistic: float, freedom: int, share: float) -> float:
    """Where the statistic is that quantile; 0 where it is below it even without any noncentrality."""
    if chi2.cdf(statistic, freedom) <= share:
        return 0.0
    most = (np.sqrt(statistic) + 10) ** 2  # ten standard deviations up: its share is nil
    return float(brentq(lambda centre: ncx2.cdf(statistic, freedom, centre) - share, 0, most))
