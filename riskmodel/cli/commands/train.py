"""`riskmodel train`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel import registry
from riskmodel.cli.described import Described
from riskmodel.cli.options import PLACE, STORE


class TrainCommand(Described):
    """Help that ends with what there is to name."""

    folders = (
        ("Kinds of scorers", registry.SCORERS),
        ("Pruners", registry.PRUNERS),
        ("Compressors", registry.COMPRESSORS),
    )


@click.command(cls=TrainCommand)
@click.argument("run", type=PLACE, metavar="RUN.toml")
@click.option("--output", type=PLACE, help="Folder of the report.  [default: reports/NAME]")
@click.option("--store", default=STORE, show_default=True, help="MLflow tracking store.")
@click.option("--resume", is_flag=True, help="Go on with what a stopped run of the same inputs has fitted.")
@click.option("--json", "as_json", is_flag=True, help="Print the choice as JSON.")
@click.pass_obj
def train(console: Console, *, run: Path, output: Path | None, store: str, resume: bool, as_json: bool) -> None:
    """Train, prune, judge, choose, confirm and report one run."""
    from riskmodel.cli.render import train as show
    from riskmodel.workflows.progress import Stages
    from riskmodel.workflows.train import training

    study, folder = training.train(run, output, store, Stages(console), resume=resume)
    if as_json:
        click.echo(show.as_json(study, folder), nl=False)
    else:
        show.summary(study, folder, Console())
