"""`riskmodel synth`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from riskmodel.cli.options import PLACE


def _whole(context: click.Context, parameter: click.Parameter, text: str) -> int:  # noqa: ARG001
    """Counts are often written 1e6."""
    try:
        number = float(text)
        if number >= 1 and number.is_integer():
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise click.BadParameter(f"must be a whole number of at least 1, such as 5000 or 1e6, however: {text}")


@click.command()
@click.option("--rows", required=True, metavar="N", callback=_whole, help="Number of loans; 1e6 is a million.")
@click.option("--output", "--out", "output", required=True, type=PLACE, help="New folder.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Same seed, same bytes.")
@click.option("--features", default=40, show_default=True, type=int, help="How many features, 12 to 40.")
@click.option("--target-rate", type=float, help="Mean true PD.  [default: about 0.12]")
@click.option("--gap", default=0.0, show_default=True, help="Log-odds of group B above A with the same features.")
@click.option("--drift", default=0.0, show_default=True, help="Log-odds of the last vintage above the first.")
@click.option("--shift", default=0.0, show_default=True, help="By how many deviations the borrowers change meanwhile.")
@click.option("--noise", default=0.0, show_default=True, help="Probability that an outcome is recorded wrongly.")
@click.option("--missing", default=1.0, show_default=True, help="Times as often as usual that a value is not stated.")
@click.option("--returning", default=0.0, show_default=True, help="Share of loans whose borrower has another one.")
@click.option("--duplicates", default=0.0, show_default=True, help="Share of rows that repeat another one in full.")
@click.option("--leak", is_flag=True, help="Plant two columns that are known only after the outcome.")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
@click.pass_obj
def synth(
    console: Console,
    /,
    *,
    rows: int,
    output: Path,
    seed: int,
    target_rate: float | None,
    as_json: bool,
    **settings: float,
) -> None:
    """Simulate a loan portfolio whose true PD is known, with a run's TOML and a README beside it.

    Every setting is a known amount, so that a test of power, fairness, drift or calibration has a right answer.
    """
    from riskmodel.datasets.synthetic import World, at_rate
    from riskmodel.workflows import synth
    from riskmodel.workflows.progress import Stages

    world = World(**settings)  # type: ignore[arg-type]
    if target_rate is not None:
        world = at_rate(world, target_rate, seed)
    facts = synth.synth(rows, seed, world, output, Stages(console))
    click.echo(synth.as_json(facts) if as_json else synth.in_words(facts, output))
