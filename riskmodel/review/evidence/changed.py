"""What the challenger changes for whom: the section that other reports do not have.

Non-inferiority, swap sets, flips, migration, calibration, reasons, harm, money, and whether all forms decide alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Change, Outcome, Sample
from riskmodel.core.evidence import Evidence
from riskmodel.evaluation import compare
from riskmodel.evaluation.change import (
    decision_churn,
    dependence,
    harm,
    materiality,
    non_inferiority,
    reasons,
    swap_set,
    worst_case,
    worst_slice,
)
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.stability import migration
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.evidence.entry import Entry, tried
from riskmodel.review.evidence.subject import Subject, spread

EACH_ONE = "each application counts as one"


def change_of(subject: Subject) -> Change | None:
    """The paired test of the challenger; None without outcomes. Raises: DataError for too few bads or goods."""
    if subject.default is None:
        return None
    rows = len(subject.default)
    nothing = np.empty((rows, 0))
    sample = Sample("reviewed rows", (), nothing, subject.default, np.arange(rows), weight=subject.weight)
    before, after = subject.sides
    change = compare(
        after.name, before.name, sample, after.pd, before.pd, subject.margins, subject.clusters, subject.beyond
    )
    if (rule := subject.decided_by) is None:
        return change
    return rule.judged(change, subject.default, after.pd, before.pd, subject.clusters, subject.weight)


def changed(subject: Subject, change: Change | None, limits: Thresholds) -> Iterator[Entry]:
    """All evidence of the change, in the order of a report."""
    rows, default = len(subject), subject.default
    if change is not None and default is not None:
        decisions = subject.decided_by.margins if subject.decided_by else None
        pieces = non_inferiority.no_worse(change, subject.margins, rows, int(default.sum()), decisions)
        yield from (Entry("change", evidence) for evidence in pieces)
    yield from _dependence(subject, change, limits)
    yield from _decisions(subject, limits)
    yield from _explanations(subject, limits)
    if default is not None:
        yield tried("change", harm.HARM, rows, lambda: _harm(subject, default, limits))
        pds = subject.champion.pd, subject.challenger.pd
        search = partial(worst_slice.worst_slice, default, *pds, subject.bands, limits, subject.clusters)
        yield tried("change", worst_slice.WORST_SLICE, rows, search)
        raw = subject.challenger.raw
        before, after = subject.sides
        yield Entry(
            "change", non_inferiority.calibration_change(default, before.pd, raw, after.pd, limits, subject.weight)
        )
    yield Entry("change", _worst_case(subject, limits))
    yield from _money(subject, limits)
    if subject.forms:
        pieces = non_inferiority.parity(subject.forms, subject.cutoff, limits)
        yield from (Entry("change", evidence) for evidence in pieces)


def _dependence(subject: Subject, change: Change | None, limits: Thresholds) -> Iterator[Entry]:
    matrix, default, rows = subject.champion.matrix, subject.default, subject.together
    yield Entry("data", dependence.repeated_rows(matrix, default, subject.ids, rows, limits))
    if change is None or default is None:
        return
    blocks: dict[str, NDArray[Any]] = {} if rows.labels is None else {rows.by: rows.labels}
    if subject.period is not None and len(set(subject.period.tolist())) > 1:
        blocks["period"] = subject.period
    before, after = subject.sides
    evidence = dependence.dependence(
        change, default, before.pd, after.pd, subject.margins, blocks, limits, subject.weight, subject.decided_by
    )
    yield Entry("change", evidence)


def _decisions(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    rows, (before, after) = len(subject), subject.declined
    yield from _swaps(subject, limits)
    reseeded = [pd >= subject.cutoff for pd in subject.reseeded]
    turned = decision_churn.flips(before, after, reseeded, limits)
    if not reseeded:
        turned = not_evaluated(decision_churn.FLIPS, subject.no_reseed, rows, tables=turned.tables)
    yield Entry("change", turned)
    if subject.default is not None:
        yield Entry("change", decision_churn.negative_flips(subject.default, before, after, limits))
    yield Entry("change", decision_churn.singling_out([before, *reseeded], [after], subject.masks, limits))
    grades = len(subject.grade_edges) + 1
    yield Entry("change", migration.score_migration(*subject.grades, grades, limits))


def _swaps(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    rows, default = len(subject), subject.default
    if default is None:
        return
    before, after = (side.pd for side in subject.sides)
    if not (before < subject.cutoff).any():
        reason = f"The champion approves nobody: no PD is below the cutoff {subject.cutoff:.4g}."
        yield Entry("change", not_evaluated(swap_set.SWAP_SET, reason, rows))
        return
    rules = swap_set.cutoffs(before, after, subject.cutoff)
    for at in rules:
        evidence = swap_set.swap_set(default, before, after, at, limits, subject.amount, subject.masks or None)
        yield Entry("change", evidence)
    evidence = non_inferiority.no_worse_among_approved(
        default, before, after, rules[1], subject.margins.auc, limits, subject.clusters, subject.weight
    )
    yield Entry("change", evidence if subject.decided_by is None else non_inferiority.beside(evidence))


def _explanations(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    names, everyone = subject.names, spread(np.arange(len(subject)))
    before, after = (side.effects(everyone, names) for side in subject.sides)
    yield Entry("change", reasons.attribution_agreement(before, after, limits))
    declined = spread(np.flatnonzero(subject.declined[0]))
    before, after = (side.effects(declined, names) for side in subject.sides)
    yield Entry("change", reasons.reason_churn(before, after, limits))
    yield Entry("change", reasons.orphan_reasons(before, names, subject.removed, limits))


def _harm(subject: Subject, default: Outcome, limits: Thresholds) -> Evidence:
    if not subject.masks:
        reason = "No protected column was named, and no row has fewer features than others."
        return not_evaluated(harm.HARM, reason, len(default), bads=int(default.sum()))
    pair = harm.Pair(default, subject.champion.pd, subject.challenger.pd, *subject.declined, subject.weight)
    return harm.excess_harm(pair, subject.masks, limits, clusters=subject.clusters)


def _worst_case(subject: Subject, limits: Thresholds) -> Evidence:
    if isinstance(subject.worst, str):
        return worst_case.without(subject.worst, len(subject))
    before, after = (side.scorer for side in subject.sides)
    return worst_case.worst_case(before, after, subject.worst, len(subject), limits)


def _money(subject: Subject, limits: Thresholds) -> Iterator[Entry]:
    before, after = (side.pd for side in subject.sides)
    amount, about = subject.amount, ""
    if amount is None:
        amount, about = np.ones(len(subject)), EACH_ONE
    amount = amount if subject.weight is None else amount * subject.weight
    for make in (materiality.expected_loss, materiality.capital):
        yield Entry("change", replace(make(before, after, amount, limits), about=about))
