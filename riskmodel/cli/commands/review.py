"""`riskmodel review`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli import model_options
from riskmodel.cli.exits import ALARM, NOT_NON_INFERIOR
from riskmodel.cli.job_file import JOB
from riskmodel.cli.options import MODEL, NULL, PLACE, STORE, UNKNOWN, NumberRange


@click.command()
@JOB
@click.option("--champion", required=True, type=PLACE, help=f"In use: a {MODEL}, or a LightGBM or XGBoost file.")
@click.option("--challenger", required=True, type=PLACE, help="The one that would take its place; likewise.")
@click.option("--data", required=True, type=PLACE, help="Parquet or CSV with rows that are new to both.")
@click.option("--target", metavar="COL", help="Column of the outcome: 1 is a bad.  [default: no outcomes]")
@model_options.BAD
@model_options.of_two
@click.option("--protected", metavar="COL,COL", help="Columns of groups that harm is looked for in.")
@click.option("--amount", metavar="COL", help="Column of what is or would be outstanding.")
@click.option("--time", metavar="COL", help="Column that dates each row.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Review rows from this day against those before."
)
@click.option(
    "--cluster", metavar="COL", help="Column whose rows belong together, such as the borrower; or that of --time."
)
@click.option("--weight", metavar="COL", help="Column of how many rows of the population each row was drawn for.")
@click.option("--id", "id_column", metavar="COL", help="Column that names each row.")
@click.option(
    "--cutoff",
    type=NumberRange(0, 1, min_open=True, max_open=True),
    help="PD from which an application is declined.  [default: the champion's own]",
)
@click.option(
    "--policy", type=PLACE, help="TOML of margins, cutoff and grade_edges.  [default: those of the champion's bundle]"
)
@click.option("--thresholds", type=PLACE, help="TOML of thresholds.  [default: the package's]")
@click.option(
    "--reseeded", multiple=True, type=PLACE, help="The champion trained with another seed; may be given again."
)
@NULL
@UNKNOWN
@click.option("--output", required=True, type=PLACE, help="FILE.html; FILE.json lies beside it.")
@click.option("--pdf", is_flag=True, help="Print FILE.pdf too, with Chromium.")
@click.option("--store", default=STORE, show_default=True, help="MLflow store that addresses are looked up in.")
@click.option(
    "--unlabelled", type=PLACE, help="Applications without outcome, new to both, that show how far scores move."
)
@click.option(
    "--decisions",
    type=PLACE,
    metavar="LOG",
    help="Log of riskmodel serve: its time dates the rows, which it names by --id; the others are left out.",
)
@click.option("--worst-case", is_flag=True, help="Name the applicant whose margin moves most; some half a minute.")
@click.option("--gate", is_flag=True, help="Exit with 4 unless the verdict is non-inferior.")
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
@click.pass_obj
def review(
    console: Console,
    *,
    champion: Path,
    challenger: Path,
    data: Path,
    target: str | None,
    bad: str | None,
    missing: tuple[str, ...],
    levels: tuple[str, ...],
    all_trees: bool,
    protected: str | None,
    amount: str | None,
    time: str | None,
    since: datetime | None,
    id_column: str | None,
    cluster: str | None,
    weight: str | None,
    cutoff: float | None,
    policy: Path | None,
    thresholds: Path | None,
    reseeded: tuple[Path, ...],
    nulls: tuple[str, ...],
    unknown: float,
    output: Path,
    pdf: bool,
    store: str,
    unlabelled: Path | None,
    decisions: Path | None,
    worst_case: bool,
    gate: bool,
    as_json: bool,
) -> None:
    """Lay open what a challenger changes: verdicts, who is decided otherwise, who is harmed, what drifts.

    Without --target it shows what needs no outcomes; with --since it compares a later period with the
    rows before, writes FILE.alarms.json, and exits with 5 where a figure that is watched has failed.
    """
    from riskmodel.core import canonical
    from riskmodel.evaluation.thresholds import STANDARD
    from riskmodel.review.reports import alarms, change
    from riskmodel.workflows.progress import Stages
    from riskmodel.workflows.prune.table import Spelling
    from riskmodel.workflows.review import reviewing as workflow
    from riskmodel.workflows.review.rows import Columns

    if decisions and time:
        raise click.UsageError("--decisions dates the rows itself, however: --time is given too")
    groups = tuple(dict.fromkeys(name.strip() for name in (protected or "").split(",") if name.strip()))
    columns = Columns(target, groups, amount, time, id_column, cluster, bad, weight)
    day, limits = since.date() if since else None, thresholds or STANDARD
    stages = Stages(console)
    spelling = Spelling(nulls, unknown, stages.say)
    asked = workflow.Request(
        champion,
        challenger,
        data,
        columns,
        day,
        cutoff,
        limits,
        reseeded,
        policy,
        store=store,
        spelling=spelling,
        settings=model_options.settings_of_two(missing, levels, all_trees),
        unlabelled=unlabelled,
        decisions=decisions,
        worst_case=worst_case,
    )
    outcome = workflow.review(asked, output, stages, pdf=pdf)
    if as_json:
        click.echo(canonical({"change": outcome["change"], "verdict": outcome["verdict"]}), nl=False)
    else:
        click.echo(change.in_words(outcome, output))
    if gate and outcome["verdict"] != "non-inferior":
        sys.exit(NOT_NON_INFERIOR)
    if since and alarms.rings(outcome):
        sys.exit(ALARM)
