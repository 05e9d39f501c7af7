"""The result of a run in the terminal: the table, the choice, the confirmation, where all of it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

from riskmodel.core import Difference, Study, canonical
from riskmodel.review.tables import trade_off_rows

SHOWN = {  # as much as fits in 80 columns; the report has the rest
    "variant": "{}",
    "auc": "{:.4f}",
    "delta_low": "{:+.4f}",
    "verdict": "{}",
    "rows_per_ms": "{:,.0f}",
    "kilobytes": "{:,.0f}",
}
HEADINGS = {"auc": "AUC", "delta_low": "ΔAUC ≥", "rows_per_ms": "rows/ms", "kilobytes": "kB"}


def summary(study: Study, folder: Path, console: Console) -> None:
    """Prints what a person wants to know first."""
    console.print(table(study))
    console.print(study.trade_off.reason, style="bold", highlight=False, markup=False)
    if study.confirmation:
        auc = study.confirmation.differences["auc"]
        console.print(f"On the test sample, opened once: {_confirmed(auc)}.", highlight=False)
    console.print(f"Report: {folder / 'review.html'}    Runs: riskmodel ui", highlight=False)


def table(study: Study) -> Table:
    """All variants; the chosen one is bold."""
    title = "Trade-off on the selection sample"
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in SHOWN:
        side: JustifyMethod = "left" if name in ("variant", "verdict") else "right"
        shown.add_column(HEADINGS.get(name, name), justify=side, no_wrap=True)
    for row in trade_off_rows(study):
        known = {**row, "kilobytes": row["bytes"] / 1e3, "rows_per_ms": (row["rows_per_s"] or 0) / 1e3}
        cells = (_cell(known[name], form) for name, form in SHOWN.items())
        shown.add_row(*cells, style="bold green" if row["chosen"] else None)
    return shown


def _cell(value: Any, form: str) -> str:
    return "" if value is None or value == 0 else form.format(value)


def _confirmed(auc: Difference) -> str:
    return f"AUC {auc.delta:+.4f}, lower bound {auc.lower:+.4f}, margin {auc.margin:g}: {auc.verdict}"


def as_json(study: Study, folder: Path) -> str:
    """The choice for a program."""
    change = study.confirmation
    confirmed = {name: str(d.verdict) for name, d in change.differences.items()} if change else None
    return canonical(
        {
            "champion": study.trade_off.champion,
            "chosen": study.trade_off.chosen,
            "reason": study.trade_off.reason,
            "confirmed": confirmed,
            "report": str(folder),
        }
    ).decode()
