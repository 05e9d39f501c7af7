"""The decisions that a small change turns before and after a cut, as the page of a pruned model shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Interval, Sample, Scorer
from riskmodel.core.evidence import Mark
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.robustness.nearby import SHARE, TurnedNearby, Way, affordable, turned_nearby
from riskmodel.evaluation.robustness.small_changes import excess_small_changes, share_turned
from riskmodel.evaluation.thresholds import Thresholds

NOT_ASKED = "It was not asked."


@dataclass(frozen=True)
class TurnedShare:
    """Of one model: the rows that were turned, those for which it is not excluded (None: nothing bounds it), a share.

    The interval goes from what the sample leaves open of the first to what it leaves open of the second.
    """

    way: Way
    turned: int
    not_excluded: int | None
    share: Interval


@dataclass(frozen=True)
class SmallChangeComparison:
    """Both models on the same rows.

    Parameters
    ----------
    change
        Share of each feature's spread by which numbers may change, all at once.
    rows, cutoff
        How many were looked at, and the PD from which an application is declined.
    excess
        The share by the written model less that by the given one, paired.
    mark, reason
        How the excess stands to the threshold `robustness.excess_small_changes`.
    """

    change: float
    rows: int
    cutoff: float
    given: TurnedShare
    written: TurnedShare
    excess: Interval
    mark: Mark
    reason: str

    @property
    def is_worse(self) -> bool:
        """Whether a small change is shown to turn more decisions than before, and by more than is tolerated."""
        return self.excess.low > 0 and self.mark in (Mark.FAIL, Mark.ATTENTION)


def compared(
    given: Scorer, written: Scorer, sample: Sample, cutoff: float, limits: Thresholds
) -> SmallChangeComparison | str:
    """Both models on rows that neither was fitted on, each in its own columns; or why they cannot be asked."""
    rows = np.unique(np.linspace(0, len(sample) - 1, min(len(sample), affordable(len(given.features)))).astype(np.intp))
    try:
        before, after = (
            turned_nearby(scorer, sample.columns(scorer.features)[rows], cutoff) for scorer in (given, written)
        )
    except RiskModelError as error:  # a network that takes whole numbers alone
        return f"{error}."
    evidence = excess_small_changes(before, after, limits)
    difference = Interval(*(float(part or 0.0) for part in (evidence.value, evidence.low, evidence.high)))
    sides = (_share(before), _share(after))
    return SmallChangeComparison(SHARE, len(rows), cutoff, *sides, difference, evidence.mark, evidence.reason)


def _share(nearby: TurnedNearby) -> TurnedShare:
    most = None if nearby.open_ is None else int(nearby.open_.sum())
    return TurnedShare(nearby.way, int(nearby.turned.sum()), most, share_turned(nearby))
