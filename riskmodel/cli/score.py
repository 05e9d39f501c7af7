"""`riskmodel score`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console


@click.command()
@click.option("--model", required=True, type=click.Path(path_type=Path), help="Folder of a bundle.")
@click.option("--input", "source", required=True, type=click.Path(path_type=Path), help="Parquet or CSV, or a folder.")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="New folder for the scored parts.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def score(console: Console, model: Path, source: Path, output: Path, as_json: bool) -> None:
    """Score applications with a saved model: id, PD, grade and decision of each."""
    from riskmodel.workflows import score
    from riskmodel.workflows.progress import Stages

    record = score.score(model, source, output, Stages(console))
    click.echo(score.as_json(record) if as_json else score.in_words(record, output))
