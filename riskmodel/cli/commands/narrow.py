"""`riskmodel narrow`."""

from __future__ import annotations

from pathlib import Path

import click

from riskmodel.cli.options import MODEL_PLACE, PLACE, STORE


@click.command()
@click.argument("model", type=MODEL_PLACE, metavar="BUNDLE")
@click.option("--output", required=True, type=PLACE, help="New bundle.")
@click.option("--store", default=STORE, show_default=True, help="MLflow store that an address is looked up in.")
def narrow(*, model: str, output: Path, store: str) -> None:
    """Save a bundle that asks only for the columns that its scorer reads, with the same margins to the last bit.

    What pruning left unread need not be bought, asked or stored. Boosters, scorecards and blends of them can be
    narrowed; a network reads every feature that it has.
    """
    from riskmodel.workflows import narrow as workflow

    click.echo(workflow.in_words(workflow.narrow_bundle(model, output, store), output))
