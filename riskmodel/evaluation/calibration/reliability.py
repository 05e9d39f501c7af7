"""Evidence of what PDs are worth as forecasts: the Brier score in its parts, its skill, and the reliability curve.

All take `default` (n, 1 is a bad) and `pd` (n) in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.grading import by_p, by_value, table
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import weighted
from riskmodel.stats.binning import binned, edges
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import Z, around, of_share, standard_error_of_mean

SKILL = Method(
    "calibration.skill",
    "Brier score and its parts",
    "1 - Brier / U; Brier = reliability - resolution + uncertainty + variance within bins - 2 x covariance within bins",
    "Murphy 1973; the last two terms, without which bins do not add up, Stephenson et al. 2008",
    "Rows that the scorer was not fitted on. The parts depend on the bins, the skill does not.",
    "the PDs forecast no better than the bad rate: skill = 0",
    counts_weights=True,
)
RELIABILITY = Method(
    "calibration.reliability",
    "Reliability curve",
    "E = sum of n_b / n x |bad rate_b - mean PD_b|; p: share of 999 draws of outcomes from the PDs with a larger E",
    "Broecker and Smith 2007 (consistency resampling)",
    "E is above 0 by chance alone, and the more so the fewer the rows: read it beside what chance gives.",
    "outcomes are drawn from the PDs",
)
_DRAWS = 999
_NARROW = 10


@dataclass(frozen=True, eq=False)
class PdBins:
    """What the rows of each bin of the PD add up to."""

    rows: NDArray[np.intp]
    bads: NDArray[np.intp]
    expected: Vector  # sum of PDs

    @property
    def rate(self) -> Vector:
        return self.bads / self.rows

    @property
    def pd(self) -> Vector:
        return self.expected / self.rows


def in_bins(default: Outcome, pd: Vector, count: int) -> tuple[PdBins, NDArray[np.intp]]:
    """Bins of equal counts by PD, none of them empty, and the bin of each row; PDs that tie stay together."""
    _, bins = np.unique(binned(pd, edges(pd, count)), return_inverse=True)
    return grouped(default, pd, bins), bins


def grouped(default: Outcome, pd: Vector, group: NDArray[np.intp]) -> PdBins:
    """What outcomes and PDs (n) of each group (n, codes from 0) add up to."""
    bads = np.bincount(group, default).astype(np.intp)
    return PdBins(np.bincount(group), bads, np.bincount(group, pd).astype(np.float64))


@dataclass(frozen=True)
class BrierParts:
    """Of the Brier score: it is reliability - resolution + uncertainty + within - 2 x covariance, to the digit."""

    reliability: float
    resolution: float
    uncertainty: float
    within: float
    covariance: float


def decomposition(default: Outcome, pd: Vector, count: int = 10, weight: Vector | None = None) -> BrierParts:
    """The Brier score by bins of the PD (n); with as many bins as PDs differ the last two parts are 0."""
    _, bins = in_bins(default, pd, count)
    mass = np.full(len(pd), 1 / len(pd)) if weight is None else weight / weight.sum()
    share = np.bincount(bins, mass)
    mean_pd, rates = (np.bincount(bins, mass * values) / share for values in (pd, default))
    rate, inside, outcome = weighted.mean(default, weight), pd - mean_pd[bins], default - rates[bins]
    return BrierParts(
        reliability=float(share @ (mean_pd - rates) ** 2),
        resolution=float(share @ (rates - rate) ** 2),
        uncertainty=rate * (1 - rate),
        within=float(mass @ inside**2),
        covariance=float(mass @ (inside * outcome)),
    )


@evidence(SKILL, min_bads=True)
def skill(
    default: Outcome,
    pd: Vector,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """How much better than the bad rate the PDs forecast; the parts of the Brier score stand in the table."""
    rows, bads = len(default), int(default.sum())
    loss, rate = (pd - default) ** 2, weighted.mean(default, weight)
    uncertainty, mean = rate * (1 - rate), weighted.mean(loss, weight)
    value = 1 - mean / uncertainty
    # Influence of a row on the ratio; it counts that the bad rate is an estimate.
    influence = (loss - mean - (1 - value) * (1 - 2 * rate) * (default - rate)) / uncertainty
    parts = decomposition(default, pd, int(limits.setting("bins")), weight)
    lines = [("Brier", mean), *((name, float(part)) for name, part in vars(parts).items())]
    listing = table("Parts of the Brier score", ("part", "value"), lines)
    figure = around(float(value), standard_error_of_mean(influence, clusters, weight))
    return by_value(SKILL, limits, figure, rows, bads=bads, tables=(listing,))


@evidence(RELIABILITY, min_bads=True)
def curve(default: Outcome, pd: Vector, limits: Thresholds, seed: int = 0) -> Evidence:
    """Bad rate against mean PD in bins of the PD, each with its interval; `value` is the expected calibration error."""
    rows, bads = len(default), int(default.sum())
    counts, bins = in_bins(default, pd, int(limits.setting("bins")))
    rng, error = np.random.default_rng(seed), _error(counts, counts.bads[None])[0]
    by_chance = _error(counts, _drawn(pd, bins, rng))
    again = _error(counts, rng.binomial(counts.rows, counts.rate, (_DRAWS, len(counts.rows))))
    p_value = (1 + int((by_chance >= error).sum())) / (_DRAWS + 1)
    bounds = [of_share(int(b), int(n)) for b, n in zip(counts.bads, counts.rows, strict=True)]
    lines = [
        (i + 1, counts.rows[i], counts.bads[i], counts.pd[i], counts.rate[i], bound.low, bound.high)
        for i, bound in enumerate(bounds)
    ]
    listing = (
        table("Reliability curve", ("bin", "rows", "bads", "mean PD", "bad rate", "low", "high"), lines, "reliability"),
        table("By chance alone", ("quantile", "value"), [(q, np.quantile(by_chance, q)) for q in (0.5, 0.95)]),
    )
    figure = _corrected(float(error), again)
    return by_p(RELIABILITY, limits, p_value, rows, bads=bads, figure=figure, tables=listing)


def _drawn(pd: Vector, bins: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Counts of bads by bin (draws x bins) were the PDs right, drawn from narrow bins within the wide ones.

    One binomial a wide bin would vary too much: its PDs are not all alike.
    """
    narrow = binned(pd, edges(pd, _NARROW * (bins.max() + 1)))
    keys, at = np.unique(np.stack([bins, narrow]), axis=1, return_inverse=True)
    rows = np.bincount(at)
    drawn = rng.binomial(rows, np.clip(np.bincount(at, pd) / rows, 0, 1), (_DRAWS, len(rows)))
    return np.add.reduceat(drawn, np.flatnonzero(np.diff(keys[0], prepend=-1)), axis=1)


def _error(counts: PdBins, bads: NDArray[np.intp]) -> Vector:
    """The expected calibration error of each row of counts (draws x bins)."""
    gaps: Vector = np.abs(bads - counts.expected).sum(axis=1) / counts.rows.sum()
    return gaps


def _corrected(value: float, again: Vector) -> Interval:
    """A normal bootstrap interval, less the bias: noise makes a sum of gaps larger (Davison and Hinkley 1997, 5.2)."""
    centre, reach = 2 * value - again.mean(), Z * again.std(ddof=1)
    return Interval(value, max(0.0, min(value, float(centre - reach))), max(value, float(centre + reach)))
