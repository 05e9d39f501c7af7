"""Pruning of features on two tables: what a share costs in AUC, and how far PDs move, on rows that chose nothing.

Each method prunes boosters of default settings to .7, .5 and .4 of the features on train and tune, and is recalibrated
on tune as in a run. `FRESH` fits the recipe on the features that `remove_without_refit` keeps: its true rival. `LIMIT`
is a larger booster that learns the given PDs from these features alone, with thresholds of its own: about as near as
any model of them comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.config import Margins
from riskmodel.core import Development, PruningPlan, Sample, Scorer, Vector
from riskmodel.evaluation import auc, compare, recalibrated
from tests.benchmarks._features_sets import NAME, best_half
from tests.benchmarks._features_tables import FRESH, LIMIT, SURGERY, Outcome, rendered
from tests.benchmarks._tables import available, cut

TABLES = ("Taiwan", NAME)
SEEDS, KEEPS, KINDS = (0, 1, 2), (0.7, 0.5, 0.4), ("lgbm", "xgb")
METHODS = ("features", "shap_elimination", SURGERY)
STUDENT = {
    "objective": "cross_entropy", "learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 30,
    "feature_fraction": 0.7, "num_threads": 1, "seed": 0, "deterministic": True, "force_row_wise": True, "verbose": -1,
}  # fmt: skip
ROUNDS, PATIENCE = 1000, 30


@dataclass(frozen=True)
class Judge:
    """The given scorer and rows that chose nothing."""

    given: Scorer
    test: Sample

    def __call__(self, pd: Vector, features: int, seconds: float, fresh: Vector | None = None) -> Outcome:
        before = self.given.score(self.test)
        delta, error = self._less(pd, before)
        behind, behind_error = (np.nan, np.nan) if fresh is None else self._less(pd, fresh)
        area, moved = auc(self.test.default, pd).value, float(np.abs(pd - before).mean())
        return Outcome(features, area, delta, error, moved, seconds, behind, behind_error)

    def _less(self, pd: Vector, other: Vector) -> tuple[float, float]:
        change = compare("cut", "other", self.test, pd, other, Margins()).differences["auc"]
        return change.delta, change.standard_error


def table(console: Console) -> str:
    outcomes: dict[tuple[str, str, float, str], list[Outcome]] = {}
    for name in available(TABLES):
        for kind in KINDS:
            for seed in SEEDS:
                for keep, method, outcome in of_seed(name, kind, seed):
                    outcomes.setdefault((name, kind, keep, method), []).append(outcome)
                    console.print(name, kind, seed, keep, method, outcome)
    limit = [best_half()] if NAME in {name for name, *_ in outcomes} else []
    return "\n\n".join([rendered(outcomes, SEEDS), *limit])


def of_seed(name: str, kind: str, seed: int) -> Iterator[tuple[float, str, Outcome]]:
    """The keep, the method and what came of it."""
    development, test = cut(name, seed)
    given = scorers.recipe(kind, {"search": 0}).fit(development, test.features, seed)
    given = recalibrated(given, development.tune)
    judge = Judge(given, test)
    for method in METHODS:
        pruner, start = pruning.make(method), process_time()
        plans = pruner.plans(given, development, KEEPS)
        shared = (process_time() - start) / len(KEEPS)
        for keep, plan in zip(KEEPS, plans, strict=True):
            start = process_time()
            made = recalibrated(pruner.apply(plan, given, development), development.tune)
            seconds, fresh = shared + process_time() - start, None
            if method == SURGERY:
                fresh, *others = _rivals(given, development, test, plan)
                for rival, (pd, took) in zip((FRESH, LIMIT), (fresh, *others), strict=True):
                    yield keep, rival, judge(pd, len(plan.kept), took)
            yield keep, method, judge(made.score(test), len(plan.kept), seconds, fresh and fresh[0])


def _rivals(
    given: Scorer, development: Development, test: Sample, plan: PruningPlan
) -> tuple[tuple[Vector, float], tuple[Vector, float]]:
    """PDs of test and seconds: of the recipe fitted afresh, and of the student of the given PDs."""
    start = process_time()
    features = [given.features[i] for i in plan.kept]
    fresh = recalibrated(given.refit(development, features), development.tune).score(test)
    middle = process_time()
    student = _student(given, development, test, plan)
    return (fresh, middle - start), (student, process_time() - middle)


def _student(given: Scorer, development: Development, test: Sample, plan: PruningPlan) -> Vector:
    import lightgbm

    features = [given.features[i] for i in plan.kept]
    levels = [i for i, column in enumerate(features) if column.categories]

    def rows(sample: Sample, reference: lightgbm.Dataset | None = None) -> lightgbm.Dataset:
        made = {"reference": reference, "categorical_feature": levels, "params": STUDENT}
        return lightgbm.Dataset(sample.columns(features), given.score(sample), **made)

    train = rows(development.train)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    booster = lightgbm.train(STUDENT, train, ROUNDS, valid_sets=[rows(development.tune, train)], callbacks=[stop])
    return np.asarray(booster.predict(test.columns(features)), np.float64)
