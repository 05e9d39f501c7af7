"""The page of a model that decides as the given one does; the same input gives the same bytes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from riskmodel.review.charts.same_decisions import curve
from riskmodel.review.pages.render import rendered
from riskmodel.review.pages.small_changes import small_change_facts, small_change_lines
from riskmodel.review.reports.same_decisions import SameDecisions, point_rows
from riskmodel.review.tables import difference_rows, plain

SECTIONS = (
    ("sizes", "Decisions against leaves"),
    ("test", "Test"),
    ("everyone", "Every possible applicant"),
    ("small-changes", "Small changes"),
    ("limits", "Limits"),
    ("identity", "Identity"),
)


def page(answer: SameDecisions) -> str:
    """The whole page as HTML."""
    return rendered(
        "same_decisions.html.j2",
        answer.title,
        {"curve": curve(answer)},
        sections=SECTIONS,
        answer=answer,
        selection=point_rows(answer.points),
        test=point_rows(answer.tested),
        small_changes=list(small_change_lines(answer.small_changes)),
        differences=() if answer.change is None else difference_rows(answer.change),
    )


def facts(answer: SameDecisions) -> dict[str, Any]:
    """The same for a program."""
    return {
        "reached": answer.reached,
        "price": answer.price,
        "confirmed": answer.confirmed,
        "asked": list(answer.asked),
        "method": answer.method,
        "chosen": answer.chosen,
        "same_decisions": {"share": answer.share, "cutoff": answer.cutoff},
        "everyone": {**plain(asdict(answer.everyone)), "statement": answer.everyone.statement},
        "small_changes": small_change_facts(answer.small_changes),
        "change": {} if answer.change is None else {row["figure"]: row for row in difference_rows(answer.change)},
        "selection": point_rows(answer.points),
        "test": point_rows(answer.tested),
        "record": plain(dict(answer.record)),
    }
