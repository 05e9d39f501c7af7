"""Evidence of whether PDs are right: slope, intercept, Spiegelhalter, Hosmer-Lemeshow, and Jeffreys by grade.

All take `default` (n, 1 is a bad) and `pd` (n) in [0, 1], on rows that the scorer was neither fitted nor calibrated on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr
from scipy.stats import chi2

from riskmodel.core import Interval, Matrix, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.evaluation.calibration.reliability import PdBins, grouped, in_bins
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts_p
from riskmodel.evaluation.grading import by_p, by_value, not_evaluated, table
from riskmodel.evaluation.metrics.calibration import slope_and_intercept
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.requirements import require_rows, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import weighted
from riskmodel.stats.asset_correlation import hosmer_lemeshow_p, jeffreys_p
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import around, of_mean, standard_error_of_mean
from riskmodel.stats.weighted import effective_counts

_LARGE = "With very many rows it rejects what does not matter: read the value first."
_TOGETHER = (
    "One systematic factor a period (Vasicek 2002), with settings.asset_correlation; the table has the p-value of "
    "independent outcomes beside it. "
)
SLOPE = Method(
    "calibration.slope",
    "Calibration slope",
    "b of logit P(bad) = a + b logit(PD), by maximum likelihood",
    "Cox 1958",
    "Below 1 the PDs are too extreme, above 1 too timid.",
    "b = 1",
    counts_weights=True,
)
INTERCEPT = Method(
    "calibration.intercept",
    "Calibration in the large",
    "ln of the odds of the bad rate less ln of the odds of the mean PD",
    "practice; interval by the delta method, with the rows' own variances",
    "0.1 is about 10 % more bads than forecast, where few are bad.",
    "bad rate = mean PD",
    counts_weights=True,
)
SPIEGELHALTER = Method(
    "calibration.spiegelhalter",
    "Spiegelhalter",
    "Z = sum of (y - p)(1 - 2p) / sqrt(sum of (1 - 2p)^2 p (1 - p)); two-sided",
    "Spiegelhalter 1986",
    "Independent outcomes, or clusters of them. " + _LARGE + " Errors that cancel within the Brier score escape it.",
    "every PD is right",
    counts_weights=True,
)
HOSMER_LEMESHOW = Method(
    "calibration.hosmer_lemeshow",
    "Hosmer-Lemeshow",
    "sum over G groups of (O - E)^2 / (E (1 - E / n)); chi-square with G degrees of freedom where outcomes are "
    "independent, else the share of 9,999 draws of the factor and the outcomes with a larger one",
    "Hosmer and Lemeshow 1980; G - 2 holds on the rows of the fit only, G on others",
    _TOGETHER + _LARGE + " Groups with too few expected bads are joined with their neighbours.",
    "every group's bad rate is its mean PD",
)
JEFFREYS = Method(
    "calibration.jeffreys",
    "Jeffreys test of the portfolio",
    "p = mean of F(PD given the factor), F the distribution of Beta(D + 1/2, N - D + 1/2)",
    "ECB 2019, 2.5.3.1",
    _TOGETHER + _LARGE + " One-sided: it sees PDs that are too low.",
    "PD >= true bad rate",
    counts_weights=True,
)
JEFFREYS_GRADES = Method(
    "calibration.jeffreys_grades",
    "Jeffreys test of each grade",
    "p = mean of F(PD given the factor), F the distribution of Beta(D + 1/2, N - D + 1/2); Holm over the grades",
    "ECB 2019, 2.5.3.1, which corrects for no number of grades; Holm 1979",
    _TOGETHER + _LARGE + " One-sided: it sees PDs that are too low.",
    "PD >= true bad rate in every grade",
)


@evidence(SLOPE, min_bads=True)
def slope(
    default: Outcome,
    pd: Vector,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """Whether PDs are too extreme or too timid."""
    rows, bads = len(default), int(default.sum())
    return by_value(SLOPE, limits, slope_and_intercept(default, pd, clusters, weight)[0], rows, bads=bads)


@evidence(INTERCEPT, min_bads=True)
def intercept(
    default: Outcome,
    pd: Vector,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """Whether PDs are too low or too high on the whole; above 0 there are more bads than forecast."""
    rows, bads = len(default), int(default.sum())
    expected = float(np.clip(weighted.mean(pd, weight), 1e-12, 1 - 1e-12))
    share = weighted.mean(default, weight)
    value = np.log(share / (1 - share)) - np.log(expected / (1 - expected))
    error = standard_error_of_mean(default - pd, clusters, weight) / (share * (1 - share))
    observed = bads if weight is None else float(weight @ default)
    mass = pd if weight is None else weight * pd
    listing = table("Bads", ("expected", "observed"), [(float(mass.sum()), observed)])
    return by_value(INTERCEPT, limits, around(float(value), error), rows, bads=bads, tables=(listing,))


@evidence(SPIEGELHALTER, min_bads=True)
def spiegelhalter(
    default: Outcome,
    pd: Vector,
    limits: Thresholds,
    clusters: Clusters | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """Whether the Brier score is what right PDs would have; `value` is the score less its expectation.

    Where rows belong together or have weights the variance is that of the sums, and not that of the PDs.
    """
    rows, bads = len(default), int(default.sum())
    excess, variance = (default - pd) * (1 - 2 * pd), (1 - 2 * pd) ** 2 * pd * (1 - pd)
    if not variance.sum():
        return not_evaluated(SPIEGELHALTER, "Every PD is 0, 1 or one half: the statistic has no variance.", rows)
    figure = of_mean(excess, clusters, weight)
    statistic = float(excess.sum() / np.sqrt(variance.sum()))
    if clusters is not None or weight is not None:
        statistic = figure.value / standard_error_of_mean(excess, clusters, weight)
    p_value = 2 * float(ndtr(-abs(statistic)))
    return by_p(SPIEGELHALTER, limits, p_value, rows, bads=bads, figure=figure, statistic=statistic)


@evidence(HOSMER_LEMESHOW, min_bads=True)
def hosmer_lemeshow(
    default: Outcome, pd: Vector, limits: Thresholds, period: NDArray[np.str_] | None = None
) -> Evidence:
    """Whether groups of like PD have the bads that they should; `value` is the largest gap of a group.

    `period` (n) labels the rows that share a systematic factor; without it all do.
    """
    rows, bads = len(default), int(default.sum())
    bins, at = in_bins(default, pd, int(limits.setting("bins")))
    group = _joined(bins, limits.setting("least_expected"))
    counts = grouped(default, pd, group[at])
    variance = counts.expected * (1 - counts.pd)
    if len(counts.rows) < 2 or not variance.all():
        return not_evaluated(HOSMER_LEMESHOW, "There are not two groups with enough expected bads.", rows, bads=bads)
    statistic = float(((counts.bads - counts.expected) ** 2 / variance).sum())
    gaps, errors = counts.rate - counts.pd, np.sqrt(counts.rate * (1 - counts.rate) / counts.rows)
    most = int(np.abs(gaps).argmax())
    independent, rho = float(chi2.sf(statistic, len(counts.rows))), limits.setting("asset_correlation")
    p_value = hosmer_lemeshow_p(statistic, counts.pd, _by_period(period, group[at]), rho) if rho else independent
    columns = ("group", "rows", "expected bads", "bads", "mean PD", "bad rate")
    groups = (range(1, len(gaps) + 1), counts.rows, counts.expected, counts.bads, counts.pd, counts.rate)
    listing = (table("Groups", columns, zip(*groups, strict=True)), _p_values(rho, period, p_value, independent))
    figure = around(float(gaps[most]), float(errors[most]))
    return by_p(HOSMER_LEMESHOW, limits, p_value, rows, bads=bads, statistic=statistic, figure=figure, tables=listing)


def _by_period(period: NDArray[np.str_] | None, group: NDArray[np.intp]) -> Matrix:
    """Rows of each period and group (T x G)."""
    at = np.zeros(len(group), np.intp) if period is None else np.unique(period, return_inverse=True)[1]
    groups = int(group.max()) + 1
    return np.bincount(at * groups + group, minlength=(int(at.max()) + 1) * groups).reshape(-1, groups).astype(float)


def _p_values(rho: float, period: NDArray[np.str_] | None, p_value: float, independent: float) -> Table:
    """Both p-values, and what they take for granted."""
    periods = 1 if period is None else len(np.unique(period))
    lines = [(f"{rho:g}, {periods} periods", p_value), ("0: independent outcomes", independent)]
    return table("By asset correlation", ("asset correlation", "p"), lines, "asset_correlation")


def _joined(counts: PdBins, least: float) -> NDArray[np.intp]:
    """The group of each bin: neighbours until each expects `least` bads, and as many goods; the rest joins the last."""
    group, labels, bads, goods = 0, [], 0.0, 0.0
    for expected, rows in zip(counts.expected, counts.rows, strict=True):
        labels.append(group)
        bads, goods = bads + float(expected), goods + float(rows - expected)
        if min(bads, goods) >= least:
            group, bads, goods = group + 1, 0.0, 0.0
    return np.minimum(labels, max(group - 1, 0))


@evidence(JEFFREYS, min_rows=True)
def jeffreys(
    default: Outcome,
    pd: Vector,
    limits: Thresholds,
    period: NDArray[np.str_] | None = None,
    weight: Vector | None = None,
) -> Evidence:
    """Whether the portfolio's mean PD is too low; `value` is its bad rate.

    Parameters
    ----------
    default, pd
        Outcomes, and probabilities of default (n).
    limits
        The asset correlation, with its source, and what is too little to judge.
    period
        Labels (n) of the rows that share a systematic factor; without them all rows do.
    weight
        How much each row (n) counts; counts are then divided by the design effect (Rao and Scott 1992).
    """
    rows, bads = len(default), int(default.sum())
    ones, trials = effective_counts(default == 1, weight)
    figure, expected = jeffreys_interval(ones, trials), weighted.mean(pd, weight)
    rho = limits.setting("asset_correlation")
    p_value = jeffreys_p(ones, trials, expected, rho, _sizes(period))
    listing = (
        table("Portfolio", ("mean PD", "bad rate"), [(expected, figure.value)]),
        _p_values(rho, period, p_value, jeffreys_p(ones, trials, expected)),
    )
    return by_p(JEFFREYS, limits, p_value, rows, bads=bads, figure=figure, tables=listing)


def _sizes(period: NDArray[np.str_] | None) -> Vector | None:
    return None if period is None else np.unique(period, return_counts=True)[1].astype(np.float64)


def jeffreys_interval(bads: int, rows: int) -> Interval:
    """The bad rate with the equal-tailed interval of the same Beta; it reaches 0 without bads, and 1 without goods.

    It is about the rows at hand, given what their periods were like.
    """
    low, high = betaincinv(bads + 0.5, rows - bads + 0.5, np.array([0.025, 0.975])).tolist()
    return Interval(bads / rows, low if bads else 0.0, high if bads < rows else 1.0)


def jeffreys_grades(
    default: Outcome,
    pd: Vector,
    grade: NDArray[np.intp],
    limits: Thresholds,
    period: NDArray[np.str_] | None = None,
) -> Evidence:
    """Whether any grade's mean PD is too low; `grade` (n) counts from 0, and `value` is the worst grade's bad rate."""
    rows, rho = require_rows(default=default, pd=pd, grade=grade), limits.setting("asset_correlation")
    parts = []
    for g in np.unique(grade):
        own = grade == g
        count, bad, mean = int(own.sum()), int(default[own].sum()), float(pd[own].mean())
        small = too_small(count, limits)
        sizes = _sizes(None if period is None else period[own])
        p_value = float("nan") if small else jeffreys_p(bad, count, mean, rho, sizes)
        more = (mean, None if small else jeffreys_p(bad, count, mean))
        parts.append(Subgroup(str(g), count, bad, jeffreys_interval(bad, count), p_value, small, more))
    columns = ("mean PD", "p of independent outcomes")
    return by_parts_p(JEFFREYS_GRADES, limits, parts, rows, "grade", columns, bads=int(default.sum()))
