"""Which method `riskmodel prune` uses where none is named: on tables that no pruner was tuned on.

LENDINGCLUB=PATH make bench    with the loans of LendingClub 2018, where somebody has them

Seeds take turns at LightGBM and XGBoost, each the best of six settings on tune. All methods see train and tune alone,
are recalibrated there, and judged on test; where a table has dates, test is its latest fifth. A mix is whichever of its
methods has the least log-loss on tune. Cells that were measured are kept in data/raw/benchmarks/.
"""

import json
from collections.abc import Iterator
from time import process_time

import numpy as np
from rich.console import Console
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Scorer
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.pruning.best import BestPruner
from riskmodel.trees import HasTrees
from tests.benchmarks._tables import RAW, available, dated
from tests.benchmarks.trees import _loss as tune_loss
from tests.benchmarks.trees import calibrated

CELLS = RAW / "benchmarks"
SETS = ("LendingClub", "PAKDD 2009", "bank marketing", "car loans", "German credit")
SEEDS, ROWS = (0, 1, 2, 3), 25_000
SIZES = (64, 128, 256, 512)
RIVAL = "retrain"
METHODS = (RIVAL, "collapse", "group_lasso", "distil")
MIXES = {
    "best of all three": ("collapse", "group_lasso", "distil"),
    "best of group_lasso and distil": ("group_lasso", "distil"),
    "best of distil and collapse": ("collapse", "distil"),
}
BEHIND = 0.001  # what no default shall lose to any other method on any table


def table(console: Console) -> str:
    """AUC by table and method less the rival's, with intervals, and how far each is behind the best of its table."""
    CELLS.mkdir(parents=True, exist_ok=True)
    cells = []
    for seed in SEEDS:
        for name in available(SETS):
            path = CELLS / f"default-{name.replace(' ', '_')}-{seed}.json"
            if not path.exists():
                console.print("default", name, seed)
                beside = path.with_suffix(".partial")
                beside.write_text(json.dumps(list(measure(name, seed))))
                beside.replace(path)
            cells += json.loads(path.read_text())
    return "\n\n".join([_against_rival(cells), _worst_size(cells), _behind(cells)])


def measure(name: str, seed: int) -> Iterator[dict]:
    """A cell a size: what each method and mix gives on test, and how they differ from the rival."""
    development, test = dated(name, seed, ROWS)
    kind = ("lgbm", "xgb")[seed % 2]
    options = {"search": 6, "min_rows": 20 if len(development.train) < 2_000 else 50}
    teacher = scorers.recipe(kind, options).fit(development, test.features, seed)
    assert isinstance(teacher, HasTrees)
    whole = teacher.ensemble.n_leaves
    sizes = [size for size in SIZES if size < whole]
    made, seconds = _made(teacher, development, [size / whole for size in sizes])
    given = placements(test.default, teacher.score(test))
    for i, size in enumerate(sizes):
        by_method = {method: of[i] for method, of in made.items()}
        loss = {method: _tuned(scorer, development) for method, scorer in by_method.items()}
        for mix, parts in MIXES.items():
            competing = BestPruner(parts).competing(development)
            by_method[mix] = by_method[min(competing, key=lambda part: loss[part])]
        placed = {method: placements(test.default, scorer.score(test)) for method, scorer in by_method.items()}
        yield {
            "set": name, "seed": seed, "size": size, "of": whole, "teacher": given.auc, "seconds": seconds,
            "auc": {method: one.auc for method, one in placed.items()}, "tune": loss,
            "over": {method: _apart(one, placed[RIVAL]) for method, one in placed.items()},
        }  # fmt: skip


def _made(
    teacher: Scorer, development: Development, keeps: list[float]
) -> tuple[dict[str, list[Scorer]], dict[str, float]]:
    """By method the scorers of each size, and the CPU seconds of all its sizes."""
    made, seconds = {}, {}
    for method in METHODS:
        pruner, start = pruning.make(method), process_time()
        plans = pruner.plans(teacher, development, keeps)
        made[method] = [calibrated(pruner.apply(plan, teacher, development), development) for plan in plans]
        seconds[method] = process_time() - start
    return made, seconds


def _tuned(scorer: Scorer, development: Development) -> float:
    return tune_loss(scorer.raw_margin(development.tune.columns(scorer.features)), development.tune)


def _apart(one: Placements, other: Placements) -> tuple[float, float]:
    difference = one - other
    return difference.auc, difference.standard_error


# ------------------------------------------------------------------------------------------------ tables


def _mean(cells: list[dict], method: str, against: str = RIVAL) -> tuple[float, float]:
    """Mean over sizes and seeds, and half of its 95 % interval: sizes of one seed count as one, seeds by Student."""
    by_seed: dict[int, list[float]] = {}
    for cell in cells:
        by_seed.setdefault(cell["seed"], []).append(cell["auc"][method] - cell["auc"][against])
    means = np.array([np.mean(values) for values in by_seed.values()])
    if len(means) < 2:
        return float(means.mean()), float("inf")
    return float(means.mean()), float(t.ppf(0.975, len(means) - 1) * means.std(ddof=1) / np.sqrt(len(means)))


def _by_set(cells: list[dict]) -> dict[str, list[dict]]:
    return {name: [c for c in cells if c["set"] == name] for name in dict.fromkeys(c["set"] for c in cells)}


def _against_rival(cells: list[dict]) -> str:
    methods = [method for method in cells[0]["auc"] if method != RIVAL]
    lines = [
        "## The default of `riskmodel prune`, on tables that nothing was tuned on",
        "",
        "AUC on test less that of a small model trained afresh, of as many leaves: mean over 64, 128, 256 and 512",
        "leaves (where the model has more) and over seeds, with 95 % intervals over seeds (Student); CPU seconds.",
        "",
        "| method | " + " | ".join(f"{name} ({_seeds(own)})" for name, own in _by_set(cells).items()) + " | seconds |",
        "|---" * (2 + len(_by_set(cells))) + "|",
    ]
    for method in methods:
        figures = [
            f"{mean:+.4f} ± {half:.4f}" for mean, half in (_mean(own, method) for own in _by_set(cells).values())
        ]
        lines.append(f"| {method} | {' | '.join(figures)} | {_seconds(cells, method):.0f} |")
    return "\n".join(lines)


def _worst_size(cells: list[dict]) -> str:
    """Of each table the size at which a method's mean over seeds is least, against the rival."""
    lines = [
        "### The worst size of each table, against a small model trained afresh",
        "",
        "Mean over seeds at that size, which is the worst of four and so lies below its truth.",
        "",
        "| method | " + " | ".join(_by_set(cells)) + " |",
        "|---" * (1 + len(_by_set(cells))) + "|",
    ]
    for method in (name for name in cells[0]["auc"] if name != RIVAL):
        worst = []
        for own in _by_set(cells).values():
            sizes = sorted({cell["size"] for cell in own})
            worst.append(min((_mean([c for c in own if c["size"] == size], method)[0], size) for size in sizes))
        lines.append(f"| {method} | {' | '.join(f'{mean:+.4f} at {size}' for mean, size in worst)} |")
    return "\n".join(lines)


def _seeds(cells: list[dict]) -> str:
    return f"{len({cell['seed'] for cell in cells})} seeds, champion {np.mean([c['teacher'] for c in cells]):.3f}"


def _seconds(cells: list[dict], method: str) -> float:
    parts = MIXES.get(method, (method,))
    return float(np.mean([sum(cell["seconds"][part] for part in parts) for cell in cells]))


def _behind(cells: list[dict]) -> str:
    methods = list(cells[0]["auc"])
    lines = [
        f"### How far each is behind the best method of a table, and whether it ever is by more than {BEHIND:g}",
        "",
        "The best of a table is the method with the highest mean there, which flatters it: chance is the best of six.",
        "",
        "| method | " + " | ".join(_by_set(cells)) + " | worst |",
        "|---" * (2 + len(_by_set(cells))) + "|",
    ]
    for method in methods:
        gaps = []
        for own in _by_set(cells).values():
            best = max(methods, key=lambda other: np.mean([cell["auc"][other] for cell in own]))
            gaps.append(_mean(own, method, best))
        columns = " | ".join(f"{gap:+.4f} ± {half:.4f}" if gap else "the best" for gap, half in gaps)
        lines.append(f"| {method} | {columns} | {min(gap for gap, _ in gaps):+.4f} |")
    return "\n".join(lines)
