"""`riskmodel schema`."""

from __future__ import annotations

from pathlib import Path

import click

from riskmodel.cli.options import PLACE


@click.command()
@click.option("--output", type=PLACE, help="File.  [default: standard output]")
def schema(output: Path | None) -> None:
    """Print the JSON schema of a run's TOML, by which an editor completes keys and marks mistakes."""
    from riskmodel import config
    from riskmodel.core import canonical
    from riskmodel.files import beside

    text = canonical(config.schema())
    if output is None:
        click.echo(text.decode(), nl=False)
    else:
        beside.write(output, text)
