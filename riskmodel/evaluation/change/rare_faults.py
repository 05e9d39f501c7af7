"""The bound on a difference of AUC that holds too where a loss sits in a handful of bads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.core import Difference, Vector, Verdict
from riskmodel.evaluation.metrics.discrimination import Placements
from riskmodel.stats import rare_faults

LEVEL = 0.95
FAR = 0.1  # convention: a bad that falls past more than a tenth of the goods has moved far
SPREADS = 3.0  # or farther than so many standard deviations of the bulk, where the bulk moves that much


def bounded(difference: Difference, differences: Placements, champion: Placements) -> Difference:
    """The difference with the worst rare fault in its bound and p-value; inconclusive where they no longer suffice.

    Parameters
    ----------
    difference
        Of the AUCs, judged by its normal bound.
    differences
        Placements of the challenger less the champion's.
    champion
        The champion's: a spoilt bad can lose no more than these on average, by falling below all goods.

    Where rows have weights a spoilt one is taken to be the heaviest.
    """
    amplitude, units = champion.auc, min(differences.units, differences.heaviest)
    diffuse = difference.standard_error * _share_of_what_moved_little(differences)
    if not np.isfinite(difference.standard_error) or units < 2:
        return difference
    if diffuse <= 1e-12 * amplitude or difference.standard_error == 0:
        allowance = amplitude * rare_faults.unseen_share(LEVEL, units)
        p_value = float((1 - min(difference.margin / amplitude, 1.0)) ** units)
        lower = min(difference.lower, difference.delta - allowance)
    else:
        weight = float(amplitude / (units * diffuse))
        statistic = (difference.delta + difference.margin) / difference.standard_error
        p_value = rare_faults.p_value(statistic, weight)
        quantile = rare_faults.quantile(LEVEL, weight)
        lower = min(difference.lower, difference.delta - quantile * difference.standard_error)
    return _judged(difference, lower, max(difference.p_value, p_value), amplitude)


def _judged(difference: Difference, lower: float, p_value: float, amplitude: float) -> Difference:
    allowance = difference.lower - lower
    no_longer_shown = difference.verdict is Verdict.NON_INFERIOR and lower <= -difference.margin
    return replace(
        difference,
        lower=lower,
        p_value=p_value,
        detectable=min(difference.detectable + allowance, 1.0),
        verdict=Verdict.INCONCLUSIVE if no_longer_shown else difference.verdict,
        rare_fault_allowance=allowance,
        bads_needed=rare_faults.units_needed(LEVEL, difference.margin, amplitude) if no_longer_shown else 0,
    )


def _share_of_what_moved_little(placements: Placements) -> float:
    """The part of the standard error that is there too where the placements that moved far are held at an edge."""
    held = replace(placements, bads=_held(placements.bads), goods=_held(placements.goods))
    whole, little = (sum(float(part @ part) for part in placed.influence) for placed in (placements, held))
    return float(np.sqrt(little / whole)) if whole > 0 else 0.0


def _held(placements: Vector) -> Vector:
    bulk = 1.4826 * float(np.median(np.abs(placements - np.median(placements))))
    edge = max(FAR, SPREADS * bulk)
    held: Vector = placements.clip(-edge, edge)
    return held
