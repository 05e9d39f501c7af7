"""Decisions that a change of 1 % of each feature's spread turns, before and after a cut, on Taiwan's table.

60/20/20 by seed; LightGBM, the neural scorer and `gru` by their default recipes, each cut to a share of its leaves,
neurons or units and recalibrated on tune as runs do; the cutoff is where the whole model approves 80 % of tune. On
5,000 rows of test: shown by rows that were scored, and not excluded by bounds. Difference: shown by the cut less shown
by the whole, Student's t over seeds; worse: splits on which the paired interval, bounds counted, lies above 0.
"""

import json
import statistics
import time

import numpy as np
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.core import Development, Sample, Scorer
from riskmodel.evaluation import auc
from riskmodel.evaluation.metrics.calibration import recalibrated
from riskmodel.evaluation.robustness.before_and_after import compared
from riskmodel.evaluation.thresholds import standard
from tests.benchmarks._tables import RAW, cut
from tests.benchmarks.sequence import MONTHS, _interval

CELLS, SEEDS, APPROVED = RAW / "benchmarks" / "small_changes", 5, 0.8
NETWORK = {
    "obs": {"epochs": 0},
    "obs, 3 epochs": {"epochs": 3},
    "random": {"criterion": "random", "epochs": 0},
    "random, as it is": {"criterion": "random", "compensate": "none", "refit_head": False, "epochs": 0},
    "minimum variance": {"criterion": "variance", "epochs": 0},
    "minimum variance, as it is": {"criterion": "variance", "compensate": "none", "refit_head": False, "epochs": 0},
    "magnitude, as it is": {"criterion": "magnitude", "compensate": "none", "refit_head": False, "epochs": 0},
}
CUTS = {
    "lgbm": [(way, way, {}, 0.1) for way in ("group_lasso", "prefix", "distil")],
    "neural": [(f"{name}, {keep:.0%}", "neurons", of, keep) for keep in (0.25, 0.1) for name, of in NETWORK.items()],
    "gru": [(f"{name}, 25%", "neurons", of, 0.25) for name, of in NETWORK.items()],
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
        f"| cut ({SEEDS} seeds) | AUC less the whole's (95 %) | shown (not excluded), whole | of the cut "
        "| difference (95 %) | worse | seconds |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([__doc__.strip(), "", head, *lines])


def measured(kind: str, seed: int) -> dict[str, dict[str, float | bool]]:
    """One model of one split, and its cuts."""
    development, test = cut("Taiwan", seed)
    options = {"sequence": MONTHS} if kind == "gru" else {}
    whole = _calibrated(scorers.recipe(kind, options).fit(development, development.train.features, seed), development)
    cutoff = float(np.quantile(whole.score(development.tune), APPROVED))
    return {
        name: _compared(whole, _small(whole, method, of, keep, development), test, cutoff)
        for name, method, of, keep in CUTS[kind]
    }


def _small(whole: Scorer, method: str, options: dict[str, object], keep: float, development: Development) -> Scorer:
    pruner = pruning.make(method, options)
    return _calibrated(pruner.apply(pruner.plan(whole, development, keep), whole, development), development)


def _calibrated(scorer: Scorer, development: Development) -> Scorer:
    return recalibrated(scorer, development.tune)


def _compared(whole: Scorer, small: Scorer, test: Sample, cutoff: float) -> dict[str, float | bool]:
    begin = time.process_time()
    both = compared(whole, small, test, cutoff, standard())
    assert not isinstance(both, str)
    rows, sides = both.rows, {"before": both.given, "after": both.written}
    shares = {name: side.turned / rows for name, side in sides.items()}
    return {
        "auc": auc(test.default, small.score(test)).value - auc(test.default, whole.score(test)).value,
        **shares,
        **{f"{name} most": (side.not_excluded or 0) / rows for name, side in sides.items()},
        "difference": shares["after"] - shares["before"],
        "worse": both.excess.low > 0,
        "seconds": time.process_time() - begin,
    }


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
    shown, most = (statistics.mean(cell[name][key] for cell in cells) for key in (side, f"{side} most"))
    return f"{shown:.2%} ({most:.2%})"
