"""`riskmodel ui`."""

from __future__ import annotations

import click

from riskmodel.cli.options import STORE


@click.command()
@click.option("--store", default=STORE, show_default=True, help="MLflow tracking store.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
def ui(store: str, port: int) -> None:
    """Open the MLflow pages of all runs, for this machine only."""
    from riskmodel import tracking

    click.echo(f"http://127.0.0.1:{port} (Ctrl-C ends it)")
    tracking.ui(store, port)
