"""Features that tell little: nearly constant, nearly always missing, or with levels that one row has."""

from __future__ import annotations

from collections.abc import Iterator

from riskmodel.core import Kind
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.stats.words import percent

CONSTANT = 0.995  # share of the rows that have one value
MISSING = 0.95


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """A note for each."""
    _, _, times = feature.distinct
    rows = len(view.rows)
    missing = 1 - len(feature.present) / rows
    if missing > MISSING:
        yield _note(feature, f"is missing in {percent(missing, 1)} of {view.basis}", missing)
    elif len(times) and times.max() > CONSTANT * rows:
        yield _note(feature, f"has one value in {percent(times.max() / rows, 1)} of {view.basis}", times.max() / rows)
    once = int((times == 1).sum())
    if feature.column.kind is Kind.CATEGORICAL and once:
        evidence = f"has {once:,} of its {len(times):,} levels in one row only of {view.basis}"
        yield _note(feature, evidence, float(once))


def _note(feature: Feature, evidence: str, figure: float) -> Suspect:
    return Suspect("tells little", feature.name, evidence, SuspectSeverity.NOTES, {"value": float(figure)})
