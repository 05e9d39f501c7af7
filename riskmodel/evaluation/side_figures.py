"""What is recorded of each variant beside its worth: flips, approvals by group, how long it took to make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from riskmodel.core import HasStages, Interval, Mask, Sample, Scorer, SideFigures
from riskmodel.evaluation.fairness.approvals import APPROVAL_RATIO, Approvals
from riskmodel.evaluation.robustness.slices import of_group
from riskmodel.evaluation.thresholds import standard
from riskmodel.stats import interval
from riskmodel.stats.clusters import coded

Durations = Mapping[str, tuple[float, float]]  # by variant: begun at (seconds since 1970), seconds taken


def side_figures(  # noqa: PLR0917
    scorers: Mapping[str, Scorer],
    champion: str,
    cutoff: float,
    protected: Iterable[str],
    sample: Sample,
    durations: Durations,
) -> dict[str, SideFigures]:
    """Of every scorer on a sample that chose nothing else; nothing here is asked when the choice is made.

    Declined is whose PD is at least `cutoff`; a `protected` attribute that the sample lacks is left out.
    """
    declined = {name: scorer.score(sample) >= cutoff for name, scorer in scorers.items()}
    groups = {name: of_group(name, sample.attributes[name]) for name in protected if name in sample.attributes}
    by_name = {}
    for name, decided in declined.items():
        flips, (started, seconds) = float((decided != declined[champion]).mean()), durations.get(name, (None, None))
        bought = bought_share(scorers[name], sample)
        by_name[name] = SideFigures(flips, _ratios(decided, groups), started, seconds, bought)
    return by_name


def bought_share(scorer: Scorer, sample: Sample) -> Interval | None:
    """The share of rows that the second stage is asked of; its interval counts weights, and borrowers.

    What a cascade is charged follows from it, in the choice as in the report; None of a scorer of one stage.
    """
    if not isinstance(scorer, HasStages):
        return None
    clusters = None if sample.borrower is None else coded(sample.borrower, len(sample))
    return interval.of_share_of(scorer.in_band(sample.columns(scorer.features)), clusters, sample.weight)


def _ratios(declined: Mask, groups: Mapping[str, Mapping[str, Mask]]) -> dict[str, float]:
    """The lowest approval rate of a group over the highest; an attribute without two large groups is left out."""
    ratios = {}
    for name, masks in groups.items():
        asked = Approvals(APPROVAL_RATIO, ~declined, np.ones(len(declined), bool), masks, standard(), None)
        large = [group for group, (_, rows) in asked.counts.items() if rows >= asked.least]
        rates = [rate for group in large if (rate := asked.rate(group)) is not None]
        if len(rates) > 1 and max(rates) > 0:
            ratios[name] = min(rates) / max(rates)
    return ratios
