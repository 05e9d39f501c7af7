"""The command line: one short command a workflow; a user's mistake is one line and exit code 1."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from rich.console import Console

from riskmodel.errors import RiskModelError

STORE = "sqlite:///mlflow.db"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="riskmodel")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.pass_context
def commands(context: click.Context, debug: bool, quiet: bool) -> None:
    """Make credit-risk models smaller, and prove that they are no worse."""
    context.obj = Console(stderr=True, quiet=quiet)
    context.meta["debug"] = debug


@commands.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.toml")
@click.option("--output", type=click.Path(path_type=Path), help="Folder of the report.  [default: reports/NAME]")
@click.option("--store", default=STORE, show_default=True, help="MLflow tracking store.")
@click.option("--json", "as_json", is_flag=True, help="Print the choice as JSON.")
@click.pass_obj
def train(console: Console, run: Path, output: Path | None, store: str, as_json: bool) -> None:
    """Train, prune, judge, choose, confirm and report one run."""
    from riskmodel.workflows import show, train
    from riskmodel.workflows.progress import Stages

    study, folder = train.train(run, output, store, Stages(console))
    if as_json:
        click.echo(show.as_json(study, folder), nl=False)
    else:
        show.summary(study, folder, Console())


@commands.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Parquet or CSV with outcomes.")
@click.option("--target", required=True, metavar="COL", help="Column of the outcome: 1 is a bad.")
@click.option("--id", "id_column", metavar="COL", help="Column that names each row.")
@click.option("--method", metavar="NAME", help="Pruner of trees or nodes.  [default: the one that keeps most]")
@click.option("--keep", type=float, help="Share of the leaves that stays.")
@click.option("--leaves", type=int, help="Number of leaves that stay.")
@click.option("--margin", type=float, help="Loss of AUC that counts as none; the smallest within it.  [default: 0.005]")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the split into samples.")
@click.option(
    "--output", required=True, type=click.Path(path_type=Path), help="New model; plan and page lie beside it."
)
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
@click.pass_obj
def prune(
    console: Console,
    *,
    model: Path,
    data: Path,
    target: str,
    id_column: str | None,
    method: str | None,
    keep: float | None,
    leaves: int | None,
    margin: float | None,
    seed: int,
    output: Path,
    as_json: bool,
) -> None:
    """Prune a LightGBM or XGBoost file that was trained elsewhere, and show what it costs.

    Without --keep and --leaves the margin decides: the smallest size that is shown to be no worse.
    """
    from riskmodel.workflows import prune, prune_path, prune_show
    from riskmodel.workflows.progress import Stages

    if sum(size is not None for size in (keep, leaves, margin)) > 1:
        raise click.UsageError("--keep, --leaves and --margin each set the size: give one of them")
    size = prune.Size(keep, leaves) if margin is None else prune.Size(margin=margin)
    source = prune.Source(model, data, target, id_column, seed)
    frontier = prune.prune(source, output, size, Stages(console), method or prune_path.METHOD)
    if as_json:
        click.echo(prune_show.as_json(frontier, output), nl=False)
    else:
        prune_show.summary(frontier, output, Console())


@commands.command()
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


@commands.command()
@click.option("--store", default=STORE, show_default=True, help="MLflow tracking store.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
def ui(store: str, port: int) -> None:
    """Open the MLflow pages of all runs, for this machine only."""
    from riskmodel import tracking

    click.echo(f"http://127.0.0.1:{port} (Ctrl-C ends it)")
    tracking.ui(store, port)


def main() -> None:
    """Entry point: 0 done, 1 a user's mistake in one line, 2 usage, 130 interrupted."""
    # Set before a booster is loaded: threads that spin while they wait slow every process on a shared machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (RiskModelError, OSError) as error:
        if "--debug" in sys.argv:
            raise
        click.echo(f"riskmodel: {_in_one_line(error)}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("riskmodel: interrupted; nothing was written, and what was there before is as it was", err=True)
        sys.exit(130)


def _in_one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split())
