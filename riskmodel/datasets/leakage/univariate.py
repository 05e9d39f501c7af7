"""What one feature by itself says of the outcome: a copy of it, an AUC that no honest feature has, a value that tells.

A number is ordered by its values, missing at either end, and once more by the bad rates of its bins; a category by the
bad rates of its levels. A bad rate is always that of the other folds, so that a level on one row says nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from riskmodel.core import Kind, Outcome
from riskmodel.datasets.leakage import ordering
from riskmodel.datasets.leakage.ordering import Ordering
from riskmodel.datasets.leakage.regions import telling
from riskmodel.datasets.leakage.screening_view import FOLDS, Feature, Levels, ScreeningView
from riskmodel.datasets.leakage.suspect import Severity, Suspect

# Conventions: the best single features of public credit data reach an AUC of 0.80 and a phi of 0.45.
AUC, SURE_AUC = 0.95, 0.85  # the value, and what its lower bound must reach as well
STRONG_AUC, SURE_STRONG_AUC = 0.85, 0.65
PHI, SURE_PHI = 0.60, 0.45


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """At most one suspect: a near-copy, or else a value that tells, or else an AUC that is too high."""
    best = strongest(feature, view)
    found = _copy(feature, best, view) or telling(feature, view) or _too_strong(feature, best, view)
    if found:
        yield found


def strongest(feature: Feature, view: ScreeningView) -> Ordering:
    """The ordering of the feature that parts bads from goods best."""
    orderings = [by_bad_rate(feature.levels, view.default, view.folds)]
    if feature.column.kind is Kind.NUMERIC and len(feature.present):
        ranked = list(_ranked(feature, view.default))
        orderings += [*ranked, *(one.turned for one in ranked)]
    return max(orderings, key=lambda one: one.auc)


def _ranked(feature: Feature, default: Outcome) -> Iterator[Ordering]:
    """By value, with missing below all values, then above all."""
    _, at, times = feature.distinct
    for place, shift in ((0, 1), (len(times), 0)):
        whole = np.full(len(default), place, np.intp)
        whole[~feature.missing] = at + shift
        yield ordering.by_place(whole, default)
        if len(at) == len(default):
            return


def by_bad_rate(levels: Levels, default: Outcome, folds: Levels) -> Ordering:
    """By the bad rate of each row's level in the other folds, drawn towards that of all rows by the weight of one row.

    No outcome of a row's own fold has a part in its place.
    """
    cell, cells = levels * FOLDS + folds, (int(levels.max()) + 1) * FOLDS
    rows, bads = (ordering.tally(cell, weights, cells).reshape(-1, FOLDS) for weights in (None, default))
    others, others_bads = (counts.sum(axis=1, keepdims=True) - counts for counts in (rows, bads))
    rate = (others_bads + default.mean()) / (others + 1)
    return ordering.by_rate(rate.ravel(), bads.ravel(), rows.ravel())


def _copy(feature: Feature, best: Ordering, view: ScreeningView) -> Suspect | None:
    phi, low, agreed = best.split
    if not (phi > PHI and low > SURE_PHI):
        return None
    evidence = (
        f"is nearly a copy of the target: split once, it agrees with it in {agreed:.1%} of {view.basis} "
        f"(phi {phi:.3f}, at least {low:.3f})"
    )
    figures = {"phi": phi, "phi_low": low, "agreement": agreed, "auc": best.auc}
    return Suspect("copy of the target", feature.name, evidence, Severity.BLOCKS, figures)


def _too_strong(feature: Feature, best: Ordering, view: ScreeningView) -> Suspect | None:
    auc, low = best.auc, best.lowest_auc
    if not (auc > STRONG_AUC and low > SURE_STRONG_AUC):
        return None
    blocks = auc > AUC and low > SURE_AUC
    evidence = f"has an AUC of {auc:.3f} by itself (at least {low:.3f}) on {view.basis}"
    if not blocks:
        evidence += ": more than single features mostly have"
    severity = Severity.BLOCKS if blocks else Severity.WARNS
    return Suspect("single-feature AUC", feature.name, evidence, severity, {"auc": auc, "auc_low": low})
