"""Whether a challenger keeps the level of the PDs: calibration in the large, as a ratio, beside the champion's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Difference, Outcome, Vector, Verdict
from riskmodel.stats import weighted
from riskmodel.stats.clusters import Clusters, standard_error

_SMALLEST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class MeanShift:
    """A log ratio, less than 0 for a loss, and each row's influence on it."""

    value: float
    influence: Vector


def moves(
    default: Outcome, challenger: Vector, champion: Vector, weight: Vector | None = None
) -> tuple[MeanShift, MeanShift]:
    """Two figures of PDs (n), in log ratios: the loss is more than m only where both lie below -m.

    With x, c and o the logs of the mean PD of challenger and champion and of the bad rate, the loss is
    |x - o| - |c - o|. It is at most |x - c|, and where x lies above c at most x + c - 2 o, where below at most the
    reverse: a challenger that is nearer to the outcomes than the champion has lost nothing, however far it is from it.
    Means count `weight` (n).
    """
    x, c, o = (_log_mean(values, weight) for values in (challenger, champion, default.astype(np.float64)))
    sign = 1.0 if x.value >= c.value else -1.0
    apart = MeanShift(-abs(x.value - c.value), -sign * (x.influence - c.influence))
    towards = x.value + c.value - 2 * o.value
    return apart, MeanShift(-sign * towards, -sign * (x.influence + c.influence - 2 * o.influence))


def _log_mean(values: Vector, weight: Vector | None) -> MeanShift:
    mean = max(weighted.mean(values, weight), _SMALLEST)
    return MeanShift(float(np.log(mean)), weighted.influence_on_mean(values / mean, weight))


def errors(both: tuple[MeanShift, MeanShift], clusters: Clusters | None) -> tuple[float, float]:
    """Their standard errors."""
    apart, towards = (standard_error(shift.influence, clusters) for shift in both)
    return apart, towards


def joined(apart: Difference, towards: Difference) -> Difference:
    """One verdict of the two, each judged at half the level: non-inferior where one is, inferior where both are.

    The figures are those of the one with the stronger evidence; its p-value counts twice (Bonferroni).
    """
    worse = min((apart, towards), key=lambda d: (d.p_value, -d.lower))
    p_value = min(1.0, 2 * worse.p_value)
    verdicts = {apart.verdict, towards.verdict}
    verdict = Verdict.INCONCLUSIVE
    if Verdict.NON_INFERIOR in verdicts:
        verdict = Verdict.NON_INFERIOR
    elif verdicts == {Verdict.INFERIOR}:
        verdict = Verdict.INFERIOR
    return Difference(
        worse.delta, worse.standard_error, worse.lower, worse.upper, worse.margin, p_value, worse.detectable, verdict
    )
