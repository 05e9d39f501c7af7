"""`riskmodel export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from riskmodel.cli.options import STORE

if TYPE_CHECKING:
    from riskmodel.onnx_export import Width
    from riskmodel.workflows.export import Form


@click.command()
@click.argument("model")
@click.option(
    "--format", "form", default="onnx", show_default=True, type=click.Choice(["onnx", "native"]), help="Kind of file."
)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="New file; FILE.json lies beside it.")
@click.option("--data", type=click.Path(path_type=Path), help="Applications to compare on.  [default: made-up rows]")
@click.option(
    "--width",
    default="float64",
    show_default=True,
    type=click.Choice(["float64", "float32"]),
    help="Of the rows that an ONNX model takes.",
)
@click.option("--store", default=STORE, show_default=True, help="MLflow store that an address is looked up in.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate as JSON.")
@click.pass_obj
def export(
    console: Console,
    *,
    model: str,
    form: Form,
    output: Path,
    data: Path | None,
    width: Width,
    store: str,
    as_json: bool,
) -> None:
    """Write a saved model as one file for another system, and prove that it decides alike.

    MODEL is a bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH.

    FILE.json says what to feed in, what comes out, and how far any PD is from the bundle's. If a single decision turns
    round, nothing is written.
    """
    from riskmodel.workflows import export
    from riskmodel.workflows.progress import Stages

    with Stages(console).stage("Export and compare"):
        certificate = export.export(model, output, form, data=data, width=width, store=store)
    click.echo(export.as_json(certificate) if as_json else export.in_words(certificate, output))
