"""How much each of the two depends on clean data, and where its PDs are wrong by more than they say themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from riskmodel.core import Column, Matrix, Outcome
from riskmodel.core.evidence import Evidence
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.robustness import robustness, slices, small_changes, stress_inputs
from riskmodel.evaluation.robustness.nearby import affordable, turned_nearby
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.evidence.entry import Entry, Whom, tried
from riskmodel.review.evidence.subject import Subject, spread

PERTURBED = 20_000  # rows: each perturbation is scored by both
NOT_ALIKE = "The two do not read the same columns in the same way."
NO_TRAIN = "The rows that it was fitted on are not at hand."
NO_SEEDS = "No scorers of other seeds are at hand."


def sturdy(subject: Subject, limits: Thresholds, seed: int = 0) -> Iterator[Entry]:
    """Small changes of the inputs; and with outcomes decay, overfit, spread over seeds, weak slices."""
    yield from _small_changes(subject, limits)
    default = subject.default
    if default is None:
        return
    yield from _decays(subject, default, limits, seed)
    yield Entry("challenger", _overfit(subject, default, limits))
    if subject.reseeded:
        evidence = robustness.seed_spread(default, [subject.champion.pd, *subject.reseeded], limits)
    else:
        evidence = not_evaluated(robustness.SEED_SPREAD, NO_SEEDS, len(default))
    yield Entry("champion", evidence)
    bands, method = subject.bands, slices.WEAK_SLICES
    whose: tuple[Whom, Whom] = ("champion", "challenger")
    for whom, side in zip(whose, subject.sides, strict=True):
        yield tried(whom, method, len(default), partial(slices.weak_slices, default, side.pd, bands, limits))


def _small_changes(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    """Each side in its own columns, on the same rows."""
    columns = max(side.matrix.shape[1] for side in subject.sides)
    rows = spread(np.arange(len(subject)), affordable(columns))
    clusters = None if subject.clusters is None else subject.clusters[rows]
    try:
        before, after = (turned_nearby(side.scorer, side.matrix[rows], subject.cutoff) for side in subject.sides)
    except RiskModelError as error:  # a network that takes whole numbers alone
        for method in (small_changes.SMALL_CHANGES, small_changes.EXCESS_SMALL_CHANGES):
            yield Entry("change", not_evaluated(method, f"{error}.", len(rows)))
        return
    ours, theirs = (side.scorer.features for side in subject.sides)
    yield Entry("champion", small_changes.small_changes(ours, before, limits, clusters))
    yield Entry("challenger", small_changes.small_changes(theirs, after, limits, clusters))
    yield Entry("change", small_changes.excess_small_changes(before, after, limits, clusters))


def _overfit(subject: Subject, default: Outcome, limits: Thresholds) -> Evidence:
    fitted, weight = subject.fitted, subject.weight
    if fitted is None:
        return not_evaluated(robustness.OVERFIT, NO_TRAIN, len(default))
    weights = fitted.weight, weight
    return robustness.overfit(fitted.default, fitted.pd, default, subject.challenger.pd, limits, weights)


def _decays(subject: Subject, default: Outcome, limits: Thresholds, seed: int) -> Iterator[Entry]:
    places = _places(subject)
    if places is None:
        for method in (robustness.DECAY, robustness.EXCESS_DECAY):
            yield Entry("challenger", not_evaluated(method, NOT_ALIKE, len(default)))
        return
    rows = spread(np.arange(len(default)), PERTURBED)
    before, after = subject.sides
    worse = _perturbed(before.matrix[rows], before.scorer.features, seed)
    ours = {name: before.scorer.pd(matrix) for name, matrix in worse.items()}
    theirs = {name: after.scorer.pd(np.ascontiguousarray(matrix[:, places])) for name, matrix in worse.items()}
    clean = before.pd[rows], after.pd[rows]
    yield Entry("champion", robustness.decay(default[rows], clean[0], ours, limits))
    yield Entry("challenger", robustness.decay(default[rows], clean[1], theirs, limits))
    yield Entry("change", robustness.excess_decay(default[rows], *clean, ours, theirs, limits))


def _places(subject: Subject) -> list[int] | None:
    """Where the challenger's columns stand among the champion's, None where one of them means something else."""
    given: dict[str, tuple[int, Column]] = {c.name: (i, c) for i, c in enumerate(subject.champion.scorer.features)}
    wanted = subject.challenger.scorer.features
    if any(column.name not in given or _means(given[column.name][1]) != _means(column) for column in wanted):
        return None
    return [given[column.name][0] for column in wanted]


def _means(column: Column) -> tuple[object, ...]:
    return column.kind, column.categories, column.codes, column.source, column.other


def _perturbed(matrix: Matrix, features: tuple[Column, ...], seed: int) -> Mapping[str, Matrix]:
    return {
        "noise of 0.1 sd": stress_inputs.noise(matrix, features, 0.1, seed),
        "noise of 0.3 sd": stress_inputs.noise(matrix, features, 0.3, seed),
        "5 % of values lost at random": stress_inputs.lost_at_random(matrix, 0.05, seed),
        "20 % of values lost at random": stress_inputs.lost_at_random(matrix, 0.2, seed),
        "riskiest 10 % of values lost": stress_inputs.lost_extremes(matrix, features, 0.1),
        "all shifted by 0.25 sd": stress_inputs.shifted(matrix, features, 0.25),
    }
