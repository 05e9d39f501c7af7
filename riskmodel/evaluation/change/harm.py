"""Evidence of harm that a change does to some and not to all: what a group loses in excess of the overall change.

Every figure is signed so that more is worse. Each group stands in one of three states: harm beyond the tolerance is
shown, is excluded, or neither, which is no pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts_tolerance
from riskmodel.evaluation.metrics.calibration import squared_error
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.evaluation.requirements import require_rows, too_few, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import log_loss, weighted
from riskmodel.stats.clusters import Clusters, coded
from riskmodel.stats.interval import around
from riskmodel.stats.noninferiority import against

HARM = Method(
    "change.harm",
    "Harm to groups and slices in excess of the overall change",
    "z = (d_g - d - tolerance) / s, d the loss of all rows and d_g that of the group, s from the influence of each row "
    "on the difference; beyond the tolerance: 1 - Phi(z), Holm over all groups and measures; within it: Phi(z) < 0.05",
    "after Hashemizadeh et al. 2024, who bound the excess; DeLong, DeLong and Clarke-Pearson 1988 for the AUC, "
    "Hampel 1974 for influence, Hall 1992 for skewness, Holm 1979; the tolerances are convention (tolerated_*)",
    "Groups were named beforehand. Small ones are NOT EVALUATED, and where neither is shown it is NOT SHOWN: no pass.",
    "no group loses more than all do, by more than the tolerance",
    counts_weights=True,
)


@dataclass(frozen=True, eq=False)
class Loss:
    """What is lost on some rows, and how much each of all n rows moves that figure (0 outside)."""

    value: float
    influence: Vector


@dataclass(frozen=True, eq=False)
class Pair:
    """Champion and challenger on the same rows (n): PDs, and who is declined."""

    default: Outcome
    champion: Vector
    challenger: Vector
    declined_before: Mask
    declined_after: Mask
    weight: Vector | None = None

    def weights(self, mask: Mask) -> Vector | None:
        """Of the rows within."""
        return None if self.weight is None else self.weight[mask]


def excess_harm(
    pair: Pair,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    measures: tuple[str, ...] = ("auc", "brier", "log_loss", "approval", "bad_rate"),
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """What each group or slice loses beyond the overall loss; `value` is the excess of the worst.

    Parameters
    ----------
    pair
        Champion and challenger on the same rows (n).
    masks
        The rows (n, boolean) of each group or slice, by its name.
    limits
        The tolerances (tolerated_*), and what is too little to judge.
    measures
        Of auc (AUC lost), brier and log_loss (gained), approval (approval rate lost) and bad_rate (of those approved,
        gained).
    clusters
        Labels (n) of rows that belong together.

    Raises
    ------
    DataError
        For an unknown measure, or columns of other lengths.
    """
    if unknown := sorted(set(measures) - set(_MEASURES)):
        raise DataError(f"a measure must be among {', '.join(_MEASURES)}, however: {unknown[0]}")
    rows = require_rows(**{name: v for name, v in vars(pair).items() if v is not None}, **masks)
    codes = None if clusters is None else coded(clusters, rows)
    everyone = np.ones(rows, dtype=bool)
    parts = []
    for measure in measures:
        overall = None if _too_little(pair, everyone, measure, limits) else _MEASURES[measure](pair, everyone)
        parts += [_part(pair, name, mask, measure, overall, limits, codes) for name, mask in masks.items()]
    more = ("measure", "loss of the group", "loss of all", "tolerated", "could be shown")
    return by_parts_tolerance(HARM, limits, parts, rows, "group", more, bads=int(pair.default.sum()))


def _part(  # noqa: PLR0917
    pair: Pair,
    name: str,
    mask: Mask,
    measure: str,
    overall: Loss | None,
    limits: Thresholds,
    clusters: Clusters | None,
) -> Subgroup:
    rows, bads = int(mask.sum()), int(pair.default[mask].sum())
    tolerated = limits.setting(f"tolerated_{measure}")
    reason = _too_little(pair, mask, measure, limits)
    if reason or overall is None:
        return Subgroup(name, rows, bads, reason=reason, more=(measure, None, None, tolerated, None), measure=measure)
    own = _MEASURES[measure](pair, mask)
    result = against(own.value - overall.value, own.influence - overall.influence, tolerated, clusters)
    more = (measure, own.value, overall.value, tolerated, result.detectable)
    figure = around(result.value, result.standard_error)
    return Subgroup(name, rows, bads, figure, result.p_beyond, more=more, measure=measure, p_within=result.p_within)


def _too_little(pair: Pair, mask: Mask, measure: str, limits: Thresholds) -> str:
    if small := too_small(int(mask.sum()), limits):
        return small
    if measure == "approval":
        return ""
    if measure == "bad_rate":
        shared = mask & ~pair.declined_before & ~pair.declined_after
        return too_few(pair.default[shared], limits)
    return too_few(pair.default[mask], limits)


def loss_of_auc(pair: Pair, mask: Mask) -> Loss:
    """The champion's AUC less the challenger's within the mask."""
    default, weight = pair.default[mask], pair.weights(mask)
    before, after = (placements(default, pd[mask], weight=weight) for pd in (pair.champion, pair.challenger))
    lost, within = before - after, np.empty(len(default))
    within[default == 1], within[default != 1] = lost.influence
    return Loss(lost.auc, _spread(within, mask))


def _spread(within: Vector, mask: Mask) -> Vector:
    everywhere = np.zeros(len(mask))
    everywhere[mask] = within
    return everywhere


def _mean(values: Callable[[Pair], Vector]) -> Callable[[Pair, Mask], Loss]:
    """The mean of a figure that each row has."""

    def loss(pair: Pair, mask: Mask) -> Loss:
        lost, weight = values(pair)[mask], pair.weights(mask)
        return Loss(weighted.mean(lost, weight), _spread(weighted.influence_on_mean(lost, weight), mask))

    return loss


def loss_by_bad_rate(pair: Pair, mask: Mask) -> Loss:
    """The bad rate of those whom the challenger approves less that of those whom the champion approves."""
    rates, influence = [], np.zeros(len(mask))
    for declined, sign in ((pair.declined_after, 1), (pair.declined_before, -1)):
        approved = mask & ~declined
        own, weight = pair.default[approved], pair.weights(approved)
        rates.append(sign * weighted.mean(own, weight))
        influence[approved] += sign * weighted.influence_on_mean(own, weight)
    return Loss(sum(rates), influence)


_MEASURES: Mapping[str, Callable[[Pair, Mask], Loss]] = {
    "auc": loss_of_auc,
    "brier": _mean(lambda p: squared_error(p.default, p.challenger) - squared_error(p.default, p.champion)),
    "log_loss": _mean(lambda p: log_loss.of_pd(p.default, p.challenger) - log_loss.of_pd(p.default, p.champion)),
    "approval": _mean(lambda p: p.declined_after.astype(np.float64) - p.declined_before),
    "bad_rate": loss_by_bad_rate,
}
