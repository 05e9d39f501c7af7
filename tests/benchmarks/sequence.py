"""Sequence scorers on Taiwan's six months, beside the neural scorer, LightGBM and blends of it, on the same splits.

60/20/20 by seed; each stops, blends and is tuned by its default recipe on tune, and is judged once on test. Then a
quarter of the hidden units or channels and neurons is kept by `neurons` (obs, least squares), as it is and after three
epochs, and 10,000 rows are scored by turns before and after. Intervals: Student's t over seeds, whose test rows
overlap; non-inferior: on one split, the paired one-sided 95 % bound of the AUC's loss (DeLong) lies under .005.
"""

import json
import statistics
import time

import numpy as np
from rich.console import Console
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Sample, Scorer
from riskmodel.evaluation import auc, log_loss
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.scorers.blend import BlendRecipe, blended
from tests.benchmarks._tables import RAW, cut

CELLS, SEEDS, KEEP, TURNS, ROWS = RAW / "benchmarks" / "sequence", 5, 0.25, 15, 10_000
MONTHS = {
    "pay": ["PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2", "PAY_0"],
    "bill": [f"BILL_AMT{i}" for i in range(6, 0, -1)],
    "paid": [f"PAY_AMT{i}" for i in range(6, 0, -1)],
}
WAYS = (
    "lgbm",
    "neural",
    "gru",
    "conv",
    "lgbm with neural",
    "lgbm with gru",
    "lgbm with conv",
    "lgbm with gru with conv",
)
SEQUENCES = ("gru", "conv")
CUTS = {
    "random": {"criterion": "random", "epochs": 0},
    "cut": {"epochs": 0},
    "three epochs": {"epochs": 3},
    "random, three epochs": {"criterion": "random", "epochs": 3},
}
MARGIN, ONE_SIDED = 0.005, 1.6448536269514722


def table(console: Console) -> str:
    """AUC on test of each way, less LightGBM's; what a cut to a quarter loses, and its speed."""
    CELLS.mkdir(parents=True, exist_ok=True)
    for seed in range(SEEDS):
        if not (place := CELLS / f"{seed}.json").exists():
            console.print(f"seed {seed}")
            place.write_text(json.dumps(measured(seed)))
    seeds = [json.loads((CELLS / f"{seed}.json").read_text()) for seed in range(SEEDS)]
    cells = {way: [seed[way] for seed in seeds] for way in WAYS}
    lines = [
        f"| {way} | {_mean(cells[way], 'auc'):.4f} | {_apart(cells[way], cells['lgbm'])} "
        f"| {_mean(cells[way], 'log_loss'):.4f} | {_mean(cells[way], 'seconds'):.0f} |"
        for way in WAYS
    ]
    cuts = [
        f"| {way} | {label} | {_interval([c[label] for c in cells[way]])} "
        f"| {sum(c[f'{label} bound'] > -MARGIN for c in cells[way])} of {SEEDS} "
        f"| {_times([c['ratio'] for c in cells[way]])} |"
        for way in SEQUENCES
        for label in CUTS
    ]
    head = f"| way ({SEEDS} seeds) | AUC | less lgbm's (95 %) | log-loss | processor, seconds |\n|---|---|---|---|---|"
    after = (
        "| a quarter kept | by | AUC less the whole's (95 %) | non-inferior at .005 | times as fast, 10,000 rows |\n"
        "|---|---|---|---|---|"
    )
    return "\n".join([__doc__.strip(), "", head, *lines, "", after, *cuts])


def measured(seed: int) -> dict[str, dict[str, float]]:
    """One split: each way fitted, and cut where it reads months."""
    development, test = cut("Taiwan", seed)
    made: dict[str, Scorer] = {}
    cells: dict[str, dict[str, float]] = {}
    for way in WAYS:
        begin = time.process_time()
        made[way] = _fitted(way, made, development, seed)
        pd = made[way].score(test)
        cells[way] = {"seconds": time.process_time() - begin, "auc": auc(test.default, pd).value}
        cells[way]["log_loss"] = log_loss(test.default, pd).value
        if way in SEQUENCES:
            cells[way] |= _cut(made[way], development, test)
    return cells


def _fitted(way: str, made: dict[str, Scorer], development: Development, seed: int) -> Scorer:
    features, names = development.train.features, way.split(" with ")
    if len(names) > 1:  # the weights alone are new
        recipe = BlendRecipe(of=[_entry(name) for name in names])
        return blended([made[name] for name in names], recipe, seed, features).without((), development)
    return scorers.recipe(way, _entry(way).get("options", {})).fit(development, features, seed)


def _cut(scorer: Scorer, development: Development, test: Sample) -> dict[str, float]:
    cell, before = {}, placements(test.default, scorer.score(test))
    for label, options in CUTS.items():
        pruner = pruning.make("neurons", options)
        small = pruner.apply(pruner.plan(scorer, development, KEEP), scorer, development)
        change = placements(test.default, small.score(test)) - before
        cell |= {label: change.auc, f"{label} bound": change.auc - ONE_SIDED * change.standard_error}
    return {**cell, "ratio": _ratio(scorer, small, test.matrix)}


def _times(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


def _entry(name: str) -> dict[str, object]:
    return {"kind": name, "options": {"sequence": MONTHS}} if name in SEQUENCES else {"kind": name}


def _ratio(whole: Scorer, small: Scorer, matrix: np.ndarray) -> float:
    rows = matrix[np.resize(np.arange(len(matrix)), ROWS)]
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(TURNS):
        for is_whole, scorer in ((True, whole), (False, small)):
            begin = time.process_time()
            scorer.raw_margin(rows)
            seconds[is_whole].append(time.process_time() - begin)
    return statistics.median(seconds[True]) / statistics.median(seconds[False])


def _mean(cells: list[dict[str, float]], name: str) -> float:
    return statistics.mean(cell[name] for cell in cells)


def _apart(cells: list[dict[str, float]], others: list[dict[str, float]]) -> str:
    return _interval([cell["auc"] - other["auc"] for cell, other in zip(cells, others, strict=True)])


def _interval(values: list[float]) -> str:
    half = t.ppf(0.975, len(values) - 1) * statistics.stdev(values) / len(values) ** 0.5
    return f"{statistics.mean(values):+.4f} ± {half:.4f}"
