"""A loss that sits in a handful of rows, against which a normal bound does not hold.

A fault that spoils few rows shows in none of a small sample, and then the standard error does not know of it either. So
the bound is asked to hold for the worst of such faults too: of the `units` rows of the smaller class, a number that is
Poisson with mean m loses `amplitude` each, and m is whatever makes a loss of exactly the margin pass most often. With

    a = amplitude / (units * standard error of what is not rare)

the chance that a statistic above t comes out is, for each m, the sum over k of

    Poisson(k; m) * Phi((m - k) a - t sqrt(1 + k a^2)),

since k rows that show move the mean by k a and widen the standard error by the factor under the root; its largest
value over m is the p-value. As a falls below .2 it is the normal one; as a grows, only a sample without any spoilt row
passes, and the bound is that of Clopper and Pearson (1934) for none in `units`.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri
from scipy.stats import poisson

MEANS = np.concatenate([[0.0], np.geomspace(0.01, 30.0, 160)])
COUNTS = np.arange(80)
CHANCES = np.asarray(poisson.pmf(COUNTS[None, :], MEANS[:, None]))
WHICH, TIMES = np.nonzero(CHANCES > 1e-17)  # three in ten: the others change no sum of doubles
CHANCE, APART = CHANCES[WHICH, TIMES], MEANS[WHICH] - TIMES
STARTS = np.searchsorted(WHICH, np.arange(len(MEANS)))
NEGLIGIBLE = 0.05  # below this a no row weighs enough to matter


def p_value(statistic: float, weight: float) -> float:
    """The chance of a larger statistic where the loss is exactly the margin, for the worst rare fault there could be.

    Parameters
    ----------
    statistic
        (difference + margin) / standard error.
    weight
        What one spoilt row takes from the difference, in standard errors of what is not rare: a above.
    """
    normal = float(ndtr(-statistic))
    if weight < NEGLIGIBLE:
        return normal
    wider = np.sqrt(1 + COUNTS * weight**2)
    passing = ndtr(APART * weight - statistic * wider[TIMES])
    return max(normal, float(np.add.reduceat(CHANCE * passing, STARTS).max()))


def quantile(level: float, weight: float) -> float:
    """The statistic whose p-value is 1 - level; the bound lies this many standard errors below the difference."""
    normal = float(ndtri(level))
    if p_value(normal, weight) <= 1 - level + 1e-12:
        return normal
    most = normal + 8 * weight + 1
    return float(brentq(lambda t: p_value(t, weight) - (1 - level), normal, most, xtol=1e-10))


def unseen_share(level: float, units: float) -> float:
    """The largest share of spoilt rows of which none shows among `units` with a chance above 1 - level."""
    return float(1 - (1 - level) ** (1 / units))


def units_needed(level: float, margin: float, amplitude: float) -> int:
    """How many rows without a spoilt one rule out a loss of the margin: by Clopper and Pearson, nothing else moving."""
    return int(np.ceil(np.log(1 - level) / np.log1p(-min(margin / amplitude, 1 - 1e-12))))
