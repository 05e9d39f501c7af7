"""What is recorded of each variant beside its worth: flips, approvals by group, how long it took to make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from riskmodel.core import Mask, Sample, Scorer, SideFigures
from riskmodel.evaluation.fairness.approvals import APPROVAL_RATIO, Approvals
from riskmodel.evaluation.robustness.slices import of_group
from riskmodel.evaluation.thresholds import standard

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
    return {
        name: SideFigures(
            float((decided != declined[champion]).mean()),
            _ratios(decided, groups),
            *durations.get(name, (None, None)),
        )
        for name, decided in declined.items()
    }


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
