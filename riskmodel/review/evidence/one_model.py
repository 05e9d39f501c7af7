"""A champion that stays: both sides are one scorer, so each test of it stands once and no difference is tested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from riskmodel.evaluation.change import non_inferiority
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.review.evidence.entry import Entry

NOTHING_CHANGES = "Champion and challenger are one scorer: every difference is 0 by definition."
OF_THE_MODEL = {non_inferiority.PARITY.id}  # asked of a change, and yet about one model's own forms


def once(entries: Sequence[Entry]) -> Iterator[Entry]:
    """What is asked of both sides is told of the champion alone; each test of a difference is told once, with why."""
    of_champion = {_question(entry) for entry in entries if entry.whom == "champion"}
    differences = set()
    for entry in entries:
        if entry.whom == "change" and entry.id not in OF_THE_MODEL:
            if entry.id not in differences:
                differences.add(entry.id)
                own = entry.evidence
                yield replace(entry, evidence=not_evaluated(own.method, NOTHING_CHANGES, own.rows))
        elif entry.whom == "data":
            yield entry
        elif entry.whom == "champion" or _question(entry) not in of_champion:
            yield replace(entry, whom="champion")


def _question(entry: Entry) -> tuple[str, str, str]:
    return entry.id, entry.evidence.attribute, entry.evidence.period
