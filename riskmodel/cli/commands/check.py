"""`riskmodel check`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.options import PLACE


@click.command()
@click.argument("run", type=PLACE, metavar="RUN.toml")
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
@click.option("--fix", is_flag=True, help="Drop what blocks: its columns go into data.ignore; comments stay.")
@click.pass_obj
def check(console: Console, run: Path, as_json: bool, fix: bool) -> None:
    """Check a run's data as training would: samples, columns, leaks. Trains nothing.

    Exits with 1 where training would not go on.
    """
    from riskmodel.cli.render import check as check_show
    from riskmodel.workflows import answers, check
    from riskmodel.workflows.progress import Stages

    stages = Stages(console)
    checked = check.check(run, stages)
    if fix and (names := answers.drop(run, checked)):
        stages.say(f"{run}: data.ignore has {', '.join(names)} now")
        checked = check.check(run, stages)
    if as_json:
        click.echo(check_show.as_json(checked), nl=False)
    else:
        check_show.summary(checked, Console())
    check.go_on(checked)
