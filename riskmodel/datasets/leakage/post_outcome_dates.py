"""Dates that lie after the application, and features that go up with the calendar."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import rankdata

from riskmodel.core import Kind, Vector
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.split import Days
from riskmodel.stats.words import percent

LATER = 31  # days: a month may be written as its first or its last day
SHARE, ROWS = 0.01, 10  # of the rows with both dates: fewer are slips of the pen
SORTS = 0.95  # Spearman's correlation from which a column stands for the calendar
_ENOUGH = 20_000  # rows for a correlation


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """At most one suspect: dated after the row's own date, or else going with it, or a date where none is named."""
    if feature.days is not None and view.days is not None and (suspect := _later(feature, feature.days, view.days)):
        yield suspect
        return
    if feature.days is not None and view.days is None:
        evidence = "reads as dates; data.time or data.ignore may be meant"
        yield Suspect("sorts like time", feature.name, evidence, SuspectSeverity.WARNS)
    rho = with_time(feature, view)
    if abs(rho) > SORTS:
        evidence = f"goes with the time column (Spearman {rho:+.3f}): later applications have values never seen before"
        yield Suspect("sorts like time", feature.name, evidence, SuspectSeverity.WARNS, {"spearman": rho})


def _later(feature: Feature, dates: Days, opened: Days) -> Suspect | None:
    known = ~np.isnat(dates) & ~np.isnat(opened)
    days = (dates[known].astype("M8[D]") - opened[known].astype("M8[D]")).astype(np.int64)
    later = days > LATER
    if later.sum() < max(ROWS, SHARE * len(days)):
        return None
    months = float(np.median(days[later])) / 30.4
    evidence = (
        f"is dated after the application in {percent(later.mean(), 1)} of the {len(days):,} rows with both dates, "
        f"by {months:.1f} months at the median"
    )
    figures = {"share": float(later.mean()), "months": months}
    return Suspect("dated after", feature.name, evidence, SuspectSeverity.BLOCKS, figures)


def with_time(feature: Feature, view: ScreeningView) -> float:
    """Spearman's correlation of a number or a date with the time column; 0 where there is no such thing."""
    values = _ordered(feature)
    if view.order is None or values is None:
        return 0.0
    return spearman(values, view.order)


def _ordered(feature: Feature) -> Vector | None:
    if feature.days is not None:
        return np.where(np.isnat(feature.days), np.nan, feature.days.astype("M8[D]").astype(np.float64))
    return feature.values if feature.column.kind is Kind.NUMERIC else None


def spearman(left: Vector, right: Vector) -> float:
    """Over at most 20,000 rows that have both; 0 where fewer than 100 have, or one does not vary."""
    both = np.flatnonzero(~np.isnan(left) & ~np.isnan(right))
    both = both[:: max(1, len(both) // _ENOUGH)]
    if len(both) < 100 or len(both) < 0.2 * len(left) / max(1, len(left) // _ENOUGH):
        return 0.0
    ranks = rankdata(left[both]), rankdata(right[both])
    if min(rank.std() for rank in ranks) == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])
