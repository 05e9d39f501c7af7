"""What is known from few bads, or few goods: intervals that stay honest where the usual ones are too narrow.

In simulations with 2 to 20 bads the usual 95 % interval of the AUC covered 70 to 95 %, that of KS 30 to 80 %; these two
covered 94 to 99 % and 97 to 100 %. Beyond `FEW` the usual ones are about right.
"""

from __future__ import annotations

from math import sqrt

from scipy.optimize import brentq
from scipy.stats import kstwo

from riskmodel.core import Interval
from riskmodel.stats.interval import Z


def around_auc(value: float, bads: float, goods: float) -> tuple[float, float]:
    """The AUCs in (0, 1) that such a sample would not contradict, by the variance that each of them would have.

    Newcombe 2006 (Statistics in Medicine 25, 559-573), method 5; it needs no variance of the sample's own.
    """

    def beyond(truth: float) -> float:
        spread = 1 + ((bads + goods) / 2 - 1) * ((1 - truth) / (2 - truth) + truth / (1 + truth))
        return abs(value - truth) - Z * sqrt(truth * (1 - truth) * spread / (bads * goods))

    edge = min(value, 1 - value) * 1e-9
    low = brentq(beyond, edge, value) if beyond(edge) > 0 else 0.0
    high = brentq(beyond, value, 1 - edge) if beyond(1 - edge) > 0 else 1.0
    return float(low), float(high)


def around_ks(value: float, bads: float, goods: float) -> Interval:
    """By Kolmogorov's band: no score distribution of so many rows strays farther from the true one in 95 %."""
    reach = float(kstwo.ppf(0.95, round(bads * goods / (bads + goods))))
    return Interval(value, max(0.0, value - reach), min(1.0, value + reach))
