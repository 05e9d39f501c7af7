"""Of the two models: whether they differ at all, gain too much, read what they did not, or are cut where it suits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from riskmodel.core import Change, Column, Role
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.cautions import Caution, Check
from riskmodel.review.evidence.subject import CutoffSource, Subject
from riskmodel.review.findings import Severity
from riskmodel.review.wording import figure, listed, signed
from riskmodel.stats.words import percent

IDENTICAL = Check("identical", "Whether the two differ")
GAIN = Check("implausible_gain", "A gain that only a leak makes likely")
NEWLY_READ = Check("newly_read", "Columns that only the challenger reads")
CUTOFF = Check("cutoff", "A cutoff that was set on these rows, or that differs")


def of_models(subject: Subject, change: Change | None, limits: Thresholds) -> Iterator[Caution]:
    """The four checks of the models themselves."""
    yield identical(subject)
    yield implausible_gain(subject, change, limits)
    yield newly_read(subject)
    yield cutoff(subject)


def identical(subject: Subject) -> Caution:
    """The same scorer, or the same PD in every row: every difference is 0 and shows nothing."""
    before, after = subject.sides
    if before.sha256 == after.sha256 or np.array_equal(before.pd, after.pd):
        evidence = f"All {len(subject):,} PDs are equal, so that every difference is 0: that is no gain, and no proof."
        return IDENTICAL.warned("Champion and challenger are identical.", evidence)
    return IDENTICAL.clear(f"{percent(float((before.pd != after.pd).mean()), 1)} of the PDs differ.")


def implausible_gain(subject: Subject, change: Change | None, limits: Thresholds) -> Caution:
    """An AUC whose lower bound exceeds the champion's by more than another model of the same data can."""
    if change is None:
        return GAIN.unknown("No difference of AUC was worked out.")
    auc, most = change.differences["auc"], limits.setting("implausible_gain")
    evidence = f"AUC {signed(auc.delta)}, lower bound {signed(auc.lower)}; more than {most:g} is suspect"
    if auc.lower <= most:
        return GAIN.clear(f"{evidence}.")
    new = _newly_read(subject)
    first = f" Look first at what only it reads: {listed(new, 8)}." if new else ""
    return GAIN.warned("The challenger's gain is implausible: suspect a leak.", f"{evidence} (convention).{first}")


def newly_read(subject: Subject) -> Caution:
    """Columns that the challenger makes use of and the champion does not; a protected one weighs most."""
    new, protected = _newly_read(subject), _protected(subject)
    if not new:
        return NEWLY_READ.clear("The challenger makes use of no column that the champion does not.")
    guarded = [name for name in new if name in protected]
    if guarded:
        return NEWLY_READ.warned(
            f"The challenger newly reads a protected column: {listed(guarded)}.",
            f"Only the challenger makes use of: {listed(new)}.",
        )
    evidence = "The champion makes no use of them: they need the checks that any new column needs."
    return NEWLY_READ.warned(f"The challenger newly reads: {listed(new, 8)}.", evidence, Severity.MEDIUM)


def _newly_read(subject: Subject) -> list[str]:
    return [name for name in subject.challenger.used if name not in subject.champion.used]


def _protected(subject: Subject) -> set[str]:
    columns: list[Column] = [column for side in subject.sides for column in side.scorer.features]
    return {*subject.protected, *(column.read_from for column in columns if column.role is Role.PROTECTED)}


def cutoff(subject: Subject) -> Caution:
    """Whether decisions are compared at a cutoff that stood before anyone saw these rows."""
    terms = subject.terms
    if terms.cutoff is CutoffSource.SAMPLE:
        evidence = f"PD {figure(subject.cutoff)}. Approval rates, swaps and flips are those of these rows' own making."
        return CUTOFF.warned("The cutoff was set on the reviewed rows themselves.", evidence, Severity.MEDIUM)
    own = terms.challenger_cutoff
    if terms.cutoff is CutoffSource.POLICY and own not in {None, subject.cutoff}:
        evidence = f"The challenger's bundle declines from {figure(own)}; it was judged at {figure(subject.cutoff)}."
        return CUTOFF.warned("The challenger comes with a cutoff of its own.", evidence, Severity.MEDIUM)
    return CUTOFF.clear(f"PD {figure(subject.cutoff)}, by {terms.cutoff}.")
