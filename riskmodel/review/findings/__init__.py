"""The register of findings: statements with their evidence and weight, in one order whatever rule made them.

The rules state evidence. None of them says that a model may be used: that is the reader's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from riskmodel.core.evidence import Mark


class Severity(StrEnum):
    """How much a finding weighs against the change."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Topic(StrEnum):
    """What a finding is about; of equal weight the earlier comes first."""

    ROWS = "rows"  # why the reviewed rows, or one of the models, cannot bear the verdict
    HARM = "harm"  # to some, in excess of what all lose
    VERDICT = "verdict"
    RUN = "run"
    EVIDENCE = "evidence"
    STRESS = "stress"  # on inputs that were made up: what was measured on the rows themselves comes first
    UNTOLD = "untold"


@dataclass(frozen=True)
class Finding:
    """One statement, what it rests on, and its weight; `owner` is for the reader to fill in."""

    severity: Severity
    statement: str
    evidence: str
    topic: Topic = Topic.RUN
    test: str = ""  # the id of the test that it rests on, where there is one
    owner: str = ""
    mark: Mark | None = None  # of that test, where it has one


_STATUS: Mapping[Mark | None, int] = {
    Mark.ATTENTION: 1,
    Mark.NOT_SHOWN: 2,
}  # after what failed, and after statements of no single test


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The heaviest first, of these what failed before what asks for attention, then by topic; equals stay as given."""
    weights, topics = list(Severity), list(Topic)
    return tuple(
        sorted(findings, key=lambda f: (weights.index(f.severity), _STATUS.get(f.mark, 0), topics.index(f.topic)))
    )
