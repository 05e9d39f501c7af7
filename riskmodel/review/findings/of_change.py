"""Which evidence speaks against a change, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from riskmodel.core import Change, Difference, Verdict
from riskmodel.core.evidence import Evidence, Mark, Table
from riskmodel.evaluation.change import decision_churn, harm, worst_slice
from riskmodel.evaluation.change.decision_margins import DECISIONS
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.claims import joint_verdict
from riskmodel.review.evidence.entry import Entry
from riskmodel.review.evidence.one_model import NOTHING_CHANGES
from riskmodel.review.findings import Finding, Severity, Topic
from riskmodel.review.wording import NOT_EVALUATED, figure, label, listed, p_value, percent, signed, subject

MADE_UP = (  # what they ask about need never come
    "robustness.decay",
    "robustness.excess_decay",
    "robustness.small_changes",
    "robustness.excess_small_changes",
    "change.worst_case",
)
NAMED = 6  # groups and slices that a finding names


def change_findings(
    entries: Sequence[Entry], change: Change | None, limits: Thresholds, *, alone: bool = False
) -> tuple[Finding, ...]:
    """All findings of the evidence, in the order of the rules; `alone` where both sides are one scorer."""
    judged = [entry for entry in entries if alone or entry.whom != "champion"]
    return (
        *_harm(judged, limits),
        *_verdict(change),
        *_worse(change),
        *_each(judged, entries, change, alone=alone),
        *_undecided(judged),
        *_untold([entry for entry in judged if entry.evidence.reason != NOTHING_CHANGES]),
    )


def _harm(entries: Sequence[Entry], limits: Thresholds) -> Iterator[Finding]:
    """Who loses more than all do; each with the measure that shows it best."""
    for evidence in (entry.evidence for entry in entries if entry.id == harm.HARM.id):
        if evidence.mark not in (Mark.FAIL, Mark.ATTENTION):
            continue
        hurt = _hurt(evidence.tables[0], limits[harm.HARM.id].attention)
        names = [str(row["group"]) for row in hurt]
        severity = Severity.HIGH if evidence.mark is Mark.FAIL else Severity.MEDIUM
        losses = " ".join(f"{name}: {_loss(row)}" for name, row in zip(names[:NAMED], hurt, strict=False))
        statement = f"The change harms some beyond what it does to all: {listed(names, NAMED)}."
        yield Finding(severity, statement, losses, Topic.HARM, harm.HARM.id, mark=evidence.mark)


def _hurt(table: Table, level: float) -> list[Mapping[str, object]]:
    """The row of the smallest p-value of each group or slice that is harmed, the surest first."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    rows = [row for row in rows if isinstance(row["p_holm"], float) and row["p_holm"] < level]
    rows.sort(key=lambda row: (row["p_holm"], row["p_value"]))
    first: dict[str, Mapping[str, object]] = {}
    for row in rows:
        first.setdefault(str(row["group"]), row)
    return list(first.values())


def _loss(row: Mapping[str, object]) -> str:
    value, low, high = (_number(row[key]) for key in ("value", "low", "high"))
    words = {"auc": "AUC lost", "approval": "approval rate lost", "bad_rate": "bad rate of the approved gained"}
    measure = words.get(str(row["measure"]), f"{label(str(row['measure']))} gained")
    return (
        f"{measure} {signed(value)} ({signed(low)} to {signed(high)}) beyond the overall change, "
        f"{row['rows']:,} rows, p {p_value(_number(row['p_holm']))} after Holm."
    )


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None


def _verdict(change: Change | None) -> Iterator[Finding]:
    if change is None:
        statement = "Whether the challenger is no worse was not judged: the data have no outcome."
        words = f"{NOT_EVALUATED}: target names the outcome."
        yield Finding(Severity.MEDIUM, statement, words, Topic.VERDICT, "change.auc")
        return
    verdict = joint_verdict(change)
    if verdict is Verdict.NON_INFERIOR:
        return
    weak = {name: d for name, d in change.deciding.items() if d.verdict is not Verdict.NON_INFERIOR}
    first = next(iter(change.deciding))
    severity = Severity.HIGH if verdict is Verdict.INFERIOR else Severity.MEDIUM
    evidence = " ".join(_bound(name, difference) for name, difference in weak.items())
    yield Finding(severity, f"The challenger is {verdict}.", evidence, Topic.VERDICT, f"change.{first}")


def _worse(change: Change | None) -> Iterator[Finding]:
    """Worse than the champion is worse, also where the margin allows it; a decision that differs is not, by itself."""
    for name, d in change.deciding.items() if change else ():
        if name != DECISIONS and d.upper < 0 and d.verdict is Verdict.NON_INFERIOR:
            statement = f"The challenger is shown to be worse in {label(name)}, though by less than the margin."
            yield Finding(Severity.MEDIUM, statement, _bound(name, d), Topic.EVIDENCE, f"change.{name}")


def _bound(name: str, difference: Difference) -> str:
    text = (
        f"{label(name)}: difference {signed(difference.delta)}, one-sided 95 % bounds {signed(difference.lower)} to "
        f"{signed(difference.upper)}, margin {figure(difference.margin)}: {difference.verdict}"
    )
    if difference.verdict is Verdict.INCONCLUSIVE:
        text += f"; the smallest margin that this sample could show is {figure(difference.detectable)}"
    return text + "."


def _each(
    judged: Sequence[Entry], entries: Sequence[Entry], change: Change | None, *, alone: bool
) -> Iterator[Finding]:
    """One finding a test and side that is marked; of two models the champion's own are no finding of the change."""
    weights: Mapping[Mark, int] = {Mark.FAIL: 0, Mark.ATTENTION: 1}
    verdicts = {f"change.{name}" for name in change.differences} if change else set()  # one finding tells all of them
    before = {entry.id for entry in entries if entry.whom == "champion" and entry.evidence.mark in weights}
    for entry in judged:
        mark = entry.evidence.mark
        if mark not in weights or entry.id in {*verdicts, harm.HARM.id}:
            continue
        old = entry.whom == "challenger" and entry.id in before
        rank = weights[mark] + (1 if old or entry.whom == "champion" or _weighs_less(entry) else 0)
        severity, statement = list(Severity)[min(rank, 2)], _statement(entry, old=old, alone=alone)
        yield Finding(severity, statement, _evidence_in_words(entry.evidence), _topic(entry.id), entry.id, mark=mark)


def _topic(test: str) -> Topic:
    if test == worst_slice.WORST_SLICE.id:  # of a search, and yet who is harmed
        return Topic.HARM
    return Topic.STRESS if test in MADE_UP else Topic.EVIDENCE


def _weighs_less(entry: Entry) -> bool:
    """Not of the change itself, on inputs that were made up, or only not excluded by the sample."""
    if entry.whom == "data" or entry.evidence.method.section == "fairness" or entry.id in MADE_UP:
        return True
    return entry.whom == "change" and entry.evidence.in_doubt


def _statement(entry: Entry, *, old: bool, alone: bool) -> str:
    own = entry.evidence
    whose = "" if alone else entry.whom
    about = ", ".join(part for part in (whose, subject(vars(own))) if part)
    title = f"{own.method.title} ({about})" if about else own.method.title
    return f"{title}: {own.mark}{'; the champion has it too' if old else ''}."


def _evidence_in_words(evidence: Evidence) -> str:
    parts = []
    if evidence.value is not None:
        bounds = f" ({figure(evidence.low)} to {figure(evidence.high)})" if evidence.low is not None else ""
        parts.append(f"Value {figure(evidence.value)}{bounds}")
    if evidence.p_value is not None:
        parts.append(f"p {p_value(evidence.p_value)}")
    if evidence.threshold is not None:
        parts.append(f"thresholds {evidence.threshold.attention:g} and {evidence.threshold.fail:g}")
    more = f" {_counted(evidence)}" if evidence.method is decision_churn.SINGLED_OUT else ""
    return f"{evidence.reason} {', '.join(parts)}; {evidence.rows:,} rows.{more}" if parts else evidence.reason


def _counted(evidence: Evidence) -> str:
    return f"{percent(evidence.value or 0)} of the rows are listed for people to read."


def _undecided(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Where the sample excludes neither harm nor its absence: that is no pass either."""
    for entry in entries:
        if entry.evidence.mark is Mark.NOT_SHOWN:
            statement = f"{entry.evidence.method.title}: the sample cannot exclude it, which is no pass."
            yield Finding(Severity.LOW, statement, entry.evidence.reason, Topic.EVIDENCE, entry.id, mark=Mark.NOT_SHOWN)


def _untold(entries: Sequence[Entry]) -> Iterator[Finding]:
    """What could not be judged is no pass: it is told once, with its reasons."""
    missing: dict[str, list[str]] = {}
    for entry in entries:
        if entry.evidence.mark is Mark.NOT_EVALUATED:
            titles = missing.setdefault(entry.evidence.reason, [])
            title = entry.evidence.method.title
            titles.extend([title] if title not in titles else [])
    if missing:
        total = sum(map(len, missing.values()))
        evidence = " ".join(f"{listed(titles, 8)}: {reason}" for reason, titles in missing.items())
        yield Finding(Severity.LOW, f"{total} tests are {NOT_EVALUATED}, which is no pass.", evidence, Topic.UNTOLD)
