"""The result of a pruning in the terminal: every size with its bounds, one line on what was reached, the files."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from riskmodel.core import canonical
from riskmodel.review.pages.small_changes import small_change_facts
from riskmodel.review.reports.frontier import Frontier, rows
from riskmodel.review.wording import count, figure, signed
from riskmodel.workflows.prune.write import places

HEADINGS = ("AUC", "ΔAUC", "low", "high", "verdict", "|ΔPD|")


def summary(frontier: Frontier, output: Path, console: Console, *, written: bool = True) -> None:
    """Prints what a person wants to know first; where the model was not `written`, how to have it written."""
    console.print(table(frontier), soft_wrap=True)
    console.print(f"[bold]{frontier.reached}", highlight=False, soft_wrap=True)
    plan, page, model = places(output)
    if not written:
        console.print(f"Page: {page}    No model is written; --anyway writes it.", highlight=False, soft_wrap=True)
        return
    console.print(f"Model: {model}    Plan: {plan}    Page: {page}", highlight=False, soft_wrap=True)


def table(frontier: Frontier) -> Table:
    """Every size on selection; the written one is bold."""
    title = "AUC on selection, paired with the given model"
    grid = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0), pad_edge=False)
    for name in ("model", frontier.words.parts, *HEADINGS):
        grid.add_column(name, justify="left" if name in ("model", "verdict") else "right", no_wrap=True)
    for row in rows(frontier.points, frontier.words):
        delta = (signed(row[key]) for key in ("delta_auc", "delta_low", "delta_high"))
        cells = (
            row["name"],
            count(row[frontier.words.parts]),
            figure(row["auc"]),
            *delta,
            row["verdict"],
            figure(row["mean_dpd"]),
        )
        grid.add_row(*cells, style="bold green" if row["name"] == frontier.chosen else None)
    return grid


def as_json(frontier: Frontier, output: Path) -> str:
    """The same for a program."""
    auc = frontier.change.differences["auc"]
    before, after = frontier.given, frontier.written
    plan, page, model = places(output)
    return canonical(
        {
            "change": {
                "auc": {
                    "verdict": str(auc.verdict),
                    "delta": auc.delta,
                    "lower": auc.lower,
                    "upper": auc.upper,
                    "margin": auc.margin,
                }
            },
            frontier.words.parts: {"before": before.leaves, "after": after.leaves},
            frontier.words.wholes: {"before": before.trees, "after": after.trees},
            "method": frontier.method,
            "chosen": frontier.chosen,
            "confirmed": frontier.confirmed,
            "reached": frontier.reached,
            "small_changes": small_change_facts(frontier.small_changes),
            "output": str(model),
            "plan": str(plan),
            "page": str(page),
        }
    ).decode()
