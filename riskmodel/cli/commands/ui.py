"""`riskmodel ui`."""

from __future__ import annotations

import click

from riskmodel.cli.options import STORE


@click.command()
@click.option("--store", default=STORE, show_default=True, help="MLflow tracking store.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--browser/--no-browser", default=True, help="Open the page where there is a screen.")
def ui(store: str, port: int, *, browser: bool) -> None:
    """Open the MLflow pages of all runs, for this machine only, at the trade-off of the last one."""
    from riskmodel import tracking

    opened = tracking.pages(store, port)
    click.echo(opened.address)
    if not opened.served:
        click.echo(f"or, where the browser does not know that name, {opened.plain}")
        click.echo("Ctrl-C ends it.")
    tracking.ui(opened, browser=browser)
