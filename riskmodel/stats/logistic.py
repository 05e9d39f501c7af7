"""Logistic regression of an outcome, or of a probability, on one margin: the line that recalibrates, and its errors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from riskmodel.core import Calibration, Matrix, Vector
from riskmodel.stats import weighted


def most_likely_line(margin: Vector, target: NDArray[Any], weight: Vector | None = None) -> Calibration | None:
    """The line of maximum likelihood, without a penalty (Cox 1958; Platt 1999).

    Parameters
    ----------
    margin
        Log-odds (n).
    target
        Outcomes 0 or 1, or probabilities (n): a row then stands as a bad and as a good, by the weight of each.
    weight
        How much each row (n) counts; None is once.

    Returns
    -------
    Calibration or None
        None where the likelihood has no maximum: the margin is constant, or parts the outcomes without error (Albert
        and Anderson 1984).
    """
    if np.ptp(margin) == 0:
        return None
    if np.isin(target, (0, 1)).all():
        return None if _separated(margin, target) else _fitted(margin, target, _relative(weight))
    outcome = np.repeat([1, 0], len(margin))
    counted = np.ones(len(margin)) if weight is None else weight / weight.mean()
    return _fitted(np.tile(margin, 2), outcome, np.concatenate([counted * target, counted * (1 - target)]))


def _relative(weight: Vector | None) -> Vector | None:
    """A mean of 1 keeps the solver's tolerance what it is."""
    return None if weight is None else weight / weight.mean()


def _separated(margin: Vector, outcome: NDArray[Any]) -> bool:
    bads, goods = margin[outcome == 1], margin[outcome != 1]
    return bool(max(goods) <= min(bads) or max(bads) <= min(goods))


def _fitted(margin: Vector, outcome: NDArray[Any], weight: Vector | None) -> Calibration | None:
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model.fit(margin[:, None], outcome, sample_weight=weight)
        except ConvergenceWarning:
            return None
    return Calibration(float(model.intercept_[0]), float(model.coef_[0, 0]))


def level(margin: Vector, mean: float, weight: Vector | None = None) -> float:
    """The shift of a margin (n, log-odds) at which the mean probability is `mean`, in (0, 1).

    The root lies where the lowest or the highest margin alone would put it.
    """
    low, high = logit(mean) - margin.max() - 1, logit(mean) - margin.min() + 1
    return float(brentq(lambda shift: weighted.mean(expit(margin + shift), weight) - mean, low, high, xtol=1e-13))


def rising_line(margin: Vector, target: NDArray[Any], weight: Vector | None = None) -> Calibration:
    """The most likely line, or the level alone where that line falls or does not exist: no ranking turns round.

    `margin` are log-odds (n) and `target` outcomes or probabilities (n) whose mean lies within (0, 1).
    """
    line = most_likely_line(margin, target, weight)
    if line is not None and line.slope > 0:
        return line
    return Calibration(level(margin, weighted.mean(target, weight), weight))


def inverse_information(line: Calibration, margin: Vector, weight: Vector | None = None) -> Matrix:
    """The variances of intercept and slope of a fitted line (2 x 2), were its rows independent and its form right.

    With a `weight` (n) it is the inverse of the weighted information, which is no variance: the sandwich is.
    """
    pd = expit(line(margin))
    design = np.column_stack([np.ones_like(margin), margin])
    curvature = pd * (1 - pd) if weight is None else weight * pd * (1 - pd)
    return np.asarray(np.linalg.inv((design * curvature[:, None]).T @ design), np.float64)


def influence(line: Calibration, margin: Vector, outcome: NDArray[Any], weight: Vector | None = None) -> Matrix:
    """How much each row moves intercept and slope (n x 2): the parts of the sandwich estimator (Huber 1967)."""
    residual = outcome - expit(line(margin))
    residual = residual if weight is None else weight * residual
    design = np.column_stack([np.ones_like(margin), margin])
    parts: Matrix = (design * residual[:, None]) @ inverse_information(line, margin, weight)
    return parts
