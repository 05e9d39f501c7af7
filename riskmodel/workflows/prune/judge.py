"""What one sample says of cut models beside the given one, and which of them it confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from riskmodel.config import Margins
from riskmodel.core import Change, Sample, Verdict
from riskmodel.evaluation import auc, compare
from riskmodel.evaluation.change.fidelity import fidelity
from riskmodel.evaluation.change.rare_faults import Beyond, most_fallen
from riskmodel.review.reports.frontier import GIVEN, Point
from riskmodel.selection import verdict
from riskmodel.trees.upper_parts import cut_bound
from riskmodel.workflows.prune.path import Cut

APPROVED = 0.8  # convention: the share that the given model approves at the cutoff where flips are counted
DECIDE = ("auc", "mean_pd")


@dataclass(frozen=True)
class Rule:
    """What counts as no worse, and where decisions turn; both stand before anything is judged."""

    margins: Margins
    cutoff: float
    further: Sample | None = None  # applications without outcome that no fit sees


def change(given: Cut, cut: Cut, sample: Sample, rule: Rule) -> Change:
    """A cut against the given model on the same rows, in all figures."""
    ours, theirs = cut.scorer.score(sample), given.scorer.score(sample)
    before, after = (scorer.raw_margin(sample.columns(scorer.features)) for scorer in (given.scorer, cut.scorer))
    apart = cut_bound(given.trees, cut.trees) if given.has_trees else np.inf  # nothing bounds what is not known
    fall = most_fallen(sample.default, before, after, apart)
    known = Beyond.of(rule.further, cut.scorer, given.scorer, fall)
    return compare(cut.name, GIVEN, sample, ours, theirs, rule.margins, beyond=known)


def deciding(judged: Change) -> Change:
    """The figures that decide here: the AUC, whose margin the user sets, and the level of the PDs; others are shown."""
    return replace(judged, differences={name: d for name, d in judged.differences.items() if name in DECIDE})


def point(given: Cut, cut: Cut, sample: Sample, rule: Rule, judged: Change | None = None) -> Point:
    """A model on a sample; `judged` is its change where that is at hand. The given model has none."""
    pd = cut.scorer.score(sample)
    if cut is not given and judged is None:
        judged = change(given, cut, sample, rule)
    return Point(
        name=cut.name,
        method=cut.method,
        keep=cut.keep,
        trees=cut.wholes,
        leaves=cut.parts,
        auc=auc(sample.default, pd, weight=sample.weight),
        fidelity=fidelity(given.scorer.score(sample), pd, rule.cutoff, sample.weight),
        difference=judged.differences["auc"] if judged else None,
        verdict=verdict(deciding(judged)) if judged else None,
    )


@dataclass(frozen=True)
class Trial:
    """The cut that pruning ends with, and what the test sample says of it."""

    cut: Cut
    change: Change
    confirmed: bool


def trial(given: Cut, made: Sequence[Cut], chain: Sequence[str], test: Sample, rule: Rule) -> Trial:
    """The last of the chain before the first that the test sample does not confirm, each at the full level.

    Where it confirms none, the first; where the chain is empty, the first that was made. Nothing beyond the first
    failure is judged.
    """
    by_name = {cut.name: cut for cut in made}
    last = None
    for name in chain:
        asked = _tried(given, by_name[name], test, rule)
        if last is None or asked.confirmed:
            last = asked
        if not asked.confirmed:
            break
    return last or replace(_tried(given, made[0], test, rule), confirmed=False)


def _tried(given: Cut, cut: Cut, test: Sample, rule: Rule) -> Trial:
    judged = change(given, cut, test, rule)
    return Trial(cut, judged, verdict(deciding(judged)) is Verdict.NON_INFERIOR)
