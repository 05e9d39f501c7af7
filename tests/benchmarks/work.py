"""What a multiply-add of a network and a step of a scorecard cost beside a node that a row visits: the unit of work.

Each kind is fitted in two sizes on the Taiwan table; what the larger takes more, by operation more, is its price, so
that reading the rows is no part of it. Rounds are interleaved, one thread, and the least time counts: a price is a
ratio of two machine codes, and a load only ever adds.
"""

from collections.abc import Mapping
from time import perf_counter_ns

import numpy as np
from rich.console import Console
from rich.progress import track
from threadpoolctl import threadpool_limits

from riskmodel import pruning, scorers
from riskmodel.core import Development, Matrix, Scorer
from riskmodel.core.work import PRICES, VERSION
from tests.benchmarks._tables import cut

ROWS, ROUNDS = 10_000, 40
UNPRICED = {"tree node": 1.0, "multiply-add": PRICES.multiply_add, "scorecard step": PRICES.scorecard_step}


def table(console: Console) -> str:
    """Nanoseconds an operation, its price in tree nodes, and the price that the package holds."""
    development, _ = cut("Taiwan", 0)
    pairs = _pairs(development)
    times = _fastest(
        {f"{name} {i}": s for name, pair in pairs.items() for i, s in enumerate(pair)}, development, console
    )
    took = {}
    for name, (small, large) in pairs.items():
        more = (large.complexity().work - small.complexity().work) / UNPRICED[name]
        took[name] = (times[f"{name} 1"] - times[f"{name} 0"]) / ROWS / more
    lines = [
        f"## The unit of work (version {VERSION}): one tree node that a row visits",
        "",
        f"Batches of {ROWS:,} Taiwan rows, one thread, least of {ROUNDS} interleaved rounds.",
        "",
        "| operation | nanoseconds | in tree nodes | held by the package |",
        "|---|---|---|---|",
        *(f"| {name} | {ns:.3f} | {ns / took['tree node']:.3f} | {UNPRICED[name]:g} |" for name, ns in took.items()),
    ]
    return "\n".join(lines)


def _pairs(development: Development) -> Mapping[str, tuple[Scorer, Scorer]]:
    """A small and a large scorer of each kind of operation."""
    features = development.train.features
    trees = scorers.recipe("lgbm", {"search": 0}).fit(development, features, 0)
    prefix = pruning.make("prefix")
    few = prefix.apply(prefix.plan(trees, development, 0.2), trees, development)
    small, large = (
        scorers.recipe("mlp", {"hidden": hidden, "epochs": 1}).fit(development, features, 0)
        for hidden in ([16, 16], [128, 128])
    )
    card = scorers.recipe("scorecard", {}).fit(development, features, 0)
    thin = pruning.make("features")
    part = thin.apply(thin.plan(card, development, 0.3), card, development)
    return {"tree node": (few, trees), "multiply-add": (small, large), "scorecard step": (part, card)}


def _fastest(made: Mapping[str, Scorer], development: Development, console: Console) -> Mapping[str, float]:
    matrix = development.train.matrix[:ROWS]
    rows: dict[str, Matrix] = {}
    for name, scorer in made.items():
        places = [development.train.features.index(column) for column in scorer.features]
        rows[name] = np.ascontiguousarray(matrix[:, places])
    best = dict.fromkeys(made, float("inf"))
    with threadpool_limits(limits=1):
        for _ in track(range(ROUNDS), "work", console=console):
            for name, scorer in made.items():
                start = perf_counter_ns()
                scorer.raw_margin(rows[name])
                best[name] = min(best[name], perf_counter_ns() - start)
    return best
