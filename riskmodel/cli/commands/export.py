"""`riskmodel export`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from click.core import ParameterSource
from rich.console import Console

from riskmodel.cli import model_options
from riskmodel.cli.options import MODEL_PLACE, PLACE, STORE
from riskmodel.errors import TooManyReasons

if TYPE_CHECKING:
    from riskmodel.onnx_export import Width
    from riskmodel.workflows.code_export import CodeForm
    from riskmodel.workflows.export import Form

CODE = ("sql", "c", "json", "pmml")
FILES = ("onnx", "native")
OF = {  # the forms that an option is of; all others are of every form
    "missing": FILES,
    "all_trees": FILES,
    "levels": FILES,
    "width": ("onnx",),
    "dialect": ("sql",),
    "table": ("sql",),
    "id_column": ("sql",),
    "name": ("c",),
    "reasons": ("sql", "c", "json"),
}


@click.command()
@click.argument("model", type=MODEL_PLACE)
@click.option(
    "--format",
    "form",
    default="onnx",
    show_default=True,
    type=click.Choice(["onnx", "native", "sql", "c", "json", "pmml", "scorecard"]),
    help="Kind of file.",
)
@click.option("--output", required=True, type=PLACE, help="New file; FILE.json lies beside it.")
@model_options.of_one
@click.option("--data", type=PLACE, help="Applications to compare on.  [default: made-up rows]")
@click.option(
    "--width",
    default="float64",
    show_default=True,
    type=click.Choice(["float64", "float32"]),
    help="Of the rows that an ONNX model takes.",
)
@click.option("--dialect", default="ansi", show_default=True, help="Of SQL: ansi, duckdb, postgres, sqlite, spark, ...")
@click.option("--table", default="applications", show_default=True, help="Table that the SQL reads, as it is spelt.")
@click.option("--id", "id_column", help="Id column of that table.  [default: as in training, or id]")
@click.option("--name", default="riskmodel", show_default=True, help="What the functions of a C header begin with.")
@click.option(
    "--reasons/--no-reasons", default=True, show_default=True, help="Of SQL, C and JSON: whether to give reasons."
)
@click.option("--store", default=STORE, show_default=True, help="MLflow store that an address is looked up in.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate as JSON.")
@click.pass_obj
def export(
    console: Console,
    *,
    model: str,
    form: str,
    output: Path,
    missing: float | None,
    all_trees: bool,
    levels: Path | None,
    data: Path | None,
    width: Width,
    dialect: str,
    table: str,
    id_column: str | None,
    name: str,
    reasons: bool,
    store: str,
    as_json: bool,
) -> None:
    """Write a saved model as one file for another system, and prove that it decides alike.

    MODEL is a bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH; or, for onnx and native,
    a LightGBM or XGBoost file that was trained elsewhere: --missing, --levels and --all-trees say what it lost.

    sql is one SELECT from raw columns to PD, points, grade, decision and reasons; c is a header with functions for the
    same; json is a document of features, rules, calibration and policy for a reader of your own; pmml is PMML 4.4,
    without reasons. All four take what is a sum of trees: boosters, scorecards, blends of them.

    scorecard is a CSV of points and a page to print (FILE.html), of trees of at most two features each.

    FILE.json says what to feed in, what comes out, and how far any PD is from the bundle's. If a single decision turns
    round, nothing is written.
    """
    from riskmodel.workflows import code_export, export
    from riskmodel.workflows.code_export import points_export
    from riskmodel.workflows.progress import Stages

    settings = model_options.settings(missing, levels, all_trees)
    _refuse_others(form)
    with Stages(console).stage("Export and compare"), _named_option():
        if form == "scorecard":
            certificate = points_export.export_points(model, output, data=data, store=store)
        elif form in CODE:
            options = code_export.CodeOptions(dialect, table, id_column, name, reasons)
            certificate = code_export.export_code(
                model, output, cast("CodeForm", form), options, data=data, store=store
            )
        else:
            certificate = export.export(
                model, output, cast("Form", form), data=data, width=width, store=store, settings=settings
            )
    by_form = {**dict.fromkeys(CODE, code_export), "scorecard": points_export}
    words = by_form.get(form, export).in_words(certificate, output)
    click.echo(export.as_json(certificate) if as_json else words)


@contextmanager
def _named_option() -> Iterator[None]:
    """What is raised for too many reasons names the option that leaves them out."""
    try:
        yield
    except TooManyReasons as error:
        raise TooManyReasons(f"{error}: --no-reasons") from error


def _refuse_others(form: str) -> None:
    """Raises: UsageError for options of another form, all of them in one line."""
    context = click.get_current_context()
    odd = [
        f"{option.opts[0]} is of --format {' or '.join(OF[name])}"
        for option in context.command.params
        if (name := option.name) in OF and form not in OF[name] and _is_given(context, name)
    ]
    if odd:
        raise click.UsageError(f"{'; '.join(odd)}, however: {form}")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT
