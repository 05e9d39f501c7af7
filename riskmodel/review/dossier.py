"""The dossier: all evidence on a champion and its challenger, whoever trained them, and what speaks against the change.

It is worked out from two scorers and rows that are new to both; each test of the catalogue appears, judged or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from riskmodel.config import Margins
from riskmodel.core import Change
from riskmodel.errors import DataError
from riskmodel.evaluation import catalogue
from riskmodel.evaluation.change.non_inferiority import margins_sha256
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.balance import Item, balance
from riskmodel.review.cautions import Caution, findings
from riskmodel.review.cautions.columns import of_columns
from riskmodel.review.cautions.models import of_models
from riskmodel.review.cautions.outcomes import of_outcomes
from riskmodel.review.cautions.rows import of_rows
from riskmodel.review.claims import joint_verdict
from riskmodel.review.evidence.changed import change_of, changed
from riskmodel.review.evidence.drift_table import drift
from riskmodel.review.evidence.entry import Entry, Whom
from riskmodel.review.evidence.fairness import fair
from riskmodel.review.evidence.monitor import WATCHED, alarms, dated_names, monitored, plan
from riskmodel.review.evidence.one_model import once
from riskmodel.review.evidence.outcomes import outcomes
from riskmodel.review.evidence.quality import quality
from riskmodel.review.evidence.robustness import sturdy
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Earlier, Subject
from riskmodel.review.findings import Finding, ranked
from riskmodel.review.findings.of_change import change_findings
from riskmodel.review.tables import difference_rows, plain
from riskmodel.review.wording import NOT_EVALUATED
from riskmodel.stats import weighted

SCHEMA_VERSION = 1
NO_OUTCOME = "The data have no outcome."
ASKED = (*WATCHED, *(method for method in catalogue.methods() if method.section in ("calibration", "fairness")))
WHY_NOT = {
    "change.parity": "No other form of the challenger is at hand.",
    "fairness": "No protected column was named.",
    "change": "It was not asked of these data.",
    "drift": "No earlier rows are at hand to compare with.",
    "stability": "No earlier rows are at hand to compare with.",
}


@dataclass(frozen=True)
class Dossier:
    """All that was found, in the order of a report."""

    entries: tuple[Entry, ...]
    change: Change | None
    why_no_change: str
    findings: tuple[Finding, ...]
    subject: Mapping[str, Any]  # cutoff, grade edges, rows, bads, names and hashes
    limits: Thresholds
    drift: Mapping[str, Any]  # what has moved, a row a period
    cautions: tuple[Caution, ...] = ()
    balance: tuple[Item, ...] = ()
    quality: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return str(joint_verdict(self.change)) if self.change else NOT_EVALUATED

    def plain(self) -> dict[str, Any]:
        """The same as JSON knows it; `change.auc.verdict`, `.delta`, `.lower`, `.margin` and so on by figure."""
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": self.verdict,
            "change": self._change(),
            "findings": [asdict(finding) for finding in self.findings],
            "cautions": [asdict(caution) for caution in self.cautions],
            "balance": [asdict(item) for item in self.balance],
            "quality": plain(self.quality),
            "subject": plain(self.subject),
            "evidence": [entry.plain() for entry in self.entries],
            "monitoring": {
                "plan": plain(plan(ASKED, self.limits)),
                "alarms": plain(alarms(self.entries)),
                "drift": plain(self.drift),
            },
            "thresholds": {"version": self.limits.version, "sha256": self.limits.sha256},
        }

    def _change(self) -> dict[str, Any]:
        margins = {name: value for name, value in self.subject.items() if name.startswith("margins")}
        if self.change is None:
            untold = {"verdict": NOT_EVALUATED, "reason": self.why_no_change}
            return {**{name: dict(untold) for name in Margins.model_fields}, **margins}
        by_figure = {row["figure"]: row for row in difference_rows(self.change)}
        return {**{name: {k: v for k, v in row.items() if k != "figure"} for name, row in by_figure.items()}, **margins}


def assess(subject: Subject, limits: Thresholds) -> Dossier:
    """Every test that these rows allow, and why the others do not. Raises: DataError for PDs that are none."""
    change, why = _judged(subject)
    entries = _made(subject, change, limits)
    entries = [*entries, *_left(entries, subject, why)]
    alone = subject.one_scorer
    entries = list(once(entries)) if alone else entries
    order = list(dict.fromkeys(method.section for method in catalogue.methods()))
    entries.sort(key=lambda entry: order.index(entry.evidence.method.section))
    drawn = subject.drawn_by_weight
    cautions = (
        *of_models(subject, change, limits),
        *of_rows(subject, change, limits),
        *of_columns(drawn, limits),
        *of_outcomes(drawn, limits),
    )
    ranked_findings = ranked([*findings(cautions), *change_findings(entries, change, limits, alone=alone)])
    facts = _facts(subject)
    weighed = balance(facts, entries, change)
    drifts = drift(entries, subject.earlier.name if subject.earlier else "", dated_names(subject))
    return Dossier(
        tuple(entries), change, why, ranked_findings, facts, limits, drifts, cautions, weighed, quality(drawn)
    )


def _made(subject: Subject, change: Change | None, limits: Thresholds) -> list[Entry]:
    """All that can be asked; what cannot count weights is asked of rows that are drawn by them."""
    entries = _asked(subject, change, limits)
    drawn = subject.drawn_by_weight
    if drawn is subject:
        return entries
    with_weights = [entry for entry in entries if entry.evidence.method.counts_weights]
    others = [entry for entry in _asked(drawn, change, limits) if not entry.evidence.method.counts_weights]
    return [*with_weights, *(_drawn(entry, len(drawn), len(subject)) for entry in others)]


def _drawn(entry: Entry, rows: int, of: int) -> Entry:
    evidence = entry.evidence
    more = f" On {rows:,} of {of:,} rows, drawn by weight: the method counts each row once."
    return replace(entry, evidence=replace(evidence, reason=evidence.reason + more))


def _asked(subject: Subject, change: Change | None, limits: Thresholds) -> list[Entry]:
    return [
        *outcomes(subject, limits),
        *changed(subject, change, limits),
        *fair(subject, limits),
        *sturdy(subject, limits),
        *monitored(subject, limits),
    ]


def _judged(subject: Subject) -> tuple[Change | None, str]:
    if subject.default is None:
        return None, NO_OUTCOME
    try:
        return change_of(subject), ""
    except DataError as error:
        return None, f"{error}."


def _left(entries: Sequence[Entry], subject: Subject, why: str) -> Iterator[Entry]:
    """The tests of the catalogue that none of the sections could make."""
    made, rows = {entry.id for entry in entries}, len(subject)
    for method in catalogue.methods():
        if method.id in made:
            continue
        untold = NO_OUTCOME if subject.default is None and method.needs_outcome else ""
        whom: Whom = "change" if method.section == "change" else "data"
        reason = (
            untold
            or (why if method.section == "change" else "")
            or WHY_NOT.get(method.id)
            or WHY_NOT.get(method.section, NO_OUTCOME)
        )
        yield Entry(whom, not_evaluated(method, reason, rows))


def _facts(subject: Subject) -> dict[str, Any]:
    default, decisions = subject.default, subject.decided_by.margins if subject.decided_by else None
    sides = {
        name: {"name": side.name, "kind": side.scorer.kind, "sha256": side.sha256, **_size(side)}
        for name, side in zip(("champion", "challenger"), subject.sides, strict=True)
    }
    return {
        **sides,
        "rows": len(subject),
        "bads": None if default is None else int(default.sum()),
        **_weighed(subject),
        "cutoff": subject.cutoff,
        "grade_edges": list(subject.grade_edges),
        "margins": subject.margins.model_dump() | ({} if decisions is None else decisions.model_dump()),
        "margins_sha256": margins_sha256(subject.margins, decisions),
        "margins_source": str(subject.terms.margins),
        "margins_fixed_before": subject.terms.margins.fixed_before,
        "removed": list(subject.removed),
        "earlier": None if subject.earlier is None else _earlier(subject.earlier),
        "slices": {name: int(mask.sum()) for name, mask in subject.masks.items()},
        "protected": list(subject.protected),
        "with_amounts": subject.amount is not None,
    }


def _weighed(subject: Subject) -> dict[str, Any]:
    """What weighted rows stand for; None where each counts once."""
    weight, default = subject.weight, subject.default
    if weight is None:
        return dict.fromkeys(("stand_for", "bad_rate", "drawn_by_weight"))
    rate = None if default is None else weighted.mean(default, weight)
    return {"stand_for": float(weight.sum()), "bad_rate": rate, "drawn_by_weight": len(subject.drawn_by_weight)}


def _size(side: Side) -> dict[str, Any]:
    made = asdict(side.scorer.complexity())
    return {"features": len(side.used), **{key: made[key] for key in ("trees", "leaves", "weights", "bytes")}}


def _earlier(earlier: Earlier) -> dict[str, Any]:
    default = earlier.default
    bads = None if default is None else int(default.sum())
    return {"name": earlier.name, "rows": len(earlier.champion.matrix), "bads": bads}
