"""What `riskmodel rows` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from riskmodel.core import Interval
from riskmodel.workflows.rows import CurvePoint, LearningCurve


def summary(curve: LearningCurve, output: Path | None, console: Console) -> None:
    """A line a share and method, and what more rows are worth."""
    judged = f"{curve.selection['rows']:,} rows of selection, {curve.selection['bads']:,} bads"
    console.print(f"{curve.scorer}: {curve.rows:,} rows of train, judged on {judged}", highlight=False, markup=False)
    for method in dict.fromkeys(point.method for point in curve.points):
        console.print(_table(method, [point for point in curve.points if point.method == method]))
    console.print(curve.in_words, highlight=False, markup=False, soft_wrap=True)
    if output is not None:
        console.print(f"{output}: the curve", highlight=False, markup=False, soft_wrap=True)


def _table(method: str, points: Sequence[CurvePoint]) -> Table:
    table = Table(title=method, box=None, padding=(0, 2, 0, 0), title_justify="left")
    random = points[0].against_random is None
    for title in ("share", "rows", "AUC", "against all rows" if random else "against random rows"):
        table.add_column(title, justify="right", no_wrap=True)
    for p in points:
        against = "these are all rows" if p.share == 1 else _signed(p.against_random or p.change)
        table.add_row(f"{p.share:.3g}", f"{p.rows:,}", _plain(p.auc), against)
    return table


def _plain(area: Interval) -> str:
    return f"{area.value:.4f} ({area.low:.4f} to {area.high:.4f})"


def _signed(change: Interval) -> str:
    return f"{change.value:+.4f} ({change.low:+.4f} to {change.high:+.4f})"
