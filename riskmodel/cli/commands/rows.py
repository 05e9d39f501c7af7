"""`riskmodel rows`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.options import PLACE


@click.command()
@click.argument("run", type=PLACE, metavar="RUN.toml")
@click.option("--scorer", help="Name of the scorer in the TOML; the first one otherwise.")
@click.option("--method", "methods", multiple=True, help="Pruner of rows to set beside random_rows; again for more.")
@click.option("--share", "shares", multiple=True, type=float, help="Share of train's rows in (0, 1]; again for more.")
@click.option("--repeats", default=3, show_default=True, help="Draws of each subset.")
@click.option("--output", type=PLACE, help="New SVG file of the curve.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def rows(
    console: Console,
    *,
    run: Path,
    scorer: str | None,
    methods: tuple[str, ...],
    shares: tuple[float, ...],
    repeats: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """Show what more rows, and fewer, are worth: a learning curve of one recipe, with intervals.

    Fits on nested parts of train, at random and, where data.time is named, the most recent; judges on selection, and
    leaves test sealed. Says what twice the rows would bring at most.
    """
    from riskmodel.cli.render import rows as show
    from riskmodel.workflows import rows as workflow
    from riskmodel.workflows.progress import Stages

    workflow.check_output(output)
    curve = workflow.rows(run, workflow.Asked(scorer, methods, shares, repeats), Stages(console))
    if output is not None:
        workflow.save(curve, output)
    if as_json:
        click.echo(curve.as_json(), nl=False)
    else:
        show.summary(curve, output, Console())
