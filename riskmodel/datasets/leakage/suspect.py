"""What a screen finds: a column that may know the outcome, or tells nothing, with the figures that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SuspectSeverity(StrEnum):
    """What becomes of a suspect: training waits for an answer, or goes on."""

    BLOCKS = "blocks"
    WARNS = "warns"
    NOTES = "notes"


@dataclass(frozen=True)
class Suspect:
    """One finding of one screen: `evidence` goes on after the column's name, or says it all where `column` is empty."""

    screen: str
    column: str
    evidence: str
    severity: SuspectSeverity
    figures: Mapping[str, float] = field(default_factory=dict)
