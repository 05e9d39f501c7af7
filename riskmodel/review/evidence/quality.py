"""What the reviewed rows are like, column by column: missing, spread, values beyond those that train had."""

from __future__ import annotations

from typing import Any

import numpy as np

from riskmodel.core import Column, Kind, Reference, Vector
from riskmodel.review.evidence.subject import Subject

OUTLYING = 5.0  # interquartile ranges beyond the quartiles: convention, wide enough for skewed money


def quality(subject: Subject) -> dict[str, Any]:
    """One row a column of the champion, and the time that the rows span; plain values."""
    side = subject.champion
    columns = [_column(c, side.matrix[:, i], side.reference) for i, c in enumerate(side.scorer.features)]
    dated = [] if subject.period is None else sorted(set(subject.period.tolist()))
    span = [dated[0], dated[-1]] if dated else None
    return {"columns": columns, "periods": span, "outlying": OUTLYING}


def _column(column: Column, values: Vector, reference: Reference) -> dict[str, Any]:
    present = values[np.isfinite(values)]
    numeric = column.kind is Kind.NUMERIC
    spread = [float(x) for x in np.quantile(present, [0.0, 0.5, 1.0])] if numeric and len(present) else [None] * 3
    return {
        "column": column.name,
        "kind": str(column.kind),
        "missing": 1 - len(present) / len(values) if len(values) else None,
        "missing_before": reference.missing.get(column.name),
        "distinct": len(np.unique(present)),
        "least": spread[0],
        "median": spread[1],
        "most": spread[2],
        "outlying": _outlying(present) if numeric else None,
        "beyond_train": _beyond(column, present) if numeric else None,
        "codes": len(column.codes),
    }


def _outlying(present: Vector) -> float | None:
    """The share beyond `OUTLYING` interquartile ranges; None where at least half of the values are one."""
    if not len(present):
        return None
    low, high = np.quantile(present, [0.25, 0.75])
    reach = OUTLYING * (high - low)
    return float(((present < low - reach) | (present > high + reach)).mean()) if reach else None


def _beyond(column: Column, present: Vector) -> float | None:
    """The share outside of the range that train had."""
    if column.low is None or column.high is None or not len(present):
        return None
    return float(((present < column.low) | (present > column.high)).mean())
