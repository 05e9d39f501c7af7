"""The screen by permuted copies where it is known which features matter: 12 of 40, three seeds.

The portfolio is `riskmodel synth`'s with 13 features: of the twelve core ones `accounts` has no part in the true PD,
and `score` has. The 27 others are drawn with another portfolio of as many rows, and so say nothing of this one. What is
kept is what the screen does not reject.
"""

from time import perf_counter

from rich.console import Console

from riskmodel import scorers
from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic import FEATURES, World
from riskmodel.pruning.algorithms.features.shadow import screened
from tests.benchmarks._tables import parted

ROWS, SEEDS, REPEATS, MATTER, ALL = 20_000, (0, 1, 2), 20, 13, 40
NO_PART = "accounts"


def table(console: Console) -> str:
    lines = [
        f"## Shadow features ({ROWS:,} rows, {REPEATS} repeats, booster of 100 trees)",
        "",
        "| seed | of the 12 kept | false ones kept | kept though they say nothing | lost | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for seed in SEEDS:
        whole = synthetic.portfolio(ROWS, seed=seed, world=World(features=MATTER))
        other = synthetic.portfolio(ROWS, seed=1000 + seed, world=World(features=ALL))
        names = [entry.name for entry in FEATURES]
        for name in names[MATTER:]:
            whole = whole.append_column(name, other[name])
        development, _ = parted(whole, synthetic.roles("", World(features=ALL)), seed)
        features = development.train.features
        scorer = scorers.recipe("lgbm", {"search": 0, "rate": 0.1, "rounds": 100}).fit(development, features, seed)
        start = perf_counter()
        screen = screened(scorer, development, REPEATS, seed)
        seconds = perf_counter() - start
        kept = {c.read_from for i, c in enumerate(features) if i not in screen.rejected}
        true = set(names[:MATTER]) - {NO_PART}
        false = sorted(kept - true)
        lines.append(
            f"| {seed} | {len(kept & true)} | {len(false)} | {', '.join(false) or 'none'} "
            f"| {', '.join(sorted(true - kept)) or 'none'} | {seconds:.0f} |"
        )
        console.print(lines[-1])
    return "\n".join(lines)
