"""Which few terms say most: chosen one after the other on train, and as many as tune has use for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from riskmodel.core import Column, Kind, Sample, Targets, Vector
from riskmodel.scorers.scorecard.binning import by_level, by_tree, count, in_direction, weight_of_evidence
from riskmodel.scorers.scorecard.fitting import BinFit, BinnedFeature, fit
from riskmodel.scorers.simple.terms import ScorecardTerm, pairs, singles
from riskmodel.stats import log_loss, weighted

PENALTY = 10.0
SMOOTHING = 1.0


@dataclass(frozen=True, eq=False)
class TermCandidate:
    """A term, its column, and what its bins say of train."""

    term: ScorecardTerm
    column: Column
    evidence: BinnedFeature


@dataclass(frozen=True, eq=False)
class Chosen:
    """The terms in the order of their choice, and their points."""

    candidates: tuple[TermCandidate, ...]
    fit: BinFit


def choose(
    train: Sample,
    tune: Sample,
    targets: Targets,
    *,
    most: int,
    screen: int,
    max_bins: int,
    min_share: float,
    tick: Callable[[], None] = lambda: None,
) -> Chosen:
    """At most `most` terms, and no more than there are features; as many stay as are best on tune.

    After each new term all points are fitted again. Targets are in [0, 1]. Pairs are made of the `screen` features that
    say most by themselves.
    """
    features = train.features

    def candidate(term: ScorecardTerm) -> TermCandidate:
        column = term.column(features)
        return TermCandidate(term, column, _evidence(term(train.matrix), column, train, max_bins, min_share))

    alone = [candidate(term) for term in singles(features)]
    base, weight = np.full(len(train), weighted.mean(targets.train, train.weight)), train.weight
    strength = [_gain(one.evidence, targets.train, base, weight) for one in alone]
    among = np.argsort(-np.array(strength), kind="stable")[:screen].tolist()
    candidates = alone + [candidate(term) for term in pairs(features, among)]
    chosen: list[TermCandidate] = []
    paths: list[tuple[float, Chosen]] = []
    pd = base
    while len(chosen) < min(most, len(alone)):
        gains = [-1.0 if one in chosen else _gain(one.evidence, targets.train, pd, weight) for one in candidates]
        chosen.append(candidates[int(np.argmax(gains))])
        fitted = fit([one.evidence for one in chosen], targets.train, PENALTY, weight)
        pd = expit(_margin(fitted, [one.evidence.codes for one in chosen]))
        on_tune = [one.evidence.bins.of(one.term(tune.matrix)) for one in chosen]
        lost = weighted.mean(log_loss.of_margin(_margin(fitted, on_tune), targets.tune), tune.weight)
        paths.append((lost, Chosen(tuple(chosen), fitted)))
        tick()
    return min(paths, key=lambda path: path[0])[1]


def _evidence(values: Vector, column: Column, train: Sample, max_bins: int, min_share: float) -> BinnedFeature:
    default, weight = train.default, train.weight
    if column.kind is Kind.CATEGORICAL:
        bins = by_level(values, column, min_share, weight)
    else:
        bins = by_tree(values, default, max_bins, min_share, weight)
        bins = in_direction(bins, values, default, column.monotone, SMOOTHING, weight)
    codes = bins.of(values)
    rows, bads = count(codes, default, len(bins), weight)
    return BinnedFeature(bins, codes, rows, bads, weight_of_evidence(rows, bads, SMOOTHING), steps=column.monotone == 0)


def _gain(evidence: BinnedFeature, target: Vector, pd: Vector, weight: Vector | None) -> float:
    """How far one Newton step for the bins of this term would lower the summed log-loss."""
    size, mass = len(evidence.woe), np.ones(len(pd)) if weight is None else weight / weight.mean()
    slope = np.bincount(evidence.codes, mass * (target - pd), size)
    curvature = np.bincount(evidence.codes, mass * pd * (1 - pd), size) + PENALTY
    return float(np.sum(slope**2 / curvature) / 2)


def _margin(fitted: BinFit, codes: Sequence[np.ndarray[tuple[int], np.dtype[np.intp]]]) -> Vector:
    return np.asarray(fitted.intercept + sum(m[c] for m, c in zip(fitted.margins, codes, strict=True)), np.float64)
