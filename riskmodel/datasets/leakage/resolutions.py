"""What the run's TOML says to the suspects: what blocks is dropped, or kept with a reason, before training goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from riskmodel.config import Data
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.errors import DataError
from riskmodel.tables import near


def check_kept(data: Data, names: Collection[str]) -> None:
    """Refuses a reason for a column that the table does not have. Raises: DataError."""
    for name in data.kept:
        if name not in names:
            raise DataError(f"data.kept: no column {name!r}; {near(name, list(names))}")


def idle(data: Data, suspects: Sequence[Suspect]) -> list[Suspect]:
    """A note for each reason that answers nothing."""
    blocked = {suspect.column for suspect in suspects if suspect.severity is SuspectSeverity.BLOCKS}
    evidence = "has a reason in data.kept, and no screen blocks it"
    return [Suspect("answers", name, evidence, SuspectSeverity.NOTES) for name in data.kept if name not in blocked]


def unanswered(suspects: Sequence[Suspect], data: Data) -> tuple[Suspect, ...]:
    """Those that training waits for: they block, and neither data.kept nor data.ignore names their column."""
    answered = {*data.kept, *data.ignore}
    return tuple(s for s in suspects if s.severity is SuspectSeverity.BLOCKS and s.column not in answered)


def refuse_unanswered(suspects: Sequence[Suspect], data: Data) -> None:
    """Goes on only when every suspect that blocks is answered.

    Raises: DataError that names the first, how many columns more, and what to write.
    """
    if not (waiting := unanswered(suspects, data)):
        return
    first = waiting[0]
    more = len({suspect.column for suspect in waiting}) - 1
    others = f" (and {more} more column{'s' if more > 1 else ''})" if more else ""
    raise DataError(f"column {first.column!r} {first.evidence}{others}; {remedy(first, data)}")


def remedy(suspect: Suspect, data: Data) -> str:
    """What to write into the run's TOML; a column with a role of its own cannot be dropped."""
    keep = f'say why it stays in data.kept: {key(suspect.column)} = "..."'
    return f"drop it in data.ignore, or {keep}" if can_drop(suspect.column, data) else keep


def can_drop(name: str, data: Data) -> bool:
    """Whether data.ignore may name a column: one with a role of its own has to lose that first."""
    return name not in (data.id, data.borrower, *data.protected)


def key(name: str) -> str:
    """A column's name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def recorded(suspects: Sequence[Suspect], data: Data) -> list[dict[str, Any]]:
    """The suspects as plain data, each with the reason that it is kept for, or None."""
    return [
        {**asdict(suspect), "severity": str(suspect.severity), "reason": _reason(suspect, data)} for suspect in suspects
    ]


def _reason(suspect: Suspect, data: Data) -> str | None:
    return data.kept.get(suspect.column) if suspect.severity is SuspectSeverity.BLOCKS else None
