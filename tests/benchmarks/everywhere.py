"""Models of other libraries: random ones of each kind there and back, a large forest, and CatBoost cut to a tenth.

MODELS=100 python -m tests.benchmarks everywhere     fewer of each kind than 500

A PD is held against the library's own on rows that nothing was fitted on, missing values and levels among them. The
forest and CatBoost are fitted on half of train, cut on the other half and tune (CatBoost stops on a quarter of these),
and judged on test by the paired difference of AUC with its one-sided 95 % bounds. How much of an EBM stays is in the
table `ebm`.
"""

import os
import pickle
import time
import warnings
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from catboost import CatBoostClassifier
from rich.console import Console
from rich.progress import track
from sklearn.ensemble import RandomForestClassifier

from riskmodel import prune_trees
from riskmodel.config import Margins
from riskmodel.core import Sample
from riskmodel.evaluation import auc, compare
from riskmodel.scorers import AS_SAVED, opened, taken_apart
from tests.benchmarks._round_trips import KINDS, QUIET, Trip, trip
from tests.benchmarks._tables import available, cut

MODELS, TREES, SEEDS = int(os.environ.get("MODELS", "500")), 1000, (0, 1)
MARGIN = Margins().auc
SIZES = (256, 512)  # leaves of what a forest becomes
SPLIT = 0.5  # of train, that fits
TABLES = ("Give Me Some Credit", "Taiwan")


def table(console: Console) -> str:
    """All three parts."""
    warnings.simplefilter("ignore")
    parts = [f"## Models of other libraries ({MODELS} random ones of each kind; seeds {', '.join(map(str, SEEDS))})"]
    for part in (_round_trips, _forests, _catboost):
        parts.append(part(console))
        console.print(parts[-1])
    return "\n\n".join(parts)


def _round_trips(console: Console) -> str:
    lines = [
        "### There and back: the largest difference of a PD",
        "",
        "A cut has half of the trees and of these half of the lowest splits; read by us, and by the library.",
        "",
        "| kind | models | read | put together again | cut | refused | in the words |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        trips = [trip(kind, seed) for seed in track(range(MODELS), kind, console=console)]
        lines.append(_trips_row(kind, trips))
    return "\n".join(lines)


def _trips_row(kind: str, trips: list[Trip]) -> str:
    fine = [one for one in trips if not one.refusal]
    words = Counter(one.refusal for one in trips if one.refusal).most_common(1)
    worst = [f"{max(getattr(one, name) for one in fine):.1e}" if fine else "" for name in ("read", "back", "cut")]
    refused, example = len(trips) - len(fine), words[0][0] if words else ""
    return f"| {kind} | {len(trips)} | {worst[0]} | {worst[1]} | {worst[2]} | {refused} | {example} |"


def _forests(console: Console) -> str:
    name = next(iter(available(TABLES)))
    lines = [
        f"### A forest of {TREES:,} trees ({name}), seed {SEEDS[0]}",
        "",
        "MB are of the pickle of a forest, and of the text of a booster; rows a second on one core, all ways in turns.",
        "",
        "| model | leaves | MB | rows a second | times as fast | AUC | difference | non-inferior at .005 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    fits, cuts, test = _parts(name, SEEDS[0])
    forest = RandomForestClassifier(TREES, min_samples_leaf=5, n_jobs=1, random_state=0).fit(fits.matrix, fits.default)
    models: dict[str, tuple[Any, int, int]] = {"given": (forest, _leaves(forest), len(pickle.dumps(forest)))}
    for leaves in SIZES:
        for way in (None, "lightgbm"):
            made = prune_trees(forest, cuts.matrix, cuts.default, leaves=leaves, as_=way)
            size = len(pickle.dumps(made)) if way is None else len(made.model_to_string())
            models[f"{way or 'forest'}, {leaves}"] = (made, _leaves(made), size)
    rates = _rates({label: model for label, (model, *_) in models.items()}, test.matrix)
    given = _pd(forest, test.matrix)
    for label, (model, leaves, size) in models.items():
        pd = _pd(model, test.matrix)
        times = f"{rates[label] / rates['given']:.0f}"
        lines.append(
            f"| {label} | {leaves:,} | {size / 1e6:.2f} | {rates[label]:,.0f} | {times} "
            f"| {auc(test.default, pd).value:.4f} | {_change(test, pd, given) if label != 'given' else ' | '} |"
        )
    return "\n".join(lines)


def _catboost(console: Console) -> str:
    lines = [
        "### CatBoost, and a tenth of its leaves (numbers; 1,000 rounds of depth 6, stopped on tune)",
        "",
        "| table | seed | leaves | times fewer | AUC | difference | non-inferior at .005 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in available(TABLES):
        for seed in track(SEEDS, f"CatBoost {name}", console=console):
            fits, cuts, test = _parts(name, seed)
            half = len(cuts) // 4
            stop = (cuts.matrix[:half], cuts.default[:half])
            model = CatBoostClassifier(iterations=1000, depth=6, random_seed=seed, early_stopping_rounds=50, **QUIET)
            model.fit(fits.matrix, fits.default, eval_set=stop)
            given, whole = _pd(model, test.matrix), _leaves(model)
            lines.append(f"| {name} | {seed} | {whole:,} | | {auc(test.default, given).value:.4f} | | |")
            for keep in (0.1, 0.03):
                small = prune_trees(model, cuts.matrix[half:], cuts.default[half:], keep=keep)
                pd, leaves = _pd(small, test.matrix), _leaves(small)
                lines.append(
                    f"| {name} | {seed} | {leaves:,} | {whole / leaves:.1f} | {auc(test.default, pd).value:.4f} | "
                    f"{_change(test, pd, given)} |"
                )
    return "\n".join(lines)


def _parts(name: str, seed: int) -> tuple[Sample, Sample, Sample]:
    """Rows that fit, rows that stop and cut, and test."""
    development, test = cut(name, seed)
    train, tune = development.train, development.tune
    order = np.random.default_rng(seed).permutation(len(train))
    fits, rest = np.split(order, [round(SPLIT * len(train))])
    both = Sample(
        "cuts",
        train.features,
        np.concatenate([tune.matrix, train.matrix[rest]]),
        np.concatenate([tune.default, train.default[rest]]),
        np.arange(len(tune) + len(rest)),
    )
    return train.take(fits), both, test


def _leaves(model: Any) -> int:
    if hasattr(model, "estimators_"):
        return sum(int(tree.tree_.n_leaves) for tree in model.estimators_)
    return opened(taken_apart(model).content, AS_SAVED).scorer.ensemble.n_leaves


def _pd(model: Any, matrix: np.ndarray) -> np.ndarray:
    return model.predict_proba(matrix)[:, 1] if hasattr(model, "predict_proba") else model.predict(matrix)


def _change(test: Sample, pd: np.ndarray, given: np.ndarray) -> str:
    change = compare("cut", "given", test, pd, given, Margins()).differences["auc"]
    verdict = "yes" if change.lower > -MARGIN else "no"
    return f"{change.delta:+.4f} ({change.lower:+.4f} to {change.upper:+.4f}) | {verdict}"


def _rates(models: dict[str, Any], matrix: np.ndarray) -> dict[str, float]:
    """Rows a second: the median of five, in turns."""
    rows = matrix[:5000]
    seconds: dict[str, list[float]] = {label: [] for label in models}
    for _ in range(5):
        for label, model in models.items():
            seconds[label].append(_timed(lambda model=model: _pd(model, rows)))
    return {label: len(rows) / median(times) for label, times in seconds.items()}


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
