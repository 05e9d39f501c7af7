"""A teacher of several scorers: each row's PD is of models that were not fitted on it.

What a model says of the rows that it was fitted on is part of their outcomes; a student that learns it learns noise.
So each scorer is refitted in folds of train, stopped on tune, and its log-odds of the fold's rows are taken. Their
weights are fitted on the same rows (`riskmodel.stats.log_odds`). Tune and applications without outcome, which no fold
was fitted on, get the mean of the folds' log-odds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from riskmodel.core import Development, Matrix, Sample, Scorer, TeacherBlend, TeacherPds, Tick, Vector
from riskmodel.errors import RiskModelError
from riskmodel.stats import clusters
from riskmodel.stats.folds import Folds, folds
from riskmodel.stats.log_odds import LogOddsBlend, blended, held_loss

FOLDS = 5
EXTREME = 15.0  # log-odds beyond which one row would decide the weights


@dataclass(frozen=True, eq=False)
class FoldMargins:
    """One scorer's log-odds: out of fold of train (n), and the folds' mean of tune and of the applications."""

    train: Vector
    tune: Vector
    unlabelled: Vector | None


def teacher(
    scorers: Mapping[str, Scorer],
    development: Development,
    count: int = FOLDS,
    seed: int = 0,
    tick: Tick = lambda: None,
) -> TeacherPds:
    """What these scorers, refitted in folds, teach together.

    Parameters
    ----------
    scorers
        By their names in the run.
    development
        Its borrowers stay whole; where it is out of time, the folds are periods.
    count, seed
        Of the folds.
    tick
        Called after each fit.

    Raises
    ------
    RiskModelError
        For too few rows of a class; UnsupportedScorer for a scorer without a recipe.
    """
    train = development.train
    parts = folds(train.default, count, seed, borrower=train.borrower, days=_days(development))
    margins = [margins_of(scorer, development, parts, tick) for scorer in scorers.values()]
    return weighed(tuple(scorers), margins, development, parts)


def weighed(names: Sequence[str], margins: Sequence[FoldMargins], development: Development, parts: Folds) -> TeacherPds:
    """The PDs of the blend of these log-odds, and what it is."""
    if not names:
        raise RiskModelError("a teacher must have a scorer or more, however: none")
    train = development.train
    columns = np.column_stack([one.train for one in margins])
    blend = blended(columns, train.default, parts.held, train.weight, _clusters(development, parts))
    losses = tuple(held_loss(column, train.default, parts.held, train.weight) for column in columns.T)
    weights = tuple(blend.weights.tolist())
    facts = TeacherBlend(tuple(names), weights, blend.intercept, losses, blend.loss, blend.equal, len(parts), parts.by)
    more = [one.unlabelled for one in margins if one.unlabelled is not None]
    return TeacherPds(
        _pd(columns, blend),
        _pd(np.column_stack([one.tune for one in margins]), blend),
        _pd(np.column_stack(more), blend) if more else None,
        facts,
    )


def margins_of(scorer: Scorer, development: Development, parts: Folds, tick: Tick = lambda: None) -> FoldMargins:
    """The log-odds of a scorer that is refitted in each of the folds."""
    train, more = development.train, development.unlabelled
    own, tune = np.empty(len(train)), np.zeros(len(development.tune))
    further = None if more is None else np.zeros(len(more))
    for held, fitted in _fitted(scorer, development, parts):
        own[held] = _margin(fitted, train.take(held).columns(scorer.features))
        tune += _margin(fitted, development.tune.columns(scorer.features)) / len(parts)
        if more is not None and further is not None:
            further += _margin(fitted, _applications(train, more).columns(scorer.features)) / len(parts)
        tick()
    return FoldMargins(own, tune, further)


def _fitted(scorer: Scorer, development: Development, parts: Folds) -> Iterator[tuple[np.ndarray, Scorer]]:
    for held, fits in zip(parts.held, parts.fits, strict=True):
        part = replace(development, train=development.train.take(fits), unlabelled=None, taught=None)
        yield held, scorer.refit(part, scorer.features)


def _applications(train: Sample, more: Matrix) -> Sample:
    return Sample("applications", train.features, more, np.zeros(len(more), np.int8), np.full(len(more), -1))


def _margin(scorer: Scorer, matrix: Matrix) -> Vector:
    margin: Vector = np.clip(scorer.raw_margin(matrix), -EXTREME, EXTREME)
    return margin


def _pd(margins: Matrix, blend: LogOddsBlend) -> Vector:
    pd: Vector = expit(blend.intercept + margins @ blend.weights)
    return pd


def _days(development: Development) -> np.ndarray | None:
    return development.train.days if development.out_of_time else None


def _clusters(development: Development, parts: Folds) -> np.ndarray | None:
    """Rows of one period depend on one another, rows of one borrower too."""
    train = development.train
    if parts.by == "period":
        number = np.empty(len(train), np.intp)
        for place, held in enumerate(parts.held):
            number[held] = place
        return number
    return None if train.borrower is None else clusters.coded(train.borrower, len(train))
