"""`riskmodel prune`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from riskmodel import registry
from riskmodel.cli import model_options
from riskmodel.cli.described import Described
from riskmodel.cli.exits import NOTHING_SMALLER
from riskmodel.cli.options import NULL, PLACE, UNKNOWN
from riskmodel.cli.prune_options import PruneOptions, size_of


class PruneCommand(Described):
    """Help that ends with what there is to name."""

    folders = (("Methods", registry.PRUNERS),)


@click.command(cls=PruneCommand)
@click.argument("model", type=PLACE, required=False)
@click.option("--data", required=True, type=PLACE, help="Parquet or CSV with outcomes.")
@click.option("--target", metavar="COL", help="Column of the outcome: 1 is a bad; --same-decisions needs none.")
@model_options.BAD
@click.option("--id", "id_column", metavar="COL", help="Column that names each row.")
@click.option(
    "--teacher-pd", metavar="COL", help="Column of PDs to learn, in place of MODEL: of a vendor, a black box."
)
@click.option("--ignore", multiple=True, metavar="COL", help="With --teacher-pd: column that nothing is learnt from.")
@click.option("--method", metavar="NAME", help="Pruner of trees, nodes or features; of a network neurons or weights.")
@click.option(
    "--criterion", metavar="NAME", help="Of a network: what its neurons or weights are judged by.  [default: obs]"
)
@click.option("--inputs", metavar="COLS", help="Of a network: the columns that it takes, in their order, by commas.")
@click.option(
    "--keep", type=float, help="Share of leaves, neurons or weights that stays; where features go, share or count."
)
@click.option("--leaves", type=int, help="Number of leaves that stay.")
@click.option("--nodes", type=int, help="Number of nodes, at most.")
@click.option("--trees", type=int, help="Number of trees, at most.")
@click.option("--bytes", "bytes_", type=int, help="Bytes of the new model, at most.")
@click.option("--margin", type=float, help="Loss of AUC that counts as none; the smallest within it.  [default: 0.005]")
@click.option(
    "--same-decisions",
    type=float,
    is_flag=False,
    flag_value=0.999,
    metavar="[SHARE]",
    help="The smallest that decides alike on this share of applications; 1: on every possible one.  [.999]",
)
@click.option("--cutoff", type=float, help="Of --same-decisions: PD to decline from.  [default: where 80 % pass]")
@click.option("--weight", metavar="COL", help="Column of how many rows of the population each row was drawn for.")
@click.option("--unlabelled", type=PLACE, help="Applications without outcome to learn PDs from.")
@model_options.of_one
@model_options.MONOTONE
@NULL
@UNKNOWN
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the split into samples.")
@click.option("--output", required=True, type=PLACE, help="New model; plan and page lie beside it.")
@click.option("--anyway", is_flag=True, help="Write the model where nothing smaller is confirmed; marked so.")
@click.option("--worst-case", is_flag=True, help="Name the applicant whose PD moves most; some half a minute.")
@click.option("--must-keep", multiple=True, metavar="COL", help="Feature that stays, where features go; repeatable.")
@click.option("--must-drop", multiple=True, metavar="COL", help="Feature that goes; repeatable.")
@click.option("--compact", is_flag=True, help="Write the model with the columns alone that it reads.")
@click.option(
    "--as",
    "library",
    type=click.Choice(["lightgbm", "xgboost"]),
    help="Write a file of this library, categories as its own.  [default: the model's]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
@click.pass_obj
def prune(
    console: Console,
    *,
    model: Path | None,
    data: Path,
    target: str | None,
    bad: str | None,
    id_column: str | None,
    teacher_pd: str | None,
    ignore: tuple[str, ...],
    method: str | None,
    criterion: str | None,
    inputs: str | None,
    keep: float | None,
    leaves: int | None,
    nodes: int | None,
    trees: int | None,
    bytes_: int | None,
    margin: float | None,
    same_decisions: float | None,
    cutoff: float | None,
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
    must_keep: tuple[str, ...],
    must_drop: tuple[str, ...],
    compact: bool,
    library: str | None,
    as_json: bool,
) -> None:
    """Prune a LightGBM, XGBoost, CatBoost or ONNX network file that was trained elsewhere, and show what it costs.

    With --teacher-pd no MODEL is needed: a small booster learns the PDs of that column from the other columns, numbers
    all, and is judged against them. OUTPUT is XGBoost's where it ends in .json or .ubj, else LightGBM's.

    Where no size is given the margin decides: the smallest size that is shown to be no worse. With --same-decisions
    the decisions at the cutoff do, and outcomes are not needed.

    Exits with 3 where nothing smaller is shown to be no worse, or to decide alike: then OUTPUT is written only with
    --anyway.
    """
    from riskmodel.cli.render import prune as prune_show
    from riskmodel.cli.render import same_decisions as decisions_show
    from riskmodel.workflows.progress import Stages
    from riskmodel.workflows.prune import from_pd, network, path
    from riskmodel.workflows.prune import pruning as prune
    from riskmodel.workflows.prune.decision_rows import DecisionSource
    from riskmodel.workflows.prune.same_decisions import decide_alike
    from riskmodel.workflows.prune.table import Spelling

    sizes = {"keep": keep, "leaves": leaves, "nodes": nodes, "trees": trees, "bytes": bytes_, "margin": margin}
    asked = PruneOptions(
        model=model,
        data=data,
        output=output,
        target=target,
        teacher_pd=teacher_pd,
        ignore=ignore,
        method=method,
        sizes=sizes,
        same_decisions=same_decisions,
        cutoff=cutoff,
        weight=weight,
        unlabelled=unlabelled,
        levels=levels,
        monotone=monotone,
        of_networks=bool(criterion or inputs),
        of_features=bool(must_keep or must_drop),
        worst_case=worst_case,
        compact=compact,
        library=library,
    )
    asked.check()
    size = size_of(sizes)
    options = {name: columns for name, columns in (("must_keep", must_keep), ("must_drop", must_drop)) if columns}
    stages = Stages(console)
    spelling = Spelling(nulls, unknown, stages.say)
    settings = model_options.settings(missing, levels, all_trees, monotone)
    if same_decisions is not None and model is not None:
        rows = DecisionSource(model, data, target, id_column, seed, unlabelled, spelling, settings, bad, library)
        answer = decide_alike(rows, output, (same_decisions, cutoff), stages, method, options, anyway, worst_case)
        decisions_show.show(answer, output, as_json=as_json, written=anyway or answer.confirmed)
        sys.exit(0 if answer.confirmed else NOTHING_SMALLER)
    taken = tuple(name.strip() for name in inputs.split(",")) if inputs else ()
    if model is None and teacher_pd is not None:
        directions = tuple(settings.monotone.items())
        column = from_pd.LearntColumn(
            data, str(target), teacher_pd, ignore, id_column, seed, unlabelled, weight, spelling, directions, bad
        )
        frontier = from_pd.learn(column, output, size.of_features(False, 0), stages, anyway)
    elif model is not None:
        source = prune.Source(
            model, data, target or "", id_column, seed, unlabelled, weight, spelling, settings, bad, taken, library
        )
        if asked.is_network:
            pruner = network.network_pruner(method or network.METHODS[0], criterion)
            frontier = network.prune_network_file(source, output, size, stages, pruner, anyway=anyway)
        else:
            how = method or path.METHOD
            frontier = prune.prune(source, output, size, stages, how, anyway, worst_case, options, compact)
    if as_json:
        click.echo(prune_show.as_json(frontier, output), nl=False)
    else:
        prune_show.summary(frontier, output, Console(), written=anyway or frontier.confirmed)
    if not frontier.confirmed:
        sys.exit(NOTHING_SMALLER)
