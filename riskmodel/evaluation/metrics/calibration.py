"""Whether PDs mean what they say: Brier, log-loss, calibration slope and intercept; and the line that puts them right.

All take `default` (n, 1 is a bad) and `pd` in [0, 1] or `margin` in log-odds (n).
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from riskmodel.core import Calibration, Interval, Outcome, Vector
from riskmodel.errors import DataError
from riskmodel.stats.interval import NOT_EVALUATED, around, of_mean
from riskmodel.stats.small_sample import fewest

FEWEST_FOR_SLOPE = 20  # bads, and goods: ten for each of two parameters (Peduzzi et al. 1996)

_CLIP = float(np.finfo(np.float64).eps)  # as in sklearn: a PD of 0 for a bad costs 36 nats, not infinity


def brier(default: Outcome, pd: Vector) -> Interval:
    """The mean squared error of the PD."""
    return of_mean(squared_error(default, pd))


def squared_error(default: Outcome, pd: Vector) -> Vector:
    """Of each row."""
    return (pd - default) ** 2


def log_loss(default: Outcome, pd: Vector) -> Interval:
    """The mean of -log of the probability that was given to what happened."""
    return of_mean(surprise(default, pd))


def surprise(default: Outcome, pd: Vector) -> Vector:
    """The log-loss of each row; a PD of 0 or 1 is clipped, so that one row cannot cost more than 36."""
    clipped = np.clip(pd, _CLIP, 1 - _CLIP)
    loss: Vector = -np.log(np.where(default == 1, clipped, 1 - clipped))
    return loss


def slope_and_intercept(default: Outcome, pd: Vector) -> tuple[Interval, Interval]:
    """Of logit P(default) = intercept + slope x logit(pd); 1 and 0 for a calibrated PD (Cox 1958).

    A slope below 1 says that PDs are too extreme. Both are NaN, which means not evaluated, where the likelihood has no
    maximum: all PDs are equal, or some PD parts the bads from the goods without error.
    """
    margin = logit(np.clip(pd, _CLIP, 1 - _CLIP))
    line = _most_likely(margin, default)
    if line is None:
        return NOT_EVALUATED, NOT_EVALUATED
    intercept_error, slope_error = _standard_errors(line, margin)
    return around(line.slope, slope_error), around(line.intercept, intercept_error)


def _most_likely(margin: Vector, default: Outcome) -> Calibration | None:
    """The line by logistic regression without penalty, or None where there is none."""
    bads, goods = margin[default == 1], margin[default != 1]
    if max(goods) <= min(bads) or max(bads) <= min(goods):  # separation (Albert and Anderson 1984)
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(margin[:, None], default)
        except ConvergenceWarning:
            return None
    return Calibration(float(fitted.intercept_[0]), float(fitted.coef_[0, 0]))


def _standard_errors(line: Calibration, margin: Vector) -> NDArray[np.float64]:
    """Of intercept and slope, from the inverse of the information."""
    pd = expit(line(margin))
    design = np.column_stack([np.ones_like(margin), margin])
    information = (design * (pd * (1 - pd))[:, None]).T @ design
    return np.sqrt(np.diag(np.linalg.inv(information)))


def fit_calibration(margin: Vector, default: Outcome) -> Calibration:
    """The line from the raw margin to the log-odds (Platt 1999), for rows that the scorer was not fitted on.

    The mean PD then equals the bad rate. Where the best slope would turn the ranking round, or does not exist, or has
    fewer than 20 bads or goods to rest on, the slope stays 1 and only the level moves: in simulations with 4 bads and a
    true slope of 0.8 to 1.25 a fitted slope lost two to three times the log-loss that the level alone lost.

    Raises: DataError for one class, or a margin that is not finite.
    """
    if not np.isfinite(margin).all():
        raise DataError("margins must be finite to be calibrated, however: NaN or infinity")
    bads, rows = int(default.sum()), len(default)
    if not 0 < bads < rows:
        raise DataError(f"a sample must have bads and goods to calibrate on, however: {bads} bads in {rows} rows")
    line = _most_likely(margin, default) if fewest(default) >= FEWEST_FOR_SLOPE else None
    return line if line is not None and line.slope > 0 else Calibration(_level(margin, bads / rows))


def _level(margin: Vector, rate: float) -> float:
    """The shift at which the mean PD is the rate; the root lies where the lowest or highest margin alone would be."""
    low, high = logit(rate) - margin.max() - 1, logit(rate) - margin.min() + 1
    return float(brentq(lambda shift: expit(margin + shift).mean() - rate, low, high, xtol=1e-13))
