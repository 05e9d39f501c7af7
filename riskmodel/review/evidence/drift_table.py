"""What has moved, as one table: a row a period, out of the evidence on scores, features, missing values and outcomes.

It judges nothing anew. What nothing was compared with is the reference, in time where rows are dated; the rest is new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from riskmodel.core.evidence import Evidence, Mark
from riskmodel.evaluation.stability import drift as methods
from riskmodel.evaluation.stability import stability
from riskmodel.review.evidence.entry import Entry

WHOLE = "all"  # the name of rows that nothing dates
SIDES = ("champion", "challenger")
REFERENCE, NEW = "reference", "new"
Data = dict[str, Any]
_HEAVIEST = (Mark.FAIL, Mark.ATTENTION, Mark.PASS)


def drift(entries: Sequence[Entry], against: str, dated: Collection[str] = ()) -> Data:
    """`periods`, and by feature the PSI and the change of the missing share in each `shifted` period.

    A figure is value, low, high and verdict; `against` says in words what the reference is, and `dated` which periods
    are dates: others are samples. Where nothing was compared all is empty.
    """
    shifts, outcomes = _shifts(entries), _outcomes(entries)
    return {
        "against": against,
        "sides": [side for side in SIDES if any(side in row["psi"] for row in shifts.values())],
        "periods": [{**_EMPTY, "period": name, "dated": name in dated, **shifts.get(name, {}), **outcomes.get(name, {})}
                    for name in dict.fromkeys([*outcomes, *shifts])],
        "shifted": list(shifts),
        "features": _features(entries),
    }  # fmt: skip


_EMPTY: Data = {
    "role": NEW, "rows": 0, "bads": None, "psi": {}, "csi": None, "missing": None, "bad_rate": None,
    "moved": None, "mean_pd": {}, "calibration": {},
}  # fmt: skip


def _of(entries: Sequence[Entry], test: str, whom: str | None = None) -> list[Evidence]:
    return [entry.evidence for entry in entries if entry.id == test and whom in (None, entry.whom)]


def _shifts(entries: Sequence[Entry]) -> dict[str, Data]:
    """By period: PSI of each side's score, and the feature that moved most in values and in missing ones."""
    by_period: dict[str, Data] = {}
    for side in SIDES:
        for e in _of(entries, stability.PSI.id, side):
            row = by_period.setdefault(e.period or WHOLE, {"rows": e.rows, "psi": {}})
            row["psi"][side] = {"value": e.value, "low": e.low, "high": e.high, "verdict": str(e.mark)}
    for key, parts in _by_feature(entries):
        for period, row in by_period.items():
            judged = [cell for cell in parts.get(period, ()) if cell["verdict"] in _HEAVIEST]
            row[key] = max(judged, key=_weight, default=None)
    return by_period


def _by_feature(entries: Sequence[Entry]) -> Iterator[tuple[str, dict[str, list[Data]]]]:
    """For each of the two tests the cells of all features by period."""
    for key, method in (("csi", stability.CSI), ("missing", methods.MISSING)):
        yield key, {e.period or WHOLE: [_cell(row) for row in _rows(e)] for e in _of(entries, method.id)}


def _rows(evidence: Evidence) -> list[Data]:
    """Of its first table."""
    return [dict(zip(t.columns, row, strict=False)) for t in evidence.tables[:1] for row in t.rows]


def _cell(row: Mapping[str, Any]) -> Data:
    return {"feature": row["feature"], **{k: row[k] for k in ("value", "low", "high")}, "verdict": str(row["mark"])}


def _weight(cell: Data) -> tuple[int, float]:
    """By its mark first: what is only large may be chance."""
    return -_HEAVIEST.index(cell["verdict"]), abs(cell["value"])


def _features(entries: Sequence[Entry]) -> list[Data]:
    by_period: dict[str, Data] = {}
    for key, parts in _by_feature(entries):
        for cell in (cell for cells in parts.values() for cell in cells):
            row = by_period.setdefault(cell["feature"], {"feature": cell["feature"], "csi": [], "missing": []})
            row[key].append({k: v for k, v in cell.items() if k != "feature"})
    return list(by_period.values())


def _outcomes(entries: Sequence[Entry]) -> dict[str, Data]:
    """By period, the reference first: bad rate with its interval, whether it moved, mean PDs, marks of calibration."""
    marks = {row["period"]: str(row["mark"]) for e in _of(entries, methods.BAD_RATE.id) for row in _rows(e)}
    by_period: dict[str, Data] = {}
    for side in SIDES:
        for e in _of(entries, methods.CALIBRATION.id, side):
            for row in sorted(_rows(e), key=lambda row: row["period"] in marks):
                row_of = by_period.setdefault(row["period"], _judged(row, marks.get(row["period"])))
                row_of["mean_pd"][side], row_of["calibration"][side] = row["mean PD"], str(row["mark"])
    return by_period


def _judged(row: Mapping[str, Any], mark: str | None) -> Data:
    return {
        "role": REFERENCE if mark is None else NEW,
        **{key: row[key] for key in ("rows", "bads")},
        "bad_rate": {key: row[key] for key in ("value", "low", "high")},
        "moved": mark,
        "mean_pd": {},
        "calibration": {},
    }
