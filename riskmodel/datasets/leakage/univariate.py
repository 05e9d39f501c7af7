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
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.stats.words import percent

# Conventions: the best single features of public credit data reach an AUC of 0.80 and a phi of 0.45; one with an AUC of
# 0.93 has a phi of 0.70 where bads are half of the rows.
AUC, SURE_AUC = 0.95, 0.85  # the value, and what its lower bound must reach as well
STRONG_AUC, SURE_STRONG_AUC = 0.85, 0.65
PHI, SURE_PHI = 0.75, 0.65  # from here on it blocks
AGREES = 0.93  # share of the rows that a copy agrees with the target in
HIGH_PHI, SURE_HIGH_PHI = 0.60, 0.45


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """At most one suspect: a near-copy, a value that tells or an AUC that is too high; first one that blocks."""
    best = strongest(feature, view)
    suspected = [
        one for one in (_copy(feature, best, view), telling(feature, view), _too_strong(feature, best, view)) if one
    ]
    yield from sorted(suspected, key=lambda suspect: suspect.severity is not SuspectSeverity.BLOCKS)[:1]


def strongest(feature: Feature, view: ScreeningView) -> Ordering:
    """The ordering of the feature that parts bads from goods best."""
    orderings = [ordering.by_bad_rate(feature.levels, view.default, view.folds)]
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


def _copy(feature: Feature, best: Ordering, view: ScreeningView) -> Suspect | None:
    phi, low, agreed = best.split
    if not (phi > HIGH_PHI and low > SURE_HIGH_PHI):
        return None
    blocks = phi > PHI and low > SURE_PHI and agreed > AGREES
    evidence = (
        f"{'is nearly' if blocks else 'resembles'} a copy of the target: split once, it agrees with it in "
        f"{percent(agreed, 1)} of {view.basis} "
        f"(phi {phi:.3f}, at least {low:.3f}); its AUC by itself is {best.auc:.3f}"
    )
    figures = {"phi": phi, "phi_low": low, "agreement": agreed, "auc": best.auc}
    severity = SuspectSeverity.BLOCKS if blocks else SuspectSeverity.WARNS
    return Suspect("copy of the target", feature.name, evidence, severity, figures)


def _too_strong(feature: Feature, best: Ordering, view: ScreeningView) -> Suspect | None:
    auc, low = best.auc, best.lowest_auc
    if not (auc > STRONG_AUC and low > SURE_STRONG_AUC):
        return None
    blocks = auc > AUC and low > SURE_AUC
    evidence = f"has an AUC of {auc:.3f} by itself (at least {low:.3f}) on {view.basis}"
    if not blocks:
        evidence += ": more than single features mostly have"
    severity = SuspectSeverity.BLOCKS if blocks else SuspectSeverity.WARNS
    return Suspect("single-feature AUC", feature.name, evidence, severity, {"auc": auc, "auc_low": low})
