"""The screen by permuted copies where it is known which features matter: 12 of 40, three seeds.

The portfolio is `riskmodel synth`'s with 13 features: of the twelve core ones `accounts` has no part in the true PD,
and `score` has. The 27 others are drawn with another portfolio of as many rows, and so say nothing of this one. What is
kept is what the screen does not reject.
"""

from time import perf_counter

from rich.console import Console

from riskmodel import scorers
from riskmodel.core import Development, Sample
from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic import FEATURES, World
from riskmodel.pruning.algorithms.features.shadow import screened
from tests.benchmarks._tables import parted

ROWS, SEEDS, REPEATS, MATTER, ALL = 20_000, (0, 1, 2), 20, 13, 40
NO_PART = "accounts"
NAMES = [entry.name for entry in FEATURES]
TRUE = frozenset(NAMES[:MATTER]) - {NO_PART}


def table(console: Console) -> str:
    lines = [
        f"## Shadow features ({ROWS:,} rows, {REPEATS} repeats, booster of 100 trees)",
        "",
        "| seed | of the 12 kept | false ones kept | kept though they say nothing | lost | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for seed in SEEDS:
        development, _ = drawn(seed)
        features = development.train.features
        scorer = scorers.recipe("lgbm", {"search": 0, "rate": 0.1, "rounds": 100}).fit(development, features, seed)
        start = perf_counter()
        screen = screened(scorer, development, REPEATS, seed)
        seconds = perf_counter() - start
        kept = {c.read_from for i, c in enumerate(features) if i not in screen.rejected}
        false = sorted(kept - TRUE)
        lines.append(
            f"| {seed} | {len(kept & TRUE)} | {len(false)} | {', '.join(false) or 'none'} "
            f"| {', '.join(sorted(TRUE - kept)) or 'none'} | {seconds:.0f} |"
        )
        console.print(lines[-1])
    return "\n".join(lines)


def drawn(seed: int) -> tuple[Development, Sample]:
    """Development and test of the portfolio."""
    whole = synthetic.portfolio(ROWS, seed=seed, world=World(features=MATTER))
    other = synthetic.portfolio(ROWS, seed=1000 + seed, world=World(features=ALL))
    for name in NAMES[MATTER:]:
        whole = whole.append_column(name, other[name])
    return parted(whole, synthetic.roles("", World(features=ALL)), seed)
