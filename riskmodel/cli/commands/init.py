"""`riskmodel init`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.options import PLACE
from riskmodel.errors import RiskModelError


@click.command()
@click.argument("table", type=PLACE)
@click.option("--target", required=True, metavar="COL", help="Column of the outcome.")
@click.option("--output", type=PLACE, help="TOML to write.  [default: NAME.toml]")
@click.option("--id", "id_column", metavar="COL", help="Column that names each row.")
@click.option("--time", metavar="COL", help="Column that dates each loan.")
@click.option("--borrower", metavar="COL", help="Column that names who borrows.")
@click.option(
    "--amount", metavar="COL", help="Column of the money that is lent; a feature too, which amount_scores = false ends."
)
@click.option("--weight", metavar="COL", help="Column of how many rows of the population each row was drawn for.")
@click.option("--force", is_flag=True, help="Replace the TOML if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Print what was guessed as JSON.")
@click.pass_obj
def init(
    console: Console,
    *,
    table: Path,
    target: str,
    output: Path | None,
    id_column: str | None,
    time: str | None,
    borrower: str | None,
    amount: str | None,
    weight: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a commented TOML to start from, with every guess about TABLE and its reason.

    TABLE is CSV, Parquet, Feather or Arrow, or a folder of such parts.
    """
    from riskmodel.cli.render import init as init_show
    from riskmodel.core import Role
    from riskmodel.workflows.init import proposal as init
    from riskmodel.workflows.progress import Stages

    output = output or Path(f"{table.resolve().name.split('.')[0] or 'run'}.toml")
    roles = {
        Role.ID: id_column,
        Role.TIME: time,
        Role.BORROWER: borrower,
        Role.AMOUNT: amount,
        Role.WEIGHT: weight,
    }
    named = [name for name in roles.values() if name is not None]
    if twice := [name for name in named if named.count(name) > 1]:
        raise RiskModelError(f"a column has one role, however: {twice[0]!r} is named for two")
    given = {name: role for role, name in roles.items() if name is not None}
    with Stages(console).stage("Read and look"):
        profile = init.init(table, target, output, given, force=force)
    if as_json:
        click.echo(init_show.as_json(profile, output), nl=False)
    else:
        init_show.summary(profile, output, Console())
