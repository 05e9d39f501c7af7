"""Choices by tune, and as if some time ago, judged on rows that came later: champion, search and blend of a run.

SEEDS=3 python -m tests.benchmarks later

The champion is one of ten peers; how far it is behind the one that test likes best says what a choice can still gain.
Car loans have timestamps; the made-up loans drift by 1.5 log-odds and one standard deviation of strain over their
vintages. Of each 8,000 rows, split by time as a run splits them; the latest fifth is test.
"""

import os
from dataclasses import replace

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.progress import track

from riskmodel import scorers
from riskmodel.config import Data, SplitShares
from riskmodel.core import Choice, Development
from riskmodel.datasets import schema, split, synthetic
from riskmodel.evaluation import auc, log_loss
from riskmodel.evaluation.champion import choose
from riskmodel.workflows.train import develop
from tests.benchmarks._tables import Absent, car_loans

ROWS = 8_000
WORLD = synthetic.World(drift=1.5, shift=1.0)
LEAVES = (4, 8, 16, 31)
PEERS = {
    "lgbm": ("lgbm", {"search": 8, "patience": 50}),
    "scorecard": ("scorecard", {}),
    "blend": ("blend", {"of": [{"kind": "lgbm", "options": {"search": 0}}, {"kind": "scorecard"}]}),
    **{f"lgbm {leaves}": ("lgbm", {"search": 0, "leaves": leaves}) for leaves in LEAVES[:3]},
    **{f"xgb {leaves}": ("xgb", {"search": 0, "leaves": leaves}) for leaves in LEAVES},
}
HEADS = ("table", "seed", "champion by tune", "by later periods", "AUC", "", "log-loss", "")
HEADS += ("booster, AUC", "", "log-loss", "", "AUC less the best peer's", "")
SHORT = 0.001  # of AUC, that a champion may be behind the best of its peers
WAYS = ("tune", "later periods")


def drifting() -> tuple[pa.Table, Data]:
    """Made-up loans whose level and borrowers change by vintage."""
    return synthetic.portfolio(60_000, 0, WORLD), synthetic.roles("", WORLD)


def table(console: Console) -> str:
    """Test log-loss and AUC of what each way chose, by table and seed, and the mean difference."""
    lines = [
        "## Choosing by tune or by later periods, judged out of time",
        "",
        f"{ROWS:,} rows of each table, split by time; figures are of test, the latest fifth.",
        "",
        f"| {' | '.join(HEADS)} |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    jobs = [(name, seed) for seed in range(int(os.environ.get("SEEDS", "3"))) for name in ("synthetic", "car loans")]
    gains, behind = [], []
    for name, seed in track(jobs, "later", console=console):
        try:
            row, gain, short = _measured(name, seed)
        except Absent as error:
            console.print(f"left out: {name}: {error}")
            continue
        lines.append(row)
        gains.append(gain)
        behind.append(short)
    worth = ", ".join(
        f"{label} {np.mean(of):+.4f} (worst {pick(of):+.4f})"
        for label, of, pick in zip(
            ("champion's AUC", "its log-loss", "booster's AUC", "its log-loss"),
            np.array(gains).T,
            (min, max, min, max),
            strict=True,
        )
    )
    kept = ", ".join(f"by {way} {int((of >= -SHORT).sum())}" for way, of in zip(WAYS, np.array(behind).T, strict=True))
    said = f"Within {SHORT} of the best of {len(PEERS)} peers by test, of {len(behind)} champions: {kept}."
    return "\n".join([*lines, "", f"Later periods less tune, mean over rows of the table: {worth}.", "", said])


def _measured(name: str, seed: int) -> tuple[str, np.ndarray, np.ndarray]:
    whole, roles = drifting() if name == "synthetic" else car_loans()
    drawn = np.sort(np.random.default_rng(seed).permutation(whole.num_rows)[:ROWS])
    whole = whole.take(pa.array(drawn))
    keys = split.row_keys(whole, roles)
    rows = split.draw(keys.default, SplitShares(), seed, keys.days, keys.borrower)
    columns = schema.learn(whole, roles, keys.default, rows.train)
    samples = split.split(whole, columns, rows, keys)
    assert samples.development.out_of_time
    made = {way: _made(replace(samples.development, out_of_time=way != "tune"), columns.features, seed) for way in WAYS}
    test = samples.test.open(Choice(" ".join(champion for champion, _ in made.values())))
    worth = np.array([
        (auc(test.default, pd).value, log_loss(test.default, pd).value)
        for champion, fitted in made.values()
        for pd in (fitted[champion].scorer.score(test), fitted["lgbm"].scorer.score(test))
    ]).reshape(2, 2, 2)  # fmt: skip
    best = max(
        auc(test.default, one.scorer.score(test)).value for _, fitted in made.values() for one in fitted.values()
    )
    short = worth[:, 0, 0] - best
    cells = " | ".join(f"{value:.4f}" for value in worth.transpose(1, 2, 0).ravel())
    row = f"| {name} | {seed} | {made['tune'][0]} | {made['later periods'][0]} | {cells} |"
    return f"{row} {short[0]:+.4f} | {short[1]:+.4f} |", (worth[1] - worth[0]).ravel(), short


def _made(development: Development, features: tuple, seed: int) -> tuple[str, dict]:
    recipes = {name: scorers.recipe(kind, options) for name, (kind, options) in PEERS.items()}
    fitted = develop.fitted(recipes, features, development, seed)
    return choose(fitted, development).name, fitted
