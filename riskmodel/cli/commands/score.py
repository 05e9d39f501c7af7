"""`riskmodel score`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
from rich.console import Console

from riskmodel.cli.options import MODEL, MODEL_PLACE, NULL, PLACE, NumberRange


@click.command()
@click.option("--model", required=True, type=MODEL_PLACE, help=f"A {MODEL}.")
@click.option(
    "--input",
    "source",
    required=True,
    type=PLACE,
    help="Parquet or CSV, a folder of them, or - for standard input.",
)
@click.option("--output", required=True, type=PLACE, help="New folder for the scored parts.")
@click.option("--id", "id_column", metavar="COL", help="Column that names each row.  [default: the one of training]")
@click.option(
    "--engine",
    default="local",
    show_default=True,
    type=click.Choice(["local", "spark"]),
    help="This machine, or a Spark cluster.",
)
@click.option("--master", metavar="URL", help="Spark master.  [default: spark-submit's, else all cores here]")
@click.option("--native", is_flag=True, help="On Spark: by its own expressions, without Python workers; of trees.")
@click.option("--threads", type=click.IntRange(1, 1024), help="Cores to score on.  [default: all]")
@click.option("--resume", is_flag=True, help="Go on where an earlier run was stopped.")
@click.option(
    "--counterfactuals",
    is_flag=True,
    help="Also say, of each that is not approved, at which value of one column it would be; of trees.",
)
@NULL
@click.option(
    "--unknown",
    type=NumberRange(0, 1),
    help="Share of a column's rows that may have levels which train did not have.  [default: the model's own rule, of "
    "1,000 rows or more]",
)
@click.option("--store", metavar="URI", help="MLflow store that the record is logged to, and that has the model.")
@click.option(
    "--require-signature",
    "key",
    type=PLACE,
    metavar="KEY.pub",
    help="Refuse a model that this key's holder has not signed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@click.pass_obj
def score(
    console: Console,
    *,
    model: str,
    source: Path,
    output: Path,
    id_column: str | None,
    engine: Literal["local", "spark"],
    master: str | None,
    native: bool,
    threads: int | None,
    resume: bool,
    counterfactuals: bool,
    nulls: tuple[str, ...],
    unknown: float | None,
    store: str | None,
    key: Path | None,
    as_json: bool,
) -> None:
    """Score applications with a saved model: PD, points, grade and decision of each, and why it is declined.

    A run that was stopped, even by force, is taken up again with --resume and gives the same bytes. Rows that break the
    model's rules are set aside in quarantine/ with the reason.
    """
    from riskmodel.batch import InputSpelling, Job
    from riskmodel.batch.workspace import MANIFEST
    from riskmodel.workflows.score import scoring as score

    spelling = InputSpelling(nulls, unknown)
    if engine == "spark":
        if threads or resume or counterfactuals:
            raise click.UsageError(
                "--threads, --resume and --counterfactuals are of --engine local: Spark has its own cores and retries"
            )
        from riskmodel.workflows.score import spark

        record = spark.score(
            model,
            source,
            output,
            id_column=id_column,
            master=master,
            store=store,
            key=key,
            spelling=spelling,
            native=native,
        )
        click.echo(score.as_json(record) if as_json else score.in_words(record, output))
        return
    if master or native:
        raise click.UsageError("--master and --native are of --engine spark")
    finished = (output / MANIFEST).is_file()
    try:
        job = Job(id_column, threads, resume, counterfactuals=counterfactuals, spelling=spelling)
        record = score.score(model, source, output, job, console=console, store=store, key=key)
    except KeyboardInterrupt as error:
        error.args = ("finished parts are kept, and --resume goes on from there",)
        raise
    if finished:
        console.print(
            f"{output} was finished before, by this model on this input, and is as it was; a new folder scores anew",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    click.echo(score.as_json(record) if as_json else score.in_words(record, output))
