"""Logistic regression in the space of bins: what each bin adds to the log-odds.

A feature's bins get its weight of evidence times one slope, and a small step of their own from each bin to the next,
since evidence that features share must count once. One ridge penalty shrinks both, so that a bin with few rows keeps to
its weight of evidence. A feature with a direction has no steps: its bins rise or fall as its evidence does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from scipy.linalg import block_diag, solve
from scipy.special import expit, logit

from riskmodel.core import Matrix, Vector
from riskmodel.scorers.scorecard.binning import Codes, Counts, FeatureBins
from riskmodel.stats import log_loss, weighted

CONVERGED = 1e-10  # of the summed log-loss, that a step still promises


@dataclass(frozen=True, eq=False)
class BinnedFeature:
    """One binned feature of the train sample."""

    bins: FeatureBins
    codes: Codes  # the bin of each row
    rows: Counts  # in each bin
    bads: Counts  # likewise
    woe: Vector  # of each bin
    steps: bool  # whether a bin may leave the line of its weight of evidence


@dataclass(frozen=True, eq=False)
class BinFit:
    """Log-odds of the sample, and what each bin adds: 0 on average over a feature's rows, and in bins without rows."""

    intercept: float
    margins: tuple[Vector, ...]  # by feature


def fit(evidence: Sequence[BinnedFeature], target: Vector, penalty: float, weight: Vector | None = None) -> BinFit:
    """A fit to outcomes or PDs (n) in which more evidence of default raises the log-odds; other features are dropped.

    `penalty` weighs half the squared coefficients against the summed log-loss. A dropped feature's bins add nothing.
    `weight` (n) is scaled to a mean of 1, so that a penalty weighs against rows.
    """
    counted = np.ones(len(target)) if weight is None else weight / weight.mean()
    used = list(range(len(evidence)))
    while True:
        fitted = _ridge([evidence[i] for i in used], target, penalty, counted)
        margins = dict(zip(used, fitted.margins, strict=True))
        wrong = {i for i in used if not _agrees(evidence[i], margins[i])}
        if not wrong:
            return BinFit(fitted.intercept, tuple(margins.get(i, np.zeros(len(e.woe))) for i, e in enumerate(evidence)))
        used = [i for i in used if i not in wrong]


def _agrees(evidence: BinnedFeature, margins: Vector) -> bool:
    """Whether the line through margins against weights of evidence, by rows, rises."""
    return float((evidence.rows * margins) @ _centred(evidence.woe[:, None], evidence)[:, 0]) > 0


def _ridge(evidence: Sequence[BinnedFeature], target: Vector, penalty: float, weight: Vector) -> BinFit:
    """Newton steps, halved while they overshoot, until one no longer pays; the intercept goes unpenalised."""
    bins = [np.zeros(len(target), np.intp), *(e.codes for e in evidence)]  # the intercept is a feature with one bin
    starts = np.cumsum([0, 1, *(len(e.woe) for e in evidence)])
    coding: Matrix = block_diag(np.ones((1, 1)), *(_coded(e) for e in evidence))  # bins x coefficients
    ridge = np.array([0.0, *[penalty] * (coding.shape[1] - 1)])

    def loss(beta: Vector) -> float:
        margin = _total(bins, starts, coding @ beta)
        return float(weight @ log_loss.of_margin(margin, target) + ridge @ beta**2 / 2)

    beta = np.array([logit(weighted.mean(target, weight)), *[0.0] * (coding.shape[1] - 1)])
    while True:
        pd = expit(_total(bins, starts, coding @ beta))
        slope = coding.T @ _sums(bins, starts, weight * (pd - target)) + ridge * beta
        curvature = coding.T @ _products(bins, starts, weight * pd * (1 - pd)) @ coding + np.diag(ridge)
        step = solve(curvature, slope, assume_a="pos")
        now = loss(beta)
        while step @ slope > CONVERGED and loss(beta - step) > now:
            step = step / 2
        if step @ slope <= CONVERGED:
            _, *margins = np.split(coding @ beta, starts[1:-1])
            return BinFit(float(beta[0]), tuple(margins))
        beta = beta - step


def _total(bins: Sequence[Codes], starts: Codes, margins: Vector) -> Vector:
    """The margin of each row."""
    total: Vector = sum(margins[start + codes] for start, codes in zip(starts, bins, strict=False))
    return total


def _sums(bins: Sequence[Codes], starts: Codes, values: Vector) -> Vector:
    """Of each bin, over its rows."""
    lengths = np.diff(starts)
    return np.concatenate([np.bincount(c, values, n) for c, n in zip(bins, lengths, strict=True)])


def _products(bins: Sequence[Codes], starts: Codes, weights: Vector) -> Matrix:
    """Sums of the weights over the rows that two bins share, bins x bins: never rows x bins, which would not fit."""
    lengths = np.diff(starts)
    shared = np.zeros((starts[-1], starts[-1]))
    for i, j in combinations_with_replacement(range(len(bins)), 2):
        both = np.bincount(bins[i] * lengths[j] + bins[j], weights, lengths[i] * lengths[j])
        block = both.reshape(lengths[i], lengths[j])
        shared[starts[i] : starts[i + 1], starts[j] : starts[j + 1]] = block
        shared[starts[j] : starts[j + 1], starts[i] : starts[i + 1]] = block.T
    return shared


def _coded(evidence: BinnedFeature) -> Matrix:
    """Bins x coefficients: the weight of evidence, then the steps; levels and missing have no neighbours."""
    bins = len(evidence.woe)
    columns = [evidence.woe[:, None]]
    if evidence.steps:
        own = np.eye(bins)
        steps = np.vstack([np.tril(np.ones((bins, bins)))[:-1], own[-1:]])[:, 1:]
        columns.append(own if evidence.bins.groups else steps)
    return _centred(np.hstack(columns), evidence)


def _centred(columns: Matrix, evidence: BinnedFeature) -> Matrix:
    occupied = evidence.rows > 0
    return (columns - evidence.rows @ columns / evidence.rows.sum()) * occupied[:, None]
