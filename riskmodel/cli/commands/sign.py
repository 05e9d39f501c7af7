"""`riskmodel sign`."""

from __future__ import annotations

from pathlib import Path

import click

from riskmodel.cli.options import PLACE


@click.command()
@click.argument("model", required=False, type=PLACE, metavar="BUNDLE")
@click.option("--key", required=True, type=PLACE, help="The private key, Ed25519 in PEM.")
@click.option("--new", is_flag=True, help="Make the key first, and KEY.pub beside it.")
def sign(model: Path | None, key: Path, new: bool) -> None:
    """Sign a bundle, so that score --require-signature KEY.pub can tell who stands for it."""
    from riskmodel import bundle
    from riskmodel.bundle import signature

    if model is None and not new:
        raise click.UsageError("BUNDLE is missing; with --new alone a key is made")
    if new:
        click.echo(f"{key} is the private key; give {signature.new_keys(key)} to those who score")
    if model is not None:
        signature.sign(bundle.read(model), model, key)
        click.echo(f"{model} is signed")
