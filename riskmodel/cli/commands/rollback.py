"""`riskmodel rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from riskmodel.cli.options import AUDIT, PLACE, STORE


@click.command()
@click.argument("name")
@click.option("--because", metavar="TEXT", help="The reason, for the audit.")
@click.option("--store", default=STORE, show_default=True, help="MLflow store whose registry is switched.")
@click.option("--audit", type=PLACE, help=AUDIT)
@click.option("--json", "as_json", is_flag=True, help="Print the line of the audit as JSON.")
def rollback(*, name: str, because: str | None, store: str, audit: Path | None, as_json: bool) -> None:
    """Make the previous champion of the registered model NAME its champion again."""
    from riskmodel.workflows import promote

    version, entry = promote.rollback(name, because=because, store=store, audit=audit)
    click.echo(promote.as_json(version, entry) if as_json else promote.in_words(version, "champion", entry))
