"""`riskmodel refer`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.exits import NOTHING_SMALLER
from riskmodel.cli.options import MODEL_PLACE, PLACE, STORE


@click.command()
@click.argument("model", type=MODEL_PLACE, metavar="BUNDLE")
@click.option("--data", required=True, type=PLACE, help="Labelled applications, new to the model.")
@click.option("--target", required=True, help="Column of the outcome, 1 for a bad.")
@click.option("--bad", help="The value of a bad, where the outcome is not 0 and 1.")
@click.option("--bad-rate", required=True, type=float, help="The most bads among the approved, in (0, 1).")
@click.option("--alpha", default=0.05, show_default=True, help="Probability that the band lets more through.")
@click.option("--protected", multiple=True, metavar="COL", help="Also show the groups of this column.")
@click.option("--output", type=PLACE, help="New bundle with the band.")
@click.option("--store", default=STORE, show_default=True, help="MLflow store that an address is looked up in.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def refer(
    *,
    model: str,
    data: Path,
    target: str,
    bad: str | None,
    bad_rate: float,
    alpha: float,
    protected: tuple[str, ...],
    output: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """Set the band in which a person decides, so that the bad rate of the approved is held to a target.

    Below the band BUNDLE approves, at its cutoff and above it declines, between it refers. The probability that the
    approved have more bads than --bad-rate is at most --alpha, for applicants who come as the rows of --data did.

    Exits with 3, and writes nothing, where these rows show no such band.
    """
    from riskmodel.cli.render import refer as show
    from riskmodel.workflows import refer as workflow
    from riskmodel.workflows.review.rows import Columns

    columns = Columns(target=target, bad=bad, protected=protected)
    referral = workflow.refer(model, data, columns, bad_rate, alpha, output, store)
    if as_json:
        click.echo(workflow.as_json(referral), nl=False)
    else:
        show.summary(referral, output, Console())
    if referral.policy is None:
        sys.exit(NOTHING_SMALLER)
