"""Recursive elimination by SHAP values beside probatus, where it is known which features matter: 12 of 40, 3 seeds.

The portfolio is that of `shadow`. Both ways fit LightGBM of the same settings on the same folds. Ours stops at the
fewest features within one standard error of the best AUC, probatus within one standard deviation of the folds, its own
rule, which is the looser one. probatus takes a fifth of the features that are left a step, as ours does, and on the
first seed its default step of one too. What either keeps is fitted again by the same recipe, and judged on test,
paired. Seconds are of the processor, on one thread. probatus (MIT) is not among what riskmodel installs: where it
cannot be imported its lines say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

import numpy as np
import pandas as pd
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.config import Margins
from riskmodel.core import Column, Development, Sample, Scorer
from riskmodel.evaluation import auc, compare
from riskmodel.stats.folds import folds
from tests.benchmarks.shadow import SEEDS, TRUE, drawn

FOLDS, SETTINGS = 4, {"search": 0, "rate": 0.1, "rounds": 100}
Way = Callable[[Scorer, Development, int], Sequence[str]]


@dataclass(frozen=True)
class Elimination:
    """What a way keeps, the seconds that it took, and the scorer of what it keeps."""

    kept: frozenset[str]
    seconds: float
    scorer: Scorer


def table(console: Console) -> str:
    lines = [
        f"## Elimination beside probatus ({FOLDS} folds, seeds {', '.join(map(str, SEEDS))})",
        "",
        "| seed | way | features kept | of the 12 | false ones | test AUC | less ours | seconds | times ours |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for seed in SEEDS:
        for line in _of_seed(seed):
            lines.append(line)
            console.print(line)
    return "\n".join(lines)


def _of_seed(seed: int) -> list[str]:
    development, test = drawn(seed)
    given = scorers.recipe("lgbm", SETTINGS).fit(development, development.train.features, seed)
    ours = _timed(_riskmodel, given, development, seed)
    lines = [_line(seed, "riskmodel", ours, ours, test)]
    for step in (1, 0.2) if seed == SEEDS[0] else (0.2,):
        name = f"probatus, step {step:g}"
        try:
            rival = _timed(_probatus(step), given, development, seed)
        except ImportError as error:
            lines.append(f"| {seed} | {name} | not here: {error} | | | | | | |")
            continue
        lines.append(_line(seed, name, rival, ours, test))
    return lines


def _timed(way: Way, given: Scorer, development: Development, seed: int) -> Elimination:
    start = process_time()
    kept = frozenset(way(given, development, seed))
    seconds = process_time() - start
    features = [column for column in given.features if column.read_from in kept]
    return Elimination(kept, seconds, given.refit(development, features))


def _line(seed: int, name: str, made: Elimination, ours: Elimination, test: Sample) -> str:
    pds = [one.scorer.score(test) for one in (made, ours)]
    change = compare(name, "riskmodel", test, *pds, Margins()).differences["auc"]
    half = 1.96 * change.standard_error
    delta = f"{change.delta:+.4f} ({change.delta - half:+.4f} to {change.delta + half:+.4f})"
    figures = f"{auc(test.default, pds[0]).value:.4f} | {'' if made is ours else delta}"
    true = len(made.kept & TRUE)
    return (
        f"| {seed} | {name} | {len(made.kept)} | {true} | {len(made.kept) - true} | {figures} "
        f"| {made.seconds:.0f} | {made.seconds / ours.seconds:.1f} |"
    )


def _riskmodel(given: Scorer, development: Development, seed: int) -> Sequence[str]:
    pruner = pruning.make("shap_elimination", {"stop": "one_error", "folds": FOLDS, "seed": seed})
    [decision] = pruner.decide(given, development, [1 / len(given.features)])
    return [name for place in decision.kept for name in decision.units[place].split(" + ")]


def _probatus(step: float) -> Way:
    from lightgbm import LGBMClassifier
    from probatus.feature_elimination import ShapRFECV

    def kept(given: Scorer, development: Development, seed: int) -> Sequence[str]:
        frame, default = _frame(development, given.features)
        split = folds(default, FOLDS, seed)
        model = LGBMClassifier(
            n_estimators=100, learning_rate=0.1, num_leaves=15, reg_lambda=10.0, colsample_bytree=0.5, subsample=0.8,
            subsample_freq=1, min_child_samples=50, n_jobs=1, random_state=seed, verbose=-1,
        )  # fmt: skip
        cv = list(zip(split.fits, split.held, strict=True))
        search = ShapRFECV(model, step=step, cv=cv, scoring="roc_auc", n_jobs=1, random_state=seed)
        search.fit(frame, default)
        return list(search.get_reduced_features_set("best_parsimonious"))

    return kept


def _frame(development: Development, features: Sequence[Column]) -> tuple[pd.DataFrame, np.ndarray]:
    """All rows of development, as a frame that LightGBM takes categories from."""
    samples = (development.train, development.tune)
    matrix = np.concatenate([sample.columns(features) for sample in samples])
    frame = pd.DataFrame(matrix, columns=[column.read_from for column in features])
    for column in features:
        if column.categories:
            frame[column.read_from] = frame[column.read_from].astype("category")
    return frame, np.concatenate([sample.default for sample in samples])
