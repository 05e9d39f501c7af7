"""Shares and their differences, of independent groups or of the same rows, by what holds at small counts."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
from scipy.special import ndtri
from scipy.stats import hypergeom

from riskmodel.core import Interval, Mask
from riskmodel.stats.clusters import Clusters, standard_error


def difference(ones: int, trials: int, others: int, other_trials: int, tests: int = 1) -> Interval:
    """The first share less the second (Newcombe 1998, method 10: from two Wilson intervals).

    With `tests` above 1 the interval is as wide as so many simultaneous ones must be (Bonferroni).
    """
    (a, low, high), (b, low_b, high_b) = (_wilson(k, n, tests) for k, n in ((ones, trials), (others, other_trials)))
    down, up = sqrt((a - low) ** 2 + (high_b - b) ** 2), sqrt((high - a) ** 2 + (b - low_b) ** 2)
    return Interval(a - b, a - b - down, a - b + up)


def paired_difference(first: Mask, second: Mask, clusters: Clusters | None = None) -> Interval:
    """The share of rows (n) that the first holds for less that of the second, on the same rows.

    Agresti and Min 2005 (Statistics in Medicine 24, 729-740): Wald's interval with half a row more in each of the four
    cells, so that no discordant row does not mean no doubt. Where rows belong together it is wider by as much as their
    sandwich error is.
    """
    rows, gains, losses = len(first), int((first & ~second).sum()), int((second & ~first).sum())
    discordant, shifted = gains + losses + 1, gains - losses
    error = sqrt(discordant - shifted**2 / (rows + 2)) / (rows + 2)
    apart = first.astype(np.float64) - second
    if clusters is not None and (alone := standard_error((apart - apart.mean()) / rows)) > 0:
        error *= max(1.0, standard_error((apart - apart.mean()) / rows, clusters) / alone)
    centre, reach = shifted / (rows + 2), _z(1) * error
    return Interval(float(apart.mean()), max(-1.0, centre - reach), min(1.0, centre + reach))


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
