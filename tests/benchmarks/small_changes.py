"""Decisions that a change of 1 % of each feature's spread turns, before and after a cut, on Taiwan's table.

60/20/20 by seed; LightGBM and the neural scorer by their default recipes, each cut to a share of its leaves or neurons
and recalibrated on tune as runs do; the cutoff is where the whole model approves 80 % of tune. On
2,000 rows of test: shown by rows that were scored, and not excluded by bounds. Difference: shown by the cut less shown
by the whole, Student's t over seeds; worse: splits on which the paired interval, bounds counted, lies above 0.
"""

import json
import statistics
import time

import numpy as np
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.core import Development, Matrix, Scorer
from riskmodel.evaluation import auc
from riskmodel.evaluation.metrics.calibration import recalibrated
from riskmodel.evaluation.robustness.nearby import TurnedNearby, turned_nearby
from riskmodel.evaluation.robustness.small_changes import excess
from tests.benchmarks._tables import RAW, cut
from tests.benchmarks.sequence import _interval

CELLS, SEEDS, APPROVED, ROWS = RAW / "benchmarks" / "small_changes", 3, 0.8, 2_000
PLAIN = {"compensate": "none", "refit_head": False, "epochs": 0}
NETWORK = {
    "obs": {"epochs": 0},
    "obs, 3 epochs": {"epochs": 3},
    "random": {"criterion": "random", "epochs": 0},
    "random, as it is": {"criterion": "random", **PLAIN},
    "minimum variance": {"criterion": "variance", "epochs": 0},
    "minimum variance, as it is": {"criterion": "variance", **PLAIN},
    "magnitude, as it is": {"criterion": "magnitude", **PLAIN},
}
CUTS = {
    "lgbm": [(way, way, {}, 0.1) for way in ("group_lasso", "prefix", "distil")],
    "neural": [(name, "neurons", options, 0.25) for name, options in NETWORK.items()],
}


def table(console: Console) -> str:
    """A row a cut: AUC lost, share turned before and after, difference."""
    CELLS.mkdir(parents=True, exist_ok=True)
    for seed in range(SEEDS):
        for kind in CUTS:
            if not (place := CELLS / f"{kind}-{seed}.json").exists():
                console.print(f"{kind}, seed {seed}")
                place.write_text(json.dumps(measured(kind, seed)))
    lines = [line for kind in CUTS for line in _lines(kind)]
    head = (
        f"| 10 % of leaves, 25 % of neurons ({SEEDS} seeds) | AUC less the whole's (95 %) "
        "| shown (not excluded), whole | cut | difference (95 %) | worse | seconds |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([__doc__.strip(), "", head, *lines])


def measured(kind: str, seed: int) -> dict[str, dict[str, float | bool]]:
    """One model of one split, and its cuts."""
    development, test = cut("Taiwan", seed)
    rows = test.take(np.arange(ROWS)).matrix
    whole = recalibrated(scorers.recipe(kind, {}).fit(development, development.train.features, seed), development.tune)
    cutoff = float(np.quantile(whole.score(development.tune), APPROVED))
    before = turned_nearby(whole, rows, cutoff)
    cells, worth = {}, auc(test.default, whole.score(test)).value
    for name, method, of, keep in CUTS[kind]:
        small = _small(whole, method, of, keep, development)
        cells[name] = _cell(small, rows, cutoff, before)
        cells[name]["auc"] = auc(test.default, small.score(test)).value - worth
    return cells


def _small(whole: Scorer, method: str, options: dict[str, object], keep: float, development: Development) -> Scorer:
    pruner = pruning.make(method, options)
    small = pruner.apply(pruner.plan(whole, development, keep), whole, development)
    return recalibrated(small, development.tune)


def _cell(small: Scorer, rows: Matrix, cutoff: float, before: TurnedNearby) -> dict[str, float | bool]:
    begin = time.process_time()
    after = turned_nearby(small, rows, cutoff)
    seconds = time.process_time() - begin
    shares = {name: float(side.turned.mean()) for name, side in (("before", before), ("after", after))}
    most = {
        f"{name} most": float((side.turned if side.open_ is None else side.open_).mean())
        for name, side in (("before", before), ("after", after))
    }
    difference = excess(before, after)
    return {**shares, **most, "difference": difference.value, "worse": difference.low > 0, "seconds": seconds}


def _lines(kind: str) -> list[str]:
    cells = [json.loads((CELLS / f"{kind}-{seed}.json").read_text()) for seed in range(SEEDS)]
    return [
        f"| {kind}: {name} | {_interval([c[name]['auc'] for c in cells])} | {_side(cells, name, 'before')} "
        f"| {_side(cells, name, 'after')} | {_interval([c[name]['difference'] for c in cells])} "
        f"| {sum(c[name]['worse'] for c in cells)} of {SEEDS} "
        f"| {statistics.mean(c[name]['seconds'] for c in cells):.0f} |"
        for name, *_ in CUTS[kind]
    ]


def _side(cells: list[dict[str, dict[str, float]]], name: str, side: str) -> str:
    least, most = (statistics.mean(cell[name][key] for cell in cells) for key in (side, f"{side} most"))
    return f"{least:.2%} ({most:.2%})"
