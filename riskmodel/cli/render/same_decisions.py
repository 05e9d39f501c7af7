"""What a search for the same decisions came to, in the terminal."""

from __future__ import annotations

from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from riskmodel.core import canonical
from riskmodel.review.pages.small_changes import small_change_facts
from riskmodel.review.reports.same_decisions import DecisionPoint, SameDecisions
from riskmodel.review.wording import count, figure
from riskmodel.workflows.prune.write import places


def show(answer: SameDecisions, output: Path, *, as_json: bool, written: bool) -> None:
    """Prints the sizes, one line on what was reached and the files; or the same for a program."""
    if as_json:
        click.echo(_json(answer, output), nl=False)
        return
    console = Console()
    console.print(_table("Decisions on selection, beside the given model's", answer.points, answer), soft_wrap=True)
    console.print(_table("On test", answer.tested, answer), soft_wrap=True)
    console.print(f"[bold]{answer.reached}", highlight=False, soft_wrap=True)
    console.print(answer.price, highlight=False, soft_wrap=True)
    plan, page, model = places(output)
    files = f"Model: {model}    Plan: {plan}    Page: {page}"
    withheld = f"Page: {page}    No model is written; --anyway writes it."
    console.print(files if written else withheld, highlight=False, soft_wrap=True)


def _table(title: str, points: tuple[DecisionPoint, ...], answer: SameDecisions) -> Table:
    grid = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0), pad_edge=False)
    for name in ("model", "leaves", "turned", "alike", "low", "|ΔPD|"):
        grid.add_column(name, justify="left" if name == "model" else "right", no_wrap=True)
    for point in points:
        same = point.agreement
        cells = (count(point.leaves), count(same.turned), f"{same.share:.3%}", f"{same.lower:.3%}")
        style = "bold green" if point.name == answer.chosen else None
        grid.add_row(point.name, *cells, figure(point.mean_dpd), style=style)
    return grid


def _json(answer: SameDecisions, output: Path) -> str:
    same, (plan, page, model) = answer.written.agreement, places(output)
    return canonical(
        {
            "same_decisions": {
                "asked": answer.share,
                "cutoff": answer.cutoff,
                "rows": same.rows,
                "turned": same.turned,
                "alike": same.share,
                "lower": same.lower,
                "everyone": answer.everyone.proof.everyone,
            },
            "leaves": {"before": answer.given.leaves, "after": answer.written.leaves},
            "trees": {"before": answer.given.trees, "after": answer.written.trees},
            "method": answer.method,
            "chosen": answer.chosen,
            "confirmed": answer.confirmed,
            "reached": answer.reached,
            "price": answer.price,
            "small_changes": small_change_facts(answer.small_changes),
            "output": str(model),
            "plan": str(plan),
            "page": str(page),
        }
    ).decode()
