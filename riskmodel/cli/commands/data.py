"""`riskmodel data`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.options import PLACE


@click.group()
def data() -> None:
    """Public data sets by name, each with its licence and its source."""


@data.command("list")
def list_sets() -> None:
    """Say which sets there are."""
    from riskmodel.datasets import public_sets

    for line in public_sets.listed():
        click.echo(line)


@data.command("fetch")
@click.argument("name")
@click.option("--output", type=PLACE, help="Parquet file.  [default: NAME.parquet]")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
@click.pass_obj
def fetch_set(console: Console, name: str, output: Path | None, as_json: bool) -> None:
    """Fetch a set from OpenML into a Parquet file."""
    from riskmodel.workflows import fetch
    from riskmodel.workflows.progress import Stages

    facts = fetch.fetch(name, output or Path(f"{name}.parquet"), Stages(console))
    click.echo(fetch.as_json(facts) if as_json else fetch.in_words(facts))
