"""Quality of the unpruned scorers on Taiwan, beside scikit-learn's HistGradientBoosting on the same rows and features.

60/20/20 stratified: each scorer is fitted on train, searched and stopped on tune, and judged on test. The rival is
fitted on train with its own defaults, and once more on train and tune together: a third more rows than ours have.
"""

from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.ensemble import HistGradientBoostingClassifier

from riskmodel import config, scorers
from riskmodel.core import Development, Kind, Sample
from riskmodel.evaluation import auc, compare, log_loss
from tests.benchmarks._tables import TOML, cut

SEEDS = (0, 1, 2)
RIVAL = "HistGradientBoosting"


def table(console: Console) -> str:
    """Mean test AUC over the seeds, each scorer's paired difference to the rival, log-loss, seconds to fit."""
    run, _ = config.read(TOML)
    result: dict[str, list[tuple[float, float, float, float, float]]] = {}
    jobs = [(seed, name, fit) for seed in SEEDS for name, fit in _fits(run)]
    rival: dict[int, np.ndarray] = {}
    for seed, name, fit in track(jobs, "quality", console=console):
        development, test = cut("Taiwan", seed)
        start = perf_counter()
        pd = fit(development, test, seed)
        seconds = perf_counter() - start
        rival.setdefault(seed, pd)
        change = compare(name, RIVAL, test, pd, rival[seed], run.margins).differences["auc"]
        worth = (auc(test.default, pd).value, log_loss(test.default, pd).value)
        result.setdefault(name, []).append((*worth, change.delta, change.standard_error, seconds))
    return _rendered(result)


def _fits(run: config.Run) -> Iterator[tuple[str, Callable[[Development, Sample, int], np.ndarray]]]:
    yield RIVAL, lambda development, test, seed: _hist(development.train, test, seed)
    yield f"{RIVAL}, train and tune", lambda development, test, seed: _hist(_joined(development), test, seed)
    for entry in run.scorers:
        recipe = scorers.recipe(entry.kind, entry.options)
        yield (
            entry.name,
            lambda development, test, seed, recipe=recipe: recipe.fit(development, test.features, seed).score(test),
        )


def _hist(train: Sample, test: Sample, seed: int) -> np.ndarray:
    categorical = [i for i, column in enumerate(train.features) if column.kind is Kind.CATEGORICAL]
    rival = HistGradientBoostingClassifier(categorical_features=categorical, random_state=seed)
    return rival.fit(train.matrix, train.default).predict_proba(test.matrix)[:, 1]


def _joined(development: Development) -> Sample:
    matrix = np.vstack([development.train.matrix, development.tune.matrix])
    default = np.concatenate([development.train.default, development.tune.default])
    return Sample("development", development.train.features, matrix, default, np.arange(len(default)))


def _rendered(cells: dict[str, list[tuple[float, float, float, float, float]]]) -> str:
    lines = [
        "## Quality before pruning (Taiwan, mean over seeds 0, 1, 2)",
        "",
        f"Difference: AUC less that of {RIVAL} on the same test rows, with the 95 % interval of the mean",
        "(paired DeLong, splits taken as independent).",
        "",
        "| scorer | test AUC | difference | log-loss | seconds to fit |",
        "|---|---|---|---|---|",
    ]
    for name, rows in cells.items():
        area, loss, delta, _, seconds = np.mean(rows, axis=0)
        half = 1.96 * np.sqrt(np.sum([row[3] ** 2 for row in rows])) / len(rows)
        change = "" if name == RIVAL else f"{delta:+.4f} ({delta - half:+.4f} to {delta + half:+.4f})"
        lines.append(f"| {name} | {area:.4f} | {change} | {loss:.4f} | {seconds:.1f} |")
    return "\n".join(lines)
