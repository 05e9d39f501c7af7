"""Pruning of features on Taiwan: what a share costs in AUC, and how far PDs move, on rows that chose nothing.

Each method prunes boosters of default settings to .7 and .4 of the features on train and tune, and is recalibrated on
tune as in a run. Paired differences on test; the interval is of the mean over the seeds (DeLong, splits taken as
independent). "same features" fits the recipe afresh on the features that `remove_without_refit` keeps: its true rival.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.config import Margins
from riskmodel.core import Development, Sample, Scorer
from riskmodel.evaluation import auc, compare, recalibrated
from tests.benchmarks._tables import cut

SEEDS, KEEPS, KINDS = (0, 1, 2), (0.7, 0.4), ("lgbm", "xgb")
METHODS = ("features", "shap_elimination", "remove_without_refit")
RIVAL = "same features, fitted afresh"


@dataclass(frozen=True)
class Outcome:
    """One cut on test against the given scorer."""

    features: int
    auc: float
    delta: float
    standard_error: float
    mean_change: float  # mean |dPD|
    seconds: float


def table(console: Console) -> str:
    outcomes: dict[tuple[str, float, str], list[Outcome]] = {}
    for kind in KINDS:
        for seed in SEEDS:
            development, test = cut("Taiwan", seed)
            given = scorers.recipe(kind, {"search": 0}).fit(development, test.features, seed)
            given = recalibrated(given, development.tune)
            for (keep, method), outcome in _all(given, development, test).items():
                outcomes.setdefault((kind, keep, method), []).append(outcome)
                console.print(kind, seed, keep, method, outcome)
    return _rendered(outcomes)


def _all(given: Scorer, development: Development, test: Sample) -> dict[tuple[float, str], Outcome]:
    made = {}
    for method in (name for name in METHODS if name in pruning.names()):
        pruner, start = pruning.make(method), perf_counter()
        plans = pruner.plans(given, development, KEEPS)
        shared = (perf_counter() - start) / len(KEEPS)
        for keep, plan in zip(KEEPS, plans, strict=True):
            start = perf_counter()
            scorer = recalibrated(pruner.apply(plan, given, development), development.tune)
            made[keep, method] = _outcome(given, scorer, test, len(plan.kept), shared + perf_counter() - start)
            if method == "remove_without_refit":
                start = perf_counter()
                afresh = given.refit(development, [given.features[i] for i in plan.kept])
                afresh = recalibrated(afresh, development.tune)
                made[keep, RIVAL] = _outcome(given, afresh, test, len(plan.kept), perf_counter() - start)
    return made


def _outcome(given: Scorer, scorer: Scorer, test: Sample, features: int, seconds: float) -> Outcome:
    before, after = given.score(test), scorer.score(test)
    change = compare("cut", "given", test, after, before, Margins()).differences["auc"]
    area = auc(test.default, after).value
    mean_change = float(np.abs(after - before).mean())
    return Outcome(features, area, change.delta, change.standard_error, mean_change, seconds)


def _rendered(outcomes: dict[tuple[str, float, str], list[Outcome]]) -> str:
    lines = [
        f"## Features (Taiwan, mean over seeds {', '.join(map(str, SEEDS))})",
        "",
        "| kind | keep | method | features | test AUC | against the given one | mean abs. dPD | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (kind, keep, method), some in outcomes.items():
        half = 1.96 * np.sqrt(sum(o.standard_error**2 for o in some)) / len(some)
        mean = {name: float(np.mean([getattr(o, name) for o in some])) for name in Outcome.__dataclass_fields__}
        delta = f"{mean['delta']:+.4f} ({mean['delta'] - half:+.4f} to {mean['delta'] + half:+.4f})"
        lines.append(
            f"| {kind} | {keep:g} | {method} | {mean['features']:.1f} | {mean['auc']:.4f} | {delta} "
            f"| {mean['mean_change']:.4f} | {mean['seconds']:.0f} |"
        )
    return "\n".join(lines)
