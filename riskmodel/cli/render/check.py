"""What `riskmodel check` found: for a person in the terminal, or as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from riskmodel.config import Data
from riskmodel.core import Column, Kind, Role, canonical
from riskmodel.datasets import leakage
from riskmodel.datasets.leakage import Suspect, SuspectSeverity
from riskmodel.evaluation.change import power
from riskmodel.explanation.cost import calls, price_of
from riskmodel.workflows.check import Checked

_STYLES = {SuspectSeverity.BLOCKS: "bold red", SuspectSeverity.WARNS: "yellow", SuspectSeverity.NOTES: "dim"}


def summary(checked: Checked, console: Console) -> None:
    """Prints rows, columns, samples, notes and suspects, what blocks first, and what to write."""
    share = checked.bads / checked.rows
    _line(console, f"{checked.run.data.path}: {checked.rows:,} rows, {checked.bads:,} bads ({share:.1%})")
    for label, text in _columns(checked.schema.columns):
        _line(console, f"  {label:<12}{text}")
    for line in _prices(checked):
        _line(console, f"  {line}")
    if (amount := checked.run.data.amount) is not None and not checked.run.data.amount_scores:
        _line(console, f"  {amount} counts money and is no feature; data.amount_scores = true makes it one too")
    console.print(_samples(checked))
    for reason, rows in checked.facts["split"]["left_out"].items():
        _line(console, f"  {rows:,} rows in no sample: {reason}")
    for note in checked.schema.notes:
        _line(console, f"  {note}")
    for suspect in checked.suspects:
        _line(console, in_words(suspect, checked.run.data), style=_STYLES[suspect.severity])
    for line in _to_write(checked):
        _line(console, line)
    _line(console, power.planned(checked.run.margins, checked.facts).in_words)
    if not checked.unanswered:
        _line(console, "Training would go on.", style="bold")


def _line(console: Console, text: str, style: str | None = None) -> None:
    """As it is: a column may be named [bold], and what is piped must keep its lines."""
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _columns(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Each role with its columns; features by their kind."""
    for role in Role:
        for kind in Kind:
            if named := [c.name for c in columns if c.role is role and c.kind is kind and not c.source]:
                label = str(kind) if role is Role.FEATURE else str(role)
                yield label, f"{len(named)}: {', '.join(named)}" if len(named) > 1 else named[0]
    if made := [c.name for c in columns if c.source]:
        yield "indicator", ", ".join(made)


def _prices(checked: Checked) -> Iterator[str]:
    """What each call is charged and brings, then all of them together."""
    for name, call in calls(checked.schema.features).items():
        yield f"{name}: {call.price:,.4g} an application, for {', '.join(call.features)}"
    if whole := price_of(checked.schema.features):
        year = checked.run.policy.applications_per_year
        yield f"all features: {whole:,.4g} an application" + (f", {whole * year:,.0f} a year" if year else "")


def _samples(checked: Checked) -> Table:
    table = Table("sample", box=None, padding=(0, 2, 0, 0), title_justify="left")
    for name in ("rows", "bads", "bad rate", "first", "last"):
        table.add_column(name, justify="right")
    for name, sizes in checked.facts["samples"].items():
        rate = f"{sizes.get('bad_rate', sizes['bads'] / sizes['rows']):.1%}"
        table.add_row(name, f"{sizes['rows']:,}", f"{sizes['bads']:,}", rate, sizes.get("first"), sizes.get("last"))
    return table


def in_words(suspect: Suspect, data: Data) -> str:
    """One line: how it weighs, its column, its evidence, and the reason that it is kept for."""
    column = f"{suspect.column}: " if suspect.column else ""
    blocks = suspect.severity is SuspectSeverity.BLOCKS
    reason = f"; kept: {data.kept[suspect.column]}" if blocks and suspect.column in data.kept else ""
    return f"{suspect.severity:<7}{column}{suspect.evidence}{reason}"


def _to_write(checked: Checked) -> Iterator[str]:
    """The lines that would let training go on: those to drop, or else the reasons to fill in."""
    data = checked.run.data
    names = list(dict.fromkeys(suspect.column for suspect in checked.unanswered))
    if not names:
        return
    yield "Training waits for an answer in the run's TOML."
    if drop := [name for name in names if leakage.can_drop(name, data)]:
        yield "To drop, in [data] in place of its line ignore (or: riskmodel check --fix):"
        yield f"  ignore = {json.dumps([*data.ignore, *drop], ensure_ascii=False)}"
    yield "To keep, each with a reason, in [data.kept]:"
    yield from (f'  {leakage.key(name)} = "why it stays"' for name in names)


def as_json(checked: Checked) -> str:
    """All of it for a program; `goes_on` says whether `train` would."""
    return canonical(
        {
            "run": checked.run.name,
            "rows": checked.rows,
            "bads": checked.bads,
            "columns": [_column(column) for column in checked.schema.columns],
            "calls": [{"name": name, **asdict(call)} for name, call in calls(checked.schema.features).items()],
            "price": price_of(checked.schema.features),
            "notes": list(checked.schema.notes),
            **checked.facts,
            "suspects": leakage.recorded(checked.suspects, checked.run.data),
            "unanswered": sorted({suspect.column for suspect in checked.unanswered}),
            "goes_on": not checked.unanswered,
        }
    ).decode()


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": str(column.role),
        "kind": str(column.kind),
        "levels": len(column.categories),
        "low": column.low,
        "high": column.high,
        "nullable": column.nullable,
        "source": column.source,
    }
