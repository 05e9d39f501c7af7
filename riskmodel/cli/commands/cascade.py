"""`riskmodel cascade`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from riskmodel.cli.exits import NOTHING_SMALLER
from riskmodel.cli.options import MODEL_PLACE, PLACE, STORE, NumberRange

if TYPE_CHECKING:
    from riskmodel.config import DecisionMargins

SHARE = NumberRange(0, 1, min_open=True, max_open=True)
RATIO = NumberRange(1, 10, min_open=True)


@click.command()
@click.option(
    "--cheap", required=True, type=MODEL_PLACE, metavar="BUNDLE", help="The model that every row is asked of."
)
@click.option("--full", required=True, type=MODEL_PLACE, metavar="BUNDLE", help="The model of the undecided.")
@click.option("--data", required=True, type=PLACE, help="Labelled applications, new to both models.")
@click.option("--target", required=True, help="Column of the outcome, 1 for a bad.")
@click.option("--bad", help="The value of a bad, where the outcome is not 0 and 1.")
@click.option(
    "--differ", default=0.01, show_default=True, help="The most decisions unlike the full model's, in (0, 1)."
)
@click.option("--alpha", default=0.05, show_default=True, help="Probability that more of them differ.")
@click.option(
    "--judged-by",
    type=click.Choice(["decisions", "scores"]),
    default="decisions",
    show_default=True,
    help="Decisions and the bad rate of the approved, or AUC, Brier score, log-loss and mean PD.",
)
@click.option("--decisions-margin", type=SHARE, metavar="SHARE", help="Decisions that may differ; else twice --differ.")
@click.option("--bad-rate-margin", type=RATIO, metavar="RATIO", help="Of the approved, to the full model's; else 1.05.")
@click.option("--test", type=PLACE, help="Further rows to judge on; else a half of --data, drawn.")
@click.option("--applications", type=click.IntRange(1), metavar="N", help="A year, to price it.")
@click.option("--output", type=PLACE, help="New bundle of the cascade.")
@click.option("--store", default=STORE, show_default=True, help="MLflow store that an address is looked up in.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def cascade(
    *,
    cheap: str,
    full: str,
    data: Path,
    target: str,
    bad: str | None,
    differ: float,
    alpha: float,
    judged_by: str,
    decisions_margin: float | None,
    bad_rate_margin: float | None,
    test: Path | None,
    applications: int | None,
    output: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """Decide by a cheap model where it is certain, and buy what a full one needs for the others alone.

    The band of the cheap PD in which the full model is asked lies around the full one's cutoff, and is as narrow as
    these rows allow: the probability that more than --differ of all decisions are unlike the full model's is at most
    --alpha. Other rows then judge it: by the decisions that differ and the bad rate of the approved, or by its scores.

    Exits with 3, and writes nothing, where no band is shown, or the cascade is not shown to be no worse.
    """
    from riskmodel.cli.render import cascade as show
    from riskmodel.workflows import cascade as workflow
    from riskmodel.workflows.review.rows import Columns

    columns = Columns(target=target, bad=bad)
    margins = _margins(judged_by, decisions_margin, bad_rate_margin)
    report = workflow.cascade(cheap, full, data, columns, differ, alpha, test, output, store, applications, margins)
    if as_json:
        click.echo(workflow.as_json(report), nl=False)
    else:
        show.summary(report, output, Console())
    if not workflow.is_no_worse(report):
        sys.exit(NOTHING_SMALLER)


def _margins(judged_by: str, decisions: float | None, bad_rate: float | None) -> DecisionMargins | None:
    from riskmodel.config import DecisionMargins

    if judged_by == "scores":
        if decisions is not None or bad_rate is not None:
            raise click.UsageError("--decisions-margin and --bad-rate-margin are for --judged-by decisions.")
        return None
    named = {} if bad_rate is None else {"approved_bad_rate": bad_rate}
    return DecisionMargins(decisions=decisions, **named)
