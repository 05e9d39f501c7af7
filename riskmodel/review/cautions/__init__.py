"""What a reviewer must be warned of before reading a figure: rows or models that cannot bear the verdict.

Each check is made, or says why it cannot be; one that finds something is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from riskmodel.review.findings import Finding, Severity, Topic


class State(StrEnum):
    """What came of a check."""

    WARNED = "warned"
    CLEAR = "nothing found"
    NOT_EVALUATED = "NOT EVALUATED"


@dataclass(frozen=True)
class Caution:
    """One check: what it looked for, what came of it, and on what that rests."""

    id: str
    title: str
    state: State
    evidence: str
    statement: str = ""
    severity: Severity = Severity.HIGH

    @property
    def finding(self) -> Finding:
        return Finding(self.severity, self.statement, self.evidence, Topic.ROWS, f"caution.{self.id}")


@dataclass(frozen=True)
class Check:
    """The name of a check, and the three ways in which it can end."""

    id: str
    title: str

    def warned(self, statement: str, evidence: str, severity: Severity = Severity.HIGH) -> Caution:
        return Caution(self.id, self.title, State.WARNED, evidence, statement, severity)

    def clear(self, evidence: str) -> Caution:
        return Caution(self.id, self.title, State.CLEAR, evidence)

    def unknown(self, why: str) -> Caution:
        return Caution(self.id, self.title, State.NOT_EVALUATED, why)


def findings(cautions: tuple[Caution, ...]) -> Iterator[Finding]:
    """Of those that found something."""
    return (caution.finding for caution in cautions if caution.state is State.WARNED)
