"""What is recorded of each variant beside its worth: flips, approvals by group, how long it took to make."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from riskmodel.core import Mask, Sample, SideFigures
from riskmodel.evaluation.fairness.approvals import APPROVAL_RATIO, Approvals
from riskmodel.evaluation.robustness.slices import of_group
from riskmodel.evaluation.thresholds import standard
from riskmodel.workflows.train.checkpoints import Durations
from riskmodel.workflows.train.judge import Contest


def side_figures(contest: Contest, sample: Sample, durations: Durations) -> dict[str, SideFigures]:
    """Of every variant on the selection sample; nothing here is asked when the choice is made."""
    cutoff = contest.policy.cutoff
    declined = {name: variant.scorer.score(sample) >= cutoff for name, variant in contest.variants.items()}
    names = [name for name in contest.run.data.protected if name in sample.attributes]
    groups = {name: of_group(name, sample.attributes[name]) for name in names}
    return {
        name: SideFigures(
            float((decided != declined[contest.champion]).mean()),
            _ratios(decided, groups),
            *durations.by_name.get(name, (None, None)),
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
