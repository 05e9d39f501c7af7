"""Every size of a pruned model on one sample beside the given one, and which size is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskmodel.config import Margins
from riskmodel.core import Change, Sample, Verdict
from riskmodel.evaluation import auc, compare
from riskmodel.evaluation.change.fidelity import fidelity
from riskmodel.review.reports.frontier import GIVEN, Point
from riskmodel.stats.holm import corrected_verdicts
from riskmodel.workflows.prune.path import Cut


@dataclass(frozen=True)
class Rule:
    """What counts as no worse, and where decisions turn; both stand before anything is judged."""

    margins: Margins
    cutoff: float


def judged(given: Cut, cuts: Sequence[Cut], sample: Sample, rule: Rule) -> tuple[Point, ...]:
    """The given model, then each cut; verdicts on AUC hold after Holm among the sizes of one method."""
    changes = {cut.name: change(given, cut, sample, rule) for cut in cuts}
    auc_of = {name: found.differences["auc"] for name, found in changes.items()}
    verdicts: dict[str, Verdict] = {}
    for method in dict.fromkeys(cut.method for cut in cuts):
        verdicts |= corrected_verdicts({cut.name: (auc_of[cut.name],) for cut in cuts if cut.method == method})
    ours = [
        replace(_point(given, cut, sample, rule), difference=auc_of[cut.name], verdict=verdicts[cut.name])
        for cut in cuts
    ]
    return _point(given, given, sample, rule), *ours


def change(given: Cut, cut: Cut, sample: Sample, rule: Rule) -> Change:
    """A cut against the given model on the same rows."""
    ours, theirs = cut.scorer.score(sample), given.scorer.score(sample)
    return compare(cut.name, GIVEN, sample, ours, theirs, rule.margins)


def _point(given: Cut, cut: Cut, sample: Sample, rule: Rule) -> Point:
    pd = cut.scorer.score(sample)
    return Point(
        name=cut.name,
        method=cut.method,
        keep=cut.keep,
        trees=len(cut.trees.trees),
        leaves=cut.trees.n_leaves,
        auc=auc(sample.default, pd),
        fidelity=fidelity(given.scorer.score(sample), pd, rule.cutoff),
    )


def smallest(points: Sequence[Point], method: str) -> str:
    """The method's smallest size that is non-inferior and smaller than the given model; the given one if none is."""
    able = [p for p in points if p.method == method and p.verdict is Verdict.NON_INFERIOR]
    return min([points[0], *able], key=lambda point: point.leaves).name


def of_one_size(chosen: Cut, cuts: Sequence[Cut]) -> list[Cut]:
    """The chosen cut and its rivals; none where the given model stays."""
    size = chosen.name.partition("@")[2]
    return [cut for cut in cuts if size and cut.name.partition("@")[2] == size]
