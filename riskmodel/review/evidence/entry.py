"""One line of a dossier: a piece of evidence and whom it is about; and what to do where it cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.review.tables import plain

Whom = Literal["champion", "challenger", "change", "data"]
LISTED = 200  # rows of a table: more than a person reads are only counted


@dataclass(frozen=True)
class Entry:
    """Evidence about the champion, the challenger, the change from one to the other, or the data."""

    whom: Whom
    evidence: Evidence

    @property
    def id(self) -> str:
        return self.evidence.method.id

    def plain(self) -> dict[str, Any]:
        """The same as JSON knows it."""
        own, method = self.evidence, self.evidence.method
        keys = ("reason", "rows", "bads", "value", "low", "high", "statistic", "p_value",
                "about", "measure", "attribute", "period")  # fmt: skip
        return {
            "id": method.id,
            "section": method.section,
            "whom": self.whom,
            **{key: getattr(method, key) for key in ("title", "formula", "source", "applies", "h0")},
            "verdict": str(own.mark),
            **{key: plain(getattr(own, key)) for key in keys},
            "threshold": plain(vars(own.threshold)) if own.threshold else None,
            "tables": [_table(table) for table in own.tables],
        }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "columns": list(table.columns),
        "rows": [_padded(row, len(table.columns)) for row in table.rows[:LISTED]],
        "left_out": max(0, len(table.rows) - LISTED),
    }


def _padded(row: Sequence[Any], width: int) -> list[Any]:
    """A part that was not judged has fewer cells."""
    return [*plain(row), *[None] * (width - len(row))]


def tried(whom: Whom, method: Method, rows: int, make: Callable[[], Evidence], bads: int | None = None) -> Entry:
    """What `make` finds, or NOT EVALUATED with what the data refuse it for."""
    try:
        return Entry(whom, make())
    except DataError as error:
        return Entry(whom, not_evaluated(method, f"{error}.", rows, bads=bads))
