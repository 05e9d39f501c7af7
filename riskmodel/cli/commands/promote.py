"""`riskmodel promote`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskmodel.cli.options import AUDIT, MODEL_PLACE, PLACE, STORE

if TYPE_CHECKING:
    from riskmodel.tracking.switch import Alias


@click.command()
@click.argument("model", type=MODEL_PLACE)
@click.option("--as", "alias", required=True, type=click.Choice(["challenger", "champion"]), help="The alias.")
@click.option("--because", metavar="TEXT", help="The reason, for the audit; replaces the test's answer.")
@click.option("--name", metavar="NAME", help="Registered model.  [default: the one that has it already]")
@click.option("--store", default=STORE, show_default=True, help="MLflow store whose registry is switched.")
@click.option("--audit", type=PLACE, help=AUDIT)
@click.option(
    "--require-signature",
    "key",
    type=PLACE,
    metavar="KEY.pub",
    help="Refuse a model that this key's holder has not signed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the line of the audit as JSON.")
def promote(
    *,
    model: str,
    alias: Alias,
    because: str | None,
    name: str | None,
    store: str,
    audit: Path | None,
    key: Path | None,
    as_json: bool,
) -> None:
    """Make a model the champion or the challenger of its name in MLflow's registry.

    MODEL is a run's report, of which the choice is meant, a bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS
    or runs:/RUN_ID/PATH.

    Without --because the test sample must have confirmed it. A new champion leaves the alias previous on the old one,
    for riskmodel rollback.
    """
    from riskmodel.workflows import promote

    version, entry = promote.promote(model, alias, because=because, name=name, store=store, audit=audit, key=key)
    click.echo(promote.as_json(version, entry) if as_json else promote.in_words(version, alias, entry))
