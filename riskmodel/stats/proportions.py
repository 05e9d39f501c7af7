"""Shares and their differences between independent groups of rows: intervals and tests that hold at small counts."""

from __future__ import annotations

from math import exp, sqrt

from scipy.special import ndtri
from scipy.stats import hypergeom

from riskmodel.core import Interval


def difference(ones: int, trials: int, others: int, other_trials: int, tests: int = 1) -> Interval:
    """The first share less the second (Newcombe 1998, method 10: from two Wilson intervals).

    With `tests` above 1 the interval is as wide as so many simultaneous ones must be (Bonferroni).
    """
    (a, low, high), (b, low_b, high_b) = (_wilson(k, n, tests) for k, n in ((ones, trials), (others, other_trials)))
    down, up = sqrt((a - low) ** 2 + (high_b - b) ** 2), sqrt((high - a) ** 2 + (b - low_b) ** 2)
    return Interval(a - b, a - b - down, a - b + up)


def _wilson(ones: int, trials: int, tests: int) -> tuple[float, float, float]:
    z = _z(tests)
    share, weight = ones / trials, z**2 / trials
    centre, reach = share + weight / 2, z * sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return share, (centre - reach) / (1 + weight), (centre + reach) / (1 + weight)


def _z(tests: int) -> float:
    return float(ndtri(1 - 0.025 / tests))


def ratio(ones: int, trials: int, others: int, other_trials: int, tests: int = 1) -> Interval:
    """The first share over the second, with a log-normal interval (Katz et al. 1978); NaN where a count is 0."""
    if not ones or not others:
        value = 0.0 if others else float("nan")
        return Interval(value, float("nan"), float("nan"))
    value = (ones / trials) / (others / other_trials)
    reach = _z(tests) * sqrt(1 / ones - 1 / trials + 1 / others - 1 / other_trials)
    return Interval(value, value * exp(-reach), value * exp(reach))


def p_higher(ones: int, trials: int, others: int, other_trials: int) -> float:
    """The mid-p-value of H0: the first share is not higher than the second (Fisher's test, Lancaster 1961)."""
    law = (trials + other_trials, ones + others, trials)
    return float(hypergeom.sf(ones, *law) + 0.5 * hypergeom.pmf(ones, *law))


def p_different(ones: int, trials: int, others: int, other_trials: int) -> float:
    """The two-sided mid-p-value: twice the smaller tail."""
    higher = p_higher(ones, trials, others, other_trials)
    return min(1.0, 2 * min(higher, 1 - higher))
