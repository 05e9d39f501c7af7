"""The result of a run in the terminal, whole in 80 columns: the table, the champion and why, the choice, the gain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import hypot
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

from riskmodel.core import Evaluation, Study, TradeOff, canonical
from riskmodel.explanation.cost import FeaturePrice, priced
from riskmodel.review import wording
from riskmodel.review.tables import trade_off_rows
from riskmodel.selection.reason import on_scores
from riskmodel.stats.interval import Z

COLUMNS: Mapping[str, tuple[str, str]] = {  # as much as fits in 80 columns; the report has the rest
    "auc": ("AUC", "{:.4f}"),
    "delta_low": ("ΔAUC ≥", "{:+.4f}"),
    "verdict": ("verdict", "{}"),
    "decided_by": ("by", "{}"),
    "cost": ("{unit}", "{}"),
    "kilobytes": ("kB", "{:,.0f}"),
}
TEXT = ("verdict", "decided_by")
WIDTH, GAP = 80, 1  # of the terminal, and between columns
LARGEST_BATCH = 10_000


def summary(study: Study, folder: Path, console: Console) -> None:
    """Prints what a person wants to know first."""
    console.print(table(study))
    for line in _settings(study):
        console.print(line, highlight=False, markup=False, style="dim")
    console.print(study.trade_off.reason, style="bold", highlight=False, markup=False)
    for line in story(study):
        console.print(line, highlight=False, markup=False)
    console.print(f"Report: {folder / 'review.html'}    Runs: riskmodel ui", highlight=False, soft_wrap=True)


def table(study: Study) -> Table:
    """All variants; the chosen one is bold. Names may be cut to fit, figures never are."""
    rows = [_cells(row) for row in trade_off_rows(study)]
    heads = [head.format(unit=study.trade_off.cost_unit.replace("_", " ")) for head, _ in COLUMNS.values()]
    widths = [max(len(head), *(len(cells[i]) for _, cells, _ in rows)) for i, head in enumerate(heads)]
    room = WIDTH - sum(widths) - GAP * len(widths)
    title = "Trade-off on the selection sample"
    grid = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=0, show_edge=False)
    grid.add_column("variant", no_wrap=True)
    for name, head, width in zip(COLUMNS, heads, widths, strict=True):
        side: JustifyMethod = "left" if name in TEXT else "right"
        grid.add_column(head, justify=side, no_wrap=True, min_width=width)
    for name, cells, chosen in rows:
        grid.add_row(_cut(name, room), *cells, style="bold green" if chosen else None)
    return grid


def _cells(row: Mapping[str, Any]) -> tuple[str, list[str], bool]:
    known = {**row, "kilobytes": row["bytes"] / 1e3, "cost": wording.cell(row["cost"])}
    cells = [_cell(known[name], form) for name, (_, form) in COLUMNS.items()]
    return str(row["variant"]), cells, bool(row["chosen"])


def _cell(value: Any, form: str) -> str:
    return "" if value is None or value in (0, "") else form.format(value)


def _cut(name: str, width: int) -> str:
    """The beginning and the end of a name that is too long: its scorer and its size."""
    if len(name) <= width:
        return name
    end = (width - 1) // 2
    return f"{name[: width - 1 - end]}…{name[-end:]}"


def _settings(study: Study) -> Iterator[str]:
    """Each step that has options, with them; its number is its name's."""
    said: dict[str, str] = {}
    for name, variant in study.variants.items():
        for step, options in zip(variant.steps, variant.settings, strict=False):
            if options:
                words = ", ".join(f"{key} {value}" for key, value in sorted(options.items()))
                said.setdefault(f"{step}: {words}", name)
    yield from (f"{words} (as in {name})" for words, name in said.items())


def story(study: Study) -> Iterator[str]:
    """The champion and why, what the two samples say of champion and choice, what is gained in time, who was out."""
    trade_off = study.trade_off
    unpruned = sum(not variant.steps for variant in study.variants.values())
    yield f"Champion: {trade_off.champion}, the lowest log-loss on tune of {unpruned} unpruned scorers."
    for name in dict.fromkeys((trade_off.champion, trade_off.chosen)):
        yield from _both_samples(name, trade_off.evaluations[name], study.tested.get(name))
    yield from (f"{name}: {on_scores(one)}" for name, one in trade_off.changes.items() if one.informative)
    yield from _cheaper(study)
    yield from _faster(trade_off)
    yield from (f"Out: {name}, {why}." for name, why in trade_off.out.items() if why.startswith("clearly misses"))


def _both_samples(name: str, selection: Evaluation, test: Evaluation | None) -> Iterator[str]:
    if test is None:
        return
    before, after = selection.figures["auc"], test.figures["auc"]
    yield f"AUC of {name}: {before.value:.4f} on selection, {after.value:.4f} on test."
    error = hypot(before.high - before.low, after.high - after.low) / (2 * Z)
    if abs(after.value - before.value) > Z * error:
        yield f"Warning: that is further apart than chance explains; rows of the two samples differ ({name})."


def _cheaper(study: Study) -> Iterator[str]:
    """What the features of champion and choice are charged, and what a cascade saves."""
    staged = [name for name, side in study.side_figures.items() if side.bought is not None]
    for name in dict.fromkeys((study.trade_off.champion, study.trade_off.chosen, *staged)):
        if own := priced(study, name):
            year = "" if own.a_year is None else f", {own.a_year:,.0f} a year"
            yield f"Features of {name}: {own.an_application:,.4g} an application{year}{_saved(own)}."


def _saved(own: FeaturePrice) -> str:
    if own.saving is None:
        return ""
    saving = own.saving
    return f"; {saving.value:,.4g} ({saving.low:,.4g} to {saving.high:,.4g}) less than the champion's"


def _faster(trade_off: TradeOff) -> Iterator[str]:
    """A gain in time is claimed only where its whole interval lies above 1."""
    timing = trade_off.timings.get(trade_off.chosen, {}).get(LARGEST_BATCH)
    if trade_off.chosen == trade_off.champion or timing is None or timing.speedup is None:
        return
    times = f"{timing.speedup.value:.2f} times ({timing.speedup.low:.2f} to {timing.speedup.high:.2f})"
    if timing.speedup.low > 1:
        yield f"Time: {times} as fast in batches of {LARGEST_BATCH:,}, decisions with reasons."
    else:
        yield f"Time: no gain is shown in batches of {LARGEST_BATCH:,}: {times}."


def as_json(study: Study, folder: Path) -> str:
    """The choice for a program."""
    change, trade_off = study.confirmation, study.trade_off
    confirmed = {name: str(d.verdict) for name, d in change.differences.items()} if change else None
    return canonical(
        {
            "champion": trade_off.champion,
            "chosen": trade_off.chosen,
            "chain": list(trade_off.chain),
            "reason": trade_off.reason,
            "confirmed": confirmed,
            "report": str(folder),
        }
    ).decode()
