"""Log-odds of several models as one: weights that are never negative, fitted by log-loss, or alike where that is noise.

A weight beside a negative one would be a bet that a model is wrong in the same way tomorrow; so none is below 0
(Breiman 1996, Machine Learning 24, 49-64: stacked regressions). Combining forecasts with equal weights is hard to beat
(Smith and Wallis 2009, Oxford Bulletin of Economics and Statistics 71, 331-355): fitted ones have to show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from riskmodel.core import Matrix, Vector
from riskmodel.stats import log_loss, weighted
from riskmodel.stats.clusters import standard_error

_DIGITS = 10  # of a weight: what lies beyond is the order of sums in the optimiser, which goes by the processor


def weights_of(margins: Matrix, target: NDArray[Any], rows: Vector | None = None) -> tuple[float, Vector]:
    """Intercept and weights of the logistic regression of the target (n, in [0, 1]) on margins (n x members).

    No weight is below 0, and their sum is free. The loss is convex: its least is sought from the members' mean on.
    `rows` (n) is how much each row counts.
    """
    mass = np.ones(len(target)) if rows is None else rows / rows.mean()
    count = margins.shape[1]
    terms = np.vstack([np.ones(len(margins)), margins.T])

    def loss(beta: Vector) -> tuple[float, Vector]:
        margin = _blend(terms, beta)
        slope: Vector = (terms * (mass * (expit(margin) - target))).sum(axis=1) / len(target)
        return float((mass * log_loss.of_margin(margin, target)).mean()), slope

    start = np.array([0.0, *[1 / count] * count]) if count else np.array([logit(weighted.mean(target, rows))])
    bounds = [(None, None), *[(0.0, None)] * count]
    least = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9})
    beta = np.round(least.x, _DIGITS)
    return float(beta[0]), np.asarray(beta[1:], np.float64)


def _blend(terms: Matrix, weights: Vector) -> Vector:
    """The weighted sum of terms (k x n), in a fixed order: BLAS adds in an order of threads and processors."""
    blend: Vector = (terms * weights[:, None]).sum(axis=0)
    return blend


@dataclass(frozen=True, eq=False)
class LogOddsBlend:
    """An intercept and a weight a model; `loss` is of rows that weights, or `equal` ones, were not fitted on."""

    intercept: float
    weights: Vector
    loss: float
    equal: bool


def blended(
    margins: Matrix,
    target: NDArray[np.int8],
    folds: Sequence[NDArray[np.intp]],
    rows: Vector | None = None,
    clusters: NDArray[np.intp] | None = None,
) -> LogOddsBlend:
    """Fitted weights where they are better than equal ones by more than one standard error, else equal ones.

    Both are compared on rows that neither was fitted on: the weights of a fold come of the other folds.

    Parameters
    ----------
    margins
        Log-odds of each model (n x models), of models that were not fitted on the row.
    target
        Outcomes (n).
    folds
        The rows of each fold; together all rows, none twice.
    rows, clusters
        How much each row counts, and which rows depend on one another (n); None: once, and none.
    """
    mean = margins.mean(axis=1, keepdims=True)
    fitted, equal = (_held_losses(columns, target, folds, rows) for columns in (margins, mean))
    gain = equal - fitted
    error = standard_error(weighted.influence_on_mean(gain, rows), clusters)
    if weighted.mean(gain, rows) > error:
        return LogOddsBlend(*weights_of(margins, target, rows), weighted.mean(fitted, rows), equal=False)
    intercept, slope = weights_of(mean, target, rows)
    count = margins.shape[1]
    return LogOddsBlend(intercept, np.full(count, slope[0] / count), weighted.mean(equal, rows), equal=True)


def _held_losses(
    margins: Matrix, target: NDArray[np.int8], folds: Sequence[NDArray[np.intp]], rows: Vector | None
) -> Vector:
    losses = np.empty(len(target))
    for held in folds:
        others = np.setdiff1d(np.arange(len(target)), held)
        intercept, weights = weights_of(margins[others], target[others], None if rows is None else rows[others])
        losses[held] = log_loss.of_margin(intercept + _blend(margins[held].T, weights), target[held])
    return losses


def held_loss(
    margin: Vector, target: NDArray[np.int8], folds: Sequence[NDArray[np.intp]], rows: Vector | None = None
) -> float:
    """The mean log-loss of one model's log-odds (n), each fold's after a line that was fitted on the others."""
    return weighted.mean(_held_losses(margin[:, None], target, folds, rows), rows)
