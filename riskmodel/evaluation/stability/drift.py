"""Monitoring: the same evidence period by period, with outcomes or without, and the alarms that it raises.

`period` (m) is the label of each row, as `months` or `quarters` give it; periods are taken in sorted order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import hypot

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtr

from riskmodel.core import Column, Matrix, Outcome, Vector
from riskmodel.core.evidence import Evidence, Mark, Method
from riskmodel.evaluation.calibration.calibration_tests import jeffreys_interval
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts_p
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.evaluation.requirements import require_rows, too_few, too_small
from riskmodel.evaluation.stability import stability
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import proportions, weighted
from riskmodel.stats.asset_correlation import jeffreys_p
from riskmodel.stats.interval import simultaneous
from riskmodel.stats.weighted import effective_counts

Periods = NDArray[np.str_]
Weights = tuple[Vector | None, Vector | None]  # of the reference, and of the rows

MISSING = Method(
    "drift.missing",
    "Drift of missing values",
    "share missing now less share missing in the reference, by feature; Fisher's mid-p, two-sided, Holm",
    "practice; interval Newcombe 1998, Lancaster 1961, Holm 1979",
    "Two samples without a row in common. With very many rows read the value first.",
    "every feature is missing as often as in the reference",
    needs_outcome=False,
)
BAD_RATE = Method(
    "drift.bad_rate",
    "Bad rate by period",
    "bad rate of the period less that of the reference; Fisher's mid-p, two-sided, Holm",
    "practice; interval Newcombe 1998, Lancaster 1961, Holm 1979",
    "Periods whose outcomes are complete: a young loan has had no time to go bad.",
    "every period has the reference's bad rate",
    counts_weights=True,
)
CALIBRATION = Method(
    "drift.calibration",
    "Calibration by period",
    "p = mean of F(mean PD given the factor), F the distribution of Beta(D + 1/2, N - D + 1/2); Holm; the figure is "
    "the bad rate",
    "ECB 2019, 2.5.3.1, by period; one systematic factor a period, Vasicek 2002; Holm 1979",
    "Periods whose outcomes are complete. How much those of one period go together is settings.asset_correlation.",
    "no period's bad rate is above its mean PD",
    counts_weights=True,
)
AUC = Method(
    "drift.auc",
    "AUC by period",
    "z = (logit AUC of the reference - logit AUC of the period) / root of both variances; p = 1 - Phi(z); Holm",
    "ECB 2019, 2.5.4.1, by period, with both variances and in the logit: plain AUCs of a few hundred bads are skewed",
    "Periods whose outcomes are complete.",
    "no period's AUC is below that of the reference",
    counts_weights=True,
)


def months(dates: NDArray[np.datetime64]) -> Periods:
    """The month of each date, as 2024-03."""
    return dates.astype("datetime64[M]").astype(str)


def quarters(dates: NDArray[np.datetime64]) -> Periods:
    """The quarter of each date, as 2024-Q1."""
    month = dates.astype("datetime64[M]").astype(np.int64)
    return np.array([f"{1970 + m // 12}-Q{m % 12 // 3 + 1}" for m in month.tolist()], dtype=np.str_)


def score_shift(reference: Vector, current: Vector, period: Periods, limits: Thresholds) -> tuple[Evidence, ...]:
    """PSI of the score or PD of each period against the reference, one a period."""
    require_rows(period=period, current=current)
    return tuple(replace(stability.psi(reference, current[period == p], limits), period=p) for p in _each(period))


def feature_shift(
    reference: Matrix, current: Matrix, features: Sequence[Column], period: Periods, limits: Thresholds
) -> tuple[Evidence, ...]:
    """CSI of all features of each period against the reference, one a period."""
    return tuple(
        replace(stability.csi(reference, current[period == p], features, limits), period=p) for p in _each(period)
    )


def missing_shift(
    reference: Matrix, current: Matrix, features: Sequence[Column], period: Periods, limits: Thresholds
) -> tuple[Evidence, ...]:
    """Whether values are missing more or less often than in the reference, one a period."""
    return tuple(replace(_missing(reference, current[period == p], features, limits), period=p) for p in _each(period))


def _missing(reference: Matrix, current: Matrix, features: Sequence[Column], limits: Thresholds) -> Evidence:
    before, after = (np.isnan(values).sum(axis=0) for values in (reference, current))
    small = too_small(min(len(reference), len(current)), limits)
    parts = []
    for i, column in enumerate(features):
        counts = (int(after[i]), len(current), int(before[i]), len(reference))
        if reason := small:
            parts.append(Subgroup(column.name, len(current), reason=reason))
            continue
        figure, p_value = proportions.difference(*counts, len(features)), proportions.p_different(*counts)
        parts.append(Subgroup(column.name, len(current), None, figure, p_value))
    return by_parts_p(MISSING, limits, parts, len(current), "feature")


def _of_period(weight: Vector | None, period: Periods, name: str) -> Vector | None:
    return None if weight is None else weight[period == name]


def _each(period: Periods) -> list[str]:
    return [str(p) for p in np.unique(period)]


def bad_rate(
    reference: Outcome,
    default: Outcome | None,
    period: Periods,
    limits: Thresholds,
    weights: Weights = (None, None),
) -> Evidence:
    """Whether more or fewer rows go bad than in the reference; without outcomes NOT EVALUATED.

    `weights` are those of the reference and of the rows; counts are then divided by the design effect.
    """
    if default is None:
        return _no_outcome(BAD_RATE, period)
    rows, before = require_rows(period=period, default=default), effective_counts(reference == 1, weights[0])
    parts, each = [], _each(period)
    for p in each:
        own, bads = default[period == p], int(default[period == p].sum())
        counts = (*effective_counts(own == 1, _of_period(weights[1], period, p)), *before)
        if small := too_small(min(counts[1], before[1]), limits):
            parts.append(Subgroup(p, len(own), bads, reason=small))
            continue
        rate = jeffreys_interval(counts[0], counts[1])
        figure, p_value = proportions.difference(*counts, len(each)), proportions.p_different(*counts)
        parts.append(Subgroup(p, len(own), bads, figure, p_value, more=(rate.value, rate.low, rate.high)))
    more = ("bad rate", "bad rate low", "bad rate high")
    return by_parts_p(BAD_RATE, limits, parts, rows, "period", more, bads=int(default.sum()))


def calibration(
    default: Outcome | None, pd: Vector, period: Periods, limits: Thresholds, weight: Vector | None = None
) -> Evidence:
    """Whether PDs are too low in any period; without outcomes NOT EVALUATED."""
    if default is None:
        return _no_outcome(CALIBRATION, period)
    rows, parts = require_rows(period=period, default=default, pd=pd), []
    for p in _each(period):
        own = period == p
        heavy = _of_period(weight, period, p)
        ones, trials = effective_counts(default[own] == 1, heavy)
        mean, small = weighted.mean(pd[own], heavy), too_small(trials, limits)
        p_value = float("nan") if small else jeffreys_p(ones, trials, mean, limits.setting("asset_correlation"))
        more = (mean, None if small else jeffreys_p(ones, trials, mean))
        figure, counts = jeffreys_interval(ones, trials), (int(own.sum()), int(default[own].sum()))
        parts.append(Subgroup(p, *counts, figure, p_value, small, more))
    columns = ("mean PD", "p of independent outcomes")
    return by_parts_p(CALIBRATION, limits, parts, rows, "period", columns, bads=int(default.sum()))


def auc(  # noqa: PLR0917
    reference: Outcome,
    reference_score: Vector,
    default: Outcome | None,
    score: Vector,
    period: Periods,
    limits: Thresholds,
    weights: Weights = (None, None),
) -> Evidence:
    """Whether the ranking is worse than in the reference in any period; without outcomes NOT EVALUATED."""
    if default is None:
        return _no_outcome(AUC, period)
    require_rows(reference=reference, reference_score=reference_score)
    rows, each, parts = require_rows(period=period, default=default, score=score), _each(period), []
    short = too_few(reference, limits)
    then = None if short else placements(reference, reference_score, weight=weights[0])
    for p in each:
        own = period == p
        count, bads = int(own.sum()), int(default[own].sum())
        few = short or too_few(default[own], limits)
        if few or then is None:
            parts.append(Subgroup(p, count, bads, reason=few))
            continue
        now = placements(default[own], score[own], weight=_of_period(weights[1], period, p))
        fall, error = then.auc - now.auc, hypot(then.standard_error, now.standard_error)
        figure = simultaneous(fall, error, len(each))
        parts.append(Subgroup(p, count, bads, figure, _p_fall(then, now), more=(now.auc,)))
    return by_parts_p(AUC, limits, parts, rows, "period", ("AUC",), bads=int(default.sum()))


def _p_fall(then: Placements, now: Placements) -> float:
    """Of H0: the AUC has not fallen; without any variance, as of a perfect order, the sign alone decides."""
    widths = [p.standard_error / max(p.auc * (1 - p.auc), 1e-300) for p in (then, now)]
    error = hypot(*widths)
    return float(ndtr(-(logit(then.auc) - logit(now.auc)) / error)) if min(widths) else float(then.auc <= now.auc)


def _no_outcome(method: Method, period: Periods) -> Evidence:
    return not_evaluated(method, "The data have no outcome.", len(period))


def alarms(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """What is marked fail or attention, failures first; equals stay in their order."""
    order = (Mark.FAIL, Mark.ATTENTION)
    return tuple(sorted((e for e in evidence if e.mark in order), key=lambda e: order.index(e.mark)))
