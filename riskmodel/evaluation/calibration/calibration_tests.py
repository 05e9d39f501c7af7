"""Evidence of whether PDs are right: slope, intercept, Spiegelhalter, Hosmer-Lemeshow, and Jeffreys by grade.

All take `default` (n, 1 is a bad) and `pd` (n) in [0, 1], on rows that the scorer was neither fitted nor calibrated on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, ndtr
from scipy.stats import chi2

from riskmodel.core import Interval, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.calibration.reliability import Bins, in_bins
from riskmodel.evaluation.fairness.subgroup_tests import Part, by_parts_p
from riskmodel.evaluation.grading import by_p, by_value, not_evaluated, table
from riskmodel.evaluation.metrics.calibration import slope_and_intercept
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.requirements import require_rows, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.interval import around

_LARGE = "Independent outcomes. With very many rows it rejects what does not matter: read the value first."
SLOPE = Method(
    "calibration.slope",
    "Calibration slope",
    "b of logit P(bad) = a + b logit(PD), by maximum likelihood",
    "Cox 1958",
    "Below 1 the PDs are too extreme, above 1 too timid.",
    "b = 1",
)
INTERCEPT = Method(
    "calibration.intercept",
    "Calibration in the large",
    "ln of the odds of the bad rate less ln of the odds of the mean PD",
    "practice; interval by the delta method, with the rows' own variances",
    "0.1 is about 10 % more bads than forecast, where few are bad.",
    "bad rate = mean PD",
)
SPIEGELHALTER = Method(
    "calibration.spiegelhalter",
    "Spiegelhalter",
    "Z = sum of (y - p)(1 - 2p) / sqrt(sum of (1 - 2p)^2 p (1 - p)); two-sided",
    "Spiegelhalter 1986",
    _LARGE + " Errors that cancel within the Brier score escape it.",
    "every PD is right",
)
HOSMER_LEMESHOW = Method(
    "calibration.hosmer_lemeshow",
    "Hosmer-Lemeshow",
    "sum over G groups of (O - E)^2 / (E (1 - E / n)), chi-square with G degrees of freedom",
    "Hosmer and Lemeshow 1980; G - 2 holds on the rows of the fit only, G on others",
    _LARGE + " Groups with too few expected bads are joined with their neighbours.",
    "every group's bad rate is its mean PD",
)
JEFFREYS = Method(
    "calibration.jeffreys",
    "Jeffreys test of the portfolio",
    "p = F(PD), F the distribution of Beta(D + 1/2, N - D + 1/2)",
    "ECB 2019, 2.5.3.1",
    _LARGE + " One-sided: it sees PDs that are too low.",
    "PD >= true bad rate",
)
JEFFREYS_GRADES = Method(
    "calibration.jeffreys_grades",
    "Jeffreys test of each grade",
    "p = F(PD), F the distribution of Beta(D + 1/2, N - D + 1/2); Holm over the grades",
    "ECB 2019, 2.5.3.1, which corrects for no number of grades; Holm 1979",
    _LARGE + " One-sided: it sees PDs that are too low.",
    "PD >= true bad rate in every grade",
)


@evidence(SLOPE, min_bads=True)
def slope(default: Outcome, pd: Vector, limits: Thresholds) -> Evidence:
    """Whether PDs are too extreme or too timid."""
    rows, bads = len(default), int(default.sum())
    return by_value(SLOPE, limits, slope_and_intercept(default, pd)[0], rows, bads=bads)


@evidence(INTERCEPT, min_bads=True)
def intercept(default: Outcome, pd: Vector, limits: Thresholds) -> Evidence:
    """Whether PDs are too low or too high on the whole; above 0 there are more bads than forecast."""
    rows, bads = len(default), int(default.sum())
    expected = float(np.clip(pd.mean(), 1e-12, 1 - 1e-12))
    value = np.log(bads / (rows - bads)) - np.log(expected / (1 - expected))
    share = bads / rows
    error = float((default - pd).std(ddof=1) / np.sqrt(rows)) / (share * (1 - share))
    shown = table("Bads", ("expected", "observed"), [(float(pd.sum()), bads)])
    return by_value(INTERCEPT, limits, around(float(value), error), rows, bads=bads, tables=(shown,))


@evidence(SPIEGELHALTER, min_bads=True)
def spiegelhalter(default: Outcome, pd: Vector, limits: Thresholds) -> Evidence:
    """Whether the Brier score is what right PDs would have; `value` is the score less its expectation."""
    rows, bads = len(default), int(default.sum())
    excess, weight = (default - pd) * (1 - 2 * pd), (1 - 2 * pd) ** 2 * pd * (1 - pd)
    if not weight.sum():
        return not_evaluated(SPIEGELHALTER, "Every PD is 0, 1 or one half: the statistic has no variance.", rows)
    statistic = float(excess.sum() / np.sqrt(weight.sum()))
    figure = around(float(excess.mean()), float(excess.std(ddof=1) / np.sqrt(rows)))
    p_value = 2 * float(ndtr(-abs(statistic)))
    return by_p(SPIEGELHALTER, limits, p_value, rows, bads=bads, figure=figure, statistic=statistic)


@evidence(HOSMER_LEMESHOW, min_bads=True)
def hosmer_lemeshow(default: Outcome, pd: Vector, limits: Thresholds) -> Evidence:
    """Whether groups of like PD have the bads that they should; `value` is the largest gap of a group."""
    rows, bads = len(default), int(default.sum())
    found = _joined(in_bins(default, pd, int(limits.setting("bins")))[0], limits.setting("least_expected"))
    variance = found.expected * (1 - found.pd)
    if len(found.rows) < 2 or not variance.all():
        return not_evaluated(HOSMER_LEMESHOW, "There are not two groups with enough expected bads.", rows, bads=bads)
    statistic = float(((found.bads - found.expected) ** 2 / variance).sum())
    gaps, errors = found.rate - found.pd, np.sqrt(found.rate * (1 - found.rate) / found.rows)
    most = int(np.abs(gaps).argmax())
    columns = ("group", "rows", "expected bads", "bads", "mean PD", "bad rate")
    groups = (range(1, len(gaps) + 1), found.rows, found.expected, found.bads, found.pd, found.rate)
    shown = table("Groups", columns, zip(*groups, strict=True))
    return by_p(
        HOSMER_LEMESHOW,
        limits,
        float(chi2.sf(statistic, len(found.rows))),
        rows,
        bads=bads,
        statistic=statistic,
        figure=around(float(gaps[most]), float(errors[most])),
        tables=(shown,),
    )


def _joined(found: Bins, least: float) -> Bins:
    """Neighbours together until each group expects `least` bads, and as many goods; the rest joins the last."""
    group, labels, bads, goods = 0, [], 0.0, 0.0
    for expected, rows in zip(found.expected, found.rows, strict=True):
        labels.append(group)
        bads, goods = bads + float(expected), goods + float(rows - expected)
        if min(bads, goods) >= least:
            group, bads, goods = group + 1, 0.0, 0.0
    at = np.minimum(labels, max(group - 1, 0))
    rows_of, bads_of = (np.bincount(at, v).astype(np.intp) for v in (found.rows, found.bads))
    return Bins(rows_of, bads_of, np.bincount(at, found.expected).astype(np.float64))


@evidence(JEFFREYS, min_rows=True)
def jeffreys(default: Outcome, pd: Vector, limits: Thresholds) -> Evidence:
    """Whether the portfolio's mean PD is too low; `value` is its bad rate."""
    rows, bads = len(default), int(default.sum())
    figure, expected = jeffreys_interval(bads, rows), float(pd.mean())
    shown = table("Portfolio", ("mean PD", "bad rate"), [(expected, figure.value)])
    p_value = jeffreys_p(bads, rows, expected)
    return by_p(JEFFREYS, limits, p_value, rows, bads=bads, figure=figure, tables=(shown,))


def jeffreys_p(bads: int, rows: int, pd: float) -> float:
    """Of H0: the PD is not below the true bad rate."""
    return float(betainc(bads + 0.5, rows - bads + 0.5, pd))


def jeffreys_interval(bads: int, rows: int) -> Interval:
    """The bad rate with the equal-tailed interval of the same Beta; it reaches 0 without bads, and 1 without goods."""
    low, high = betaincinv(bads + 0.5, rows - bads + 0.5, np.array([0.025, 0.975])).tolist()
    return Interval(bads / rows, low if bads else 0.0, high if bads < rows else 1.0)


def jeffreys_grades(default: Outcome, pd: Vector, grade: NDArray[np.intp], limits: Thresholds) -> Evidence:
    """Whether any grade's mean PD is too low; `grade` (n) counts from 0, and `value` is the worst grade's bad rate."""
    rows = require_rows(default=default, pd=pd, grade=grade)
    totals, bads, expected = np.bincount(grade), np.bincount(grade, default).astype(int), np.bincount(grade, pd)
    parts = []
    for g in np.flatnonzero(totals):
        count, bad, mean = int(totals[g]), int(bads[g]), float(expected[g] / totals[g])
        small = too_small(count, limits)
        p_value = float("nan") if small else jeffreys_p(bad, count, mean)
        parts.append(Part(str(g), count, bad, jeffreys_interval(bad, count), p_value, small, (mean,)))
    return by_parts_p(JEFFREYS_GRADES, limits, parts, rows, "grade", ("mean PD",), bads=int(default.sum()))
