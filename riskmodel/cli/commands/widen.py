"""`riskmodel widen`."""

from __future__ import annotations

from pathlib import Path

import click

from riskmodel.cli.options import PLACE


@click.command()
@click.argument("run", type=PLACE, metavar="RUN.toml")
@click.option("--input", "source", required=True, type=PLACE, help="Applications: a table with the run's id and time.")
@click.option("--output", required=True, type=PLACE, help="New Parquet file.")
@click.option("--history", type=PLACE, help="Long table of months.  [default: that of the run]")
def widen(*, run: Path, source: Path, output: Path, history: Path | None) -> None:
    """Write applications with the months of a long table beside them, by a run's [data.history].

    A model that was trained on such months scores the file. Only months before that of each application count.
    """
    from riskmodel.workflows import widen as workflow

    click.echo(workflow.in_words(workflow.widen(run, source, output, history), output))
