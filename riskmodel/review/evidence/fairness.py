"""How groups fare under each of the two, and whether features stand in for a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from scipy.special import logit

from riskmodel.core import Mask
from riskmodel.evaluation.fairness import approvals, fairness, proxies
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.evidence.entry import Entry, Whom, tried
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Subject
from riskmodel.stats.log_loss import CLIP


def fair(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    """Figures for a policy, by protected attribute; nothing where none was named."""
    whose: tuple[Whom, Whom] = ("champion", "challenger")
    for name, masks in subject.crossed.items():
        for whom, side, declined in zip(whose, subject.sides, subject.declined, strict=True):
            yield from _of(subject, whom, side, declined, name, masks, limits)
    for name, masks in subject.groups.items():
        for whom, side, declined in zip(whose, subject.sides, subject.declined, strict=True):
            yield from _of(subject, whom, side, declined, name, masks, limits)
        features, matrix = subject.champion.scorer.features, subject.champion.matrix
        others = [i for i, column in enumerate(features) if column.read_from != name]
        used = [features[i] for i in others]
        each = partial(proxies.proxies, matrix[:, others], used, masks, limits)
        together = partial(proxies.jointly, matrix[:, others], masks, limits)
        yield _named(tried("data", proxies.PROXIES, len(subject), each), name)
        yield _named(tried("data", proxies.JOINTLY, len(subject), together), name)


def _of(  # noqa: PLR0917
    subject: Subject,
    whom: Whom,
    side: Side,
    declined: Mask,
    name: str,
    masks: Mapping[str, Mask],
    limits: Thresholds,
) -> Iterator[Entry]:
    rows, default, clusters = len(subject), subject.default, subject.clusters
    made = {
        approvals.APPROVAL_RATIO: partial(approvals.approval_ratio, declined, masks, limits, clusters=clusters),
        fairness.MEAN_DIFFERENCE: partial(
            fairness.mean_difference, logit(side.pd.clip(CLIP, 1 - CLIP)), masks, limits, clusters=clusters
        ),
    }
    if default is not None:
        made |= {
            approvals.GOOD_GAP: partial(approvals.good_approval_gap, default, declined, masks, limits, None, clusters),
            approvals.BAD_GAP: partial(approvals.bad_approval_gap, default, declined, masks, limits, None, clusters),
            fairness.CALIBRATION_WITHIN: partial(
                fairness.calibration_within, default, side.pd, masks, limits, clusters
            ),
        }
    for method, make in made.items():
        yield _named(tried(whom, method, rows, make), name)


def _named(entry: Entry, attribute: str) -> Entry:
    return replace(entry, evidence=replace(entry.evidence, attribute=attribute))
