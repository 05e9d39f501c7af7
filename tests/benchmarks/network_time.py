"""How long a network takes to train and to prune: seconds of one process on one thread, as the recipe has it."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.core import Development, Scorer
from riskmodel.datasets import synthetic
from riskmodel.pruning.algorithms.networks.criteria import OF_NEURONS, OF_WEIGHTS
from riskmodel.pruning.algorithms.networks.network_pruner import PENALTIES
from riskmodel.pruning.neurons import NeuronsPruner
from tests.benchmarks._tables import parted, taiwan
from tests.benchmarks.network import KINDS

LARGE = 250_000  # rows, of which 150,000 are train
Made = TypeVar("Made")
KEEP = 0.25


def table(console: Console) -> str:
    """Training by set and kind, then pruning by criterion."""
    lines = ["## Training a network, one thread", "", "| set | rows of train | network | epochs, at most | seconds |"]
    lines.append("|---" * 5 + "|")
    result: dict[str, tuple[Scorer, Development]] = {}
    for name, development in _samples():
        for kind, options in KINDS.items():
            console.print(name, kind)
            scorer, seconds, epochs = _trained(options, development)
            result.setdefault(kind, (scorer, development))
            lines.append(f"| {name} | {len(development.train):,} | {kind} | {epochs} | {seconds:.0f} |")
    return "\n\n".join(["\n".join(lines), _pruned(*result["MLP 256-256"], console)])


def _samples() -> list[tuple[str, Development]]:
    large = parted(synthetic.portfolio(LARGE, seed=0), synthetic.roles(""), 0)
    return [("Taiwan", parted(*taiwan(), 0)[0]), ("synthetic", large[0])]


def _trained(options: dict[str, object], development: Development) -> tuple[Scorer, float, int]:
    epochs = 0

    def tick() -> None:
        nonlocal epochs
        epochs += 1

    recipe = scorers.recipe("neural", options)
    scorer, seconds = _timed(lambda: recipe.fit(development, development.train.features, 0, tick))
    return scorer, seconds, epochs


def _pruned(scorer: Scorer, development: Development, console: Console) -> str:
    """Plan and cut with compensation, nothing trained; criteria that train under a penalty are no pruning alone."""
    rows = NeuronsPruner().rows
    lines = [f"### Pruning 256-256 to {KEEP:.0%} on {rows:,} rows, compensated, not trained: seconds", ""]
    lines += ["| criterion | neurons | weights |", "|---|---|---|"]
    units = {"neurons": OF_NEURONS, "weights": OF_WEIGHTS}
    for criterion in dict.fromkeys([*OF_NEURONS, *OF_WEIGHTS]):
        if criterion in PENALTIES:
            continue
        console.print(criterion)
        row = [_seconds(unit, criterion, scorer, development) if criterion in of else "" for unit, of in units.items()]
        lines.append(f"| {criterion} | {' | '.join(row)} |")
    return "\n".join(lines)


def _seconds(unit: str, criterion: str, scorer: Scorer, development: Development) -> str:
    pruner = pruning.make(unit, {"criterion": criterion, "epochs": 0, "refit_head": False})
    _, seconds = _timed(lambda: pruner.apply(pruner.plan(scorer, development, KEEP), scorer, development))
    return f"{seconds:.1f}"


def _timed(make: Callable[[], Made]) -> tuple[Made, float]:
    start = perf_counter()
    return make(), perf_counter() - start
