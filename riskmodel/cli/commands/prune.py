"""`riskmodel prune`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli import model_options
from riskmodel.cli.described import Described
from riskmodel.cli.exits import NOTHING_SMALLER
from riskmodel.cli.options import NULL, PLACE, UNKNOWN
from riskmodel.errors import RiskModelError


class PruneCommand(Described):
    """Help that ends with what there is to name."""

    folders = (("Methods", "riskmodel.pruning"),)


@click.command(cls=PruneCommand)
@click.argument("model", type=PLACE)
@click.option("--data", required=True, type=PLACE, help="Parquet or CSV with outcomes.")
@click.option("--target", required=True, metavar="COL", help="Column of the outcome: 1 is a bad.")
@model_options.BAD
@click.option("--id", "id_column", metavar="COL", help="Column that names each row.")
@click.option("--method", metavar="NAME", help="Pruner of trees or nodes.  [default: the one that keeps most]")
@click.option("--keep", type=float, help="Share of the leaves that stays.")
@click.option("--leaves", type=int, help="Number of leaves that stay.")
@click.option("--nodes", type=int, help="Number of nodes, at most.")
@click.option("--trees", type=int, help="Number of trees, at most.")
@click.option("--bytes", "bytes_", type=int, help="Bytes of the new model, at most.")
@click.option("--margin", type=float, help="Loss of AUC that counts as none; the smallest within it.  [default: 0.005]")
@click.option("--weight", metavar="COL", help="Column of how many rows of the population each row was drawn for.")
@click.option("--unlabelled", type=PLACE, help="Applications without outcome to learn PDs from.")
@model_options.of_one
@model_options.MONOTONE
@NULL
@UNKNOWN
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the split into samples.")
@click.option("--output", required=True, type=PLACE, help="New model; plan and page lie beside it.")
@click.option("--anyway", is_flag=True, help="Write the model where nothing smaller is confirmed; marked so.")
@click.option("--worst-case", is_flag=True, help="Name the applicant whose PD moves most; up to a minute.")
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
@click.pass_obj
def prune(
    console: Console,
    *,
    model: Path,
    data: Path,
    target: str,
    bad: str | None,
    id_column: str | None,
    method: str | None,
    keep: float | None,
    leaves: int | None,
    nodes: int | None,
    trees: int | None,
    bytes_: int | None,
    margin: float | None,
    weight: str | None,
    unlabelled: Path | None,
    missing: float | None,
    all_trees: bool,
    levels: Path | None,
    monotone: str | None,
    nulls: tuple[str, ...],
    unknown: float,
    seed: int,
    output: Path,
    anyway: bool,
    worst_case: bool,
    as_json: bool,
) -> None:
    """Prune a LightGBM or XGBoost file that was trained elsewhere, and show what it costs.

    Where no size is given the margin decides: the smallest size that is shown to be no worse.

    Exits with 3 where nothing smaller is shown to be no worse: then OUTPUT is written only with --anyway.
    """
    from riskmodel.cli.render import prune as prune_show
    from riskmodel.workflows.progress import Stages
    from riskmodel.workflows.prune import path
    from riskmodel.workflows.prune import pruning as prune
    from riskmodel.workflows.prune import size as prune_size
    from riskmodel.workflows.prune.table import Spelling

    sizes = {"keep": keep, "leaves": leaves, "nodes": nodes, "trees": trees, "bytes": bytes_, "margin": margin}
    given = [f"--{name}" for name, size in sizes.items() if size is not None]
    if given[1:]:
        allowed, several = ", --".join(sizes), " and ".join(given)
        raise RiskModelError(f"the size must be set by one of --{allowed}, however: by {several}")
    size = prune_size.Size(keep, leaves, nodes, trees, bytes_) if margin is None else prune_size.Size(margin=margin)
    stages = Stages(console)
    spelling = Spelling(nulls, unknown, stages.say)
    settings = model_options.settings(missing, levels, all_trees, monotone)
    source = prune.Source(model, data, target, id_column, seed, unlabelled, weight, spelling, settings, bad)
    frontier = prune.prune(source, output, size, stages, method or path.METHOD, anyway, worst_case)
    if as_json:
        click.echo(prune_show.as_json(frontier, output), nl=False)
    else:
        prune_show.summary(frontier, output, Console(), written=anyway or frontier.confirmed)
    if not frontier.confirmed:
        sys.exit(NOTHING_SMALLER)
