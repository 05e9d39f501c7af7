"""`riskmodel sync`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.options import PLACE, STORE


@click.command()
@click.argument("report", type=PLACE, metavar="REPORT")
@click.option("--store", default=STORE, show_default=True, help="MLflow tracking store.")
@click.pass_obj
def sync(console: Console, report: Path, store: str) -> None:
    """Send a report of riskmodel train to MLflow, where that could not be done when it ended.

    A report that the store has already is not sent again.
    """
    from riskmodel.workflows import sync as syncing
    from riskmodel.workflows.progress import Stages

    run = syncing.sync(report, store, Stages(console))
    click.echo(f"{report} is in MLflow as run {run}")
