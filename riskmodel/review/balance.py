"""What a change gains beside what it loses, each with its figures; what is shown neither way stands apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from riskmodel.core import Change
from riskmodel.core.evidence import Evidence, Mark, Table
from riskmodel.evaluation.change import harm, materiality, reasons, swap_set
from riskmodel.evaluation.change.decision_margins import DECISIONS
from riskmodel.review.evidence.entry import Entry

Unit = Literal["bytes", "count", "money", "figure", "loss", "share", "microseconds", "cost"]
SIZES: Mapping[str, Unit] = {
    "bytes": "bytes",
    "trees": "count",
    "leaves": "count",
    "weights": "count",
    "features": "count",
}


class Pan(StrEnum):
    """Of the balance."""

    GAINED = "gained"
    LOST = "lost"
    OPEN = "shown neither way"


@dataclass(frozen=True)
class Item:
    """One thing that changes: before and after in its unit, or a difference with its interval."""

    pan: Pan
    what: str  # its key; words are made where it is shown
    unit: Unit
    before: float | None = None
    after: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    about: str = ""
    measure: str = ""
    tolerated: float | None = None
    decides: bool = True  # else a figure that is shown beside those that do


def balance(subject: Mapping[str, Any], entries: Sequence[Entry], change: Change | None) -> tuple[Item, ...]:
    """Size, figures, decisions and money, reasons, harm; in that order."""
    return (*_size(subject), *_figures(change), *_decisions(entries), *_tested(entries))


def less_is_better(what: str, unit: Unit, before: float, after: float) -> Iterator[Item]:
    """Nothing where nothing changes."""
    if before != after:
        yield Item(Pan.GAINED if after < before else Pan.LOST, what, unit, before, after)


def _size(subject: Mapping[str, Any]) -> Iterator[Item]:
    before, after = subject["champion"], subject["challenger"]
    for what, unit in SIZES.items():
        if before[what] and after[what]:  # another kind has no trees, or no weights
            yield from less_is_better(what, unit, before[what], after[what])


def _figures(change: Change | None) -> Iterator[Item]:
    """Signed so that more is better; shown where the one-sided bound is on one side of 0.

    A decision that differs is neither gained nor lost.
    """
    if change is None or change.identical:
        return
    for name, difference in change.differences.items():
        pan = Pan.GAINED if difference.lower > 0 else Pan.LOST if difference.upper < 0 else Pan.OPEN
        own = difference
        item = Item(
            pan, name, "figure", value=own.delta, low=own.lower, high=own.upper, decides=name in change.deciding
        )
        yield replace(item, pan=Pan.OPEN, unit="share") if name == DECISIONS else item


def _decisions(entries: Sequence[Entry]) -> Iterator[Item]:
    """Counted on these rows, at the champion's own cutoff."""
    for evidence in _of(entries, swap_set.SWAP_SET.id):
        if evidence.about != swap_set.SAME_CUTOFF:
            continue
        sides = {row["side"]: row for table in evidence.tables if table.key == "swap_set" for row in _rows(table)}
        before, after = sides["approved before"], sides["approved after"]
        yield from less_is_better("bads_approved", "count", before["bads"], after["bads"])
        goods = evidence.rows - (evidence.bads or 0)
        declined = [float(goods - (row["rows"] - row["bads"])) for row in (before, after)]
        yield from less_is_better("goods_declined", "count", *declined)
        if "bad amount" in before:
            yield from less_is_better("bad_amount_approved", "money", before["bad amount"], after["bad amount"])


def _tested(entries: Sequence[Entry]) -> Iterator[Item]:
    for method in (materiality.EXPECTED_LOSS, materiality.CAPITAL):
        for e in _of(entries, method.id):
            if e.value is not None and e.low is not None and e.high is not None:
                pan = Pan.GAINED if e.high < 0 else Pan.LOST if e.low > 0 else Pan.OPEN
                yield Item(pan, method.id, "share", value=e.value, low=e.low, high=e.high)
    for e in _of(entries, reasons.ORPHANS.id):
        if e.value:
            yield Item(Pan.LOST, e.method.id, "share", value=e.value, low=e.low, high=e.high)
    for e in _of(entries, harm.HARM.id):
        if e.mark in {Mark.FAIL, Mark.ATTENTION, Mark.NOT_SHOWN}:
            yield _harmed(e)


def _harmed(e: Evidence) -> Item:
    """Against what is tolerated: harm that is surely there may still be neither above that nor below it."""
    pan = Pan.OPEN if e.mark is Mark.NOT_SHOWN else Pan.LOST
    part = next(row for row in _rows(e.tables[0]) if (row["group"], row["measure"]) == (e.about, e.measure))
    of = {"about": e.about, "measure": e.measure, "tolerated": part["tolerated"]}
    return Item(pan, e.method.id, "loss", value=e.value, low=e.low, high=e.high, **of)


def _of(entries: Sequence[Entry], test: str) -> Iterator[Evidence]:
    return (entry.evidence for entry in entries if entry.id == test)


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
