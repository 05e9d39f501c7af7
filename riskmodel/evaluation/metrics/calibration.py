"""Whether PDs mean what they say: Brier, log-loss, calibration slope and intercept; and the line that puts them right.

Outcomes are 1 for a bad and 0 for a good. `clusters` (n) are labels of rows that belong together; `weight` (n) says for
how many rows of the population each was drawn, and None that each counts once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from riskmodel.core import Calibration, Interval, Outcome, Sample, Scorer, Vector
from riskmodel.errors import DataError
from riskmodel.evaluation.requirements import require_scored
from riskmodel.stats import clusters as by_cluster
from riskmodel.stats import log_loss as row_log_loss
from riskmodel.stats import weighted
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import NOT_EVALUATED, around, of_mean
from riskmodel.stats.logistic import influence, inverse_information, level, most_likely_line, rising_line
from riskmodel.stats.sample_size import FOR_SLOPE, fewest


def brier(
    default: ArrayLike, pd: ArrayLike, clusters: Clusters | None = None, weight: Vector | None = None
) -> Interval:
    """The mean squared error of the PD (Brier 1950).

    Parameters
    ----------
    default
        Outcomes (n).
    pd
        Probabilities of default (n), in [0, 1].
    clusters
        Labels (n) of rows that belong together.
    weight
        How much each row (n) counts.

    Returns
    -------
    Interval
        From 0 to 1, less is better, with its 95 % bounds.

    Raises
    ------
    DataError
        For lengths that differ, an outcome that is not 0 or 1, a PD that is none.

    Examples
    --------
    >>> round(brier([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value, 4)
    0.1581
    """
    return of_mean(squared_error(*require_scored(default, pd, "pd", 1.0)), clusters, weight)


def squared_error(default: Outcome, pd: Vector) -> Vector:
    """Of each row (n)."""
    return (pd - default) ** 2


def log_loss(
    default: ArrayLike, pd: ArrayLike, clusters: Clusters | None = None, weight: Vector | None = None
) -> Interval:
    """The mean of -ln of the probability that was given to what happened, in nats (Good 1952).

    Parameters
    ----------
    default
        Outcomes (n).
    pd
        Probabilities of default (n), in [0, 1]; a row costs at most 36 nats.
    clusters
        Labels (n) of rows that belong together.
    weight
        How much each row (n) counts.

    Returns
    -------
    Interval
        From 0 on, less is better, with its 95 % bounds.

    Raises
    ------
    DataError
        As `brier`.

    Examples
    --------
    >>> round(log_loss([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value, 4)
    0.4723
    """
    return of_mean(row_log_loss.of_pd(*require_scored(default, pd, "pd", 1.0)), clusters, weight)


def slope_and_intercept(
    default: Outcome, pd: Vector, clusters: Clusters | None = None, weight: Vector | None = None
) -> tuple[Interval, Interval]:
    """Of logit P(default) = intercept + slope x logit(pd); 1 and 0 for a calibrated PD (Cox 1958).

    Parameters
    ----------
    default, pd
        Outcomes and probabilities of default (n).
    clusters
        Labels (n): errors are then those of the sandwich estimator (Liang and Zeger 1986), else of the information.
    weight
        How much each row (n) counts; errors are then those of the sandwich estimator too.

    Returns
    -------
    tuple of Interval
        Slope and intercept (log-odds). A slope below 1 says that PDs are too extreme. Both are NaN, which means not
        evaluated, where the likelihood has no maximum.
    """
    margin = logit(np.clip(pd, row_log_loss.CLIP, 1 - row_log_loss.CLIP))
    line = most_likely_line(margin, default, weight)
    if line is None:
        return NOT_EVALUATED, NOT_EVALUATED
    if clusters is None and weight is None:
        errors = np.sqrt(np.diag(inverse_information(line, margin))).tolist()
    else:
        errors = [by_cluster.standard_error(column, clusters) for column in influence(line, margin, default, weight).T]
    return around(line.slope, errors[1]), around(line.intercept, errors[0])


def fit_calibration(margin: Vector, default: Outcome, weight: Vector | None = None) -> Calibration:
    """The line from the raw margin to the log-odds (Platt 1999), for rows that the scorer was not fitted on.

    The mean PD then equals the bad rate. Where the best slope would turn the ranking round, or does not exist, or has
    fewer than 20 bads or goods to rest on, the slope stays 1 and only the level moves: in simulations with 4 bads and a
    true slope of 0.8 to 1.25 a fitted slope lost two to three times the log-loss that the level alone lost.

    Parameters
    ----------
    margin
        Raw log-odds (n).
    default
        Outcomes (n).
    weight
        How much each row (n) counts.

    Raises
    ------
    DataError
        For one class, or a margin that is not finite.
    """
    if not np.isfinite(margin).all():
        raise DataError("margins must be finite to be calibrated, however: NaN or infinity")
    bads, rows = int(default.sum()), len(default)
    if not 0 < bads < rows:
        raise DataError(f"a sample must have bads and goods to calibrate on, however: {bads} bads in {rows} rows")
    if fewest(default) < FOR_SLOPE:
        return Calibration(level(margin, weighted.mean(default, weight), weight))
    return rising_line(margin, default, weight)


def recalibrated(scorer: Scorer, sample: Sample) -> Scorer:
    """The scorer with the line that is right for these rows, which it must not have been fitted on."""
    margin = scorer.raw_margin(sample.columns(scorer.features))
    return scorer.recalibrated(fit_calibration(margin, sample.default, sample.weight))
