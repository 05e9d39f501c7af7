"""Pruned trees against their honest rival, a well-regularised small model trained afresh, at four budgets of leaves.

The teacher is the strongest booster at hand: the best of twelve settings on tune. The rival is the best on tune of a
grid over leaves, rate, feature share, rows a leaf and L2. All are recalibrated on tune and judged on test, which none
saw. Cells that were measured are kept in data/raw/benchmarks/ and not measured again: delete them to start afresh.
"""

import json
import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Sample, Scorer
from riskmodel.evaluation import auc, fit_calibration, log_loss
from riskmodel.evaluation.discrimination import placements
from tests.benchmarks._tables import RAW, available, cut

SEEDS = (0, 1, 2)
BUDGETS = (64, 128, 256, 512)
PRUNERS = ("prefix", "trees", "collapse", "levels", "hierarchy", "distil")
RIVAL = "retrain small"
CELLS = RAW / "benchmarks"
DECLINED = 0.2


def table(console: Console) -> str:
    """AUC and fidelity by set, budget and method; the difference to the rival with its interval."""
    jobs = [(name, seed) for name in available() for seed in SEEDS if not _path(name, seed).exists()]
    CELLS.mkdir(parents=True, exist_ok=True)
    with Progress(console=console) as bar, ProcessPoolExecutor(os.cpu_count()) as pool:
        task = bar.add_task("sets x seeds", total=len(jobs))
        for done in as_completed([pool.submit(measure, *job) for job in jobs]):
            done.result()
            bar.advance(task)
    cells = [cell for path in sorted(CELLS.glob("trees-*.json")) for cell in json.loads(path.read_text())]
    return "\n\n".join([_worth(cells), _average(cells), _factors(cells), _fidelity(cells)])


def measure(name: str, seed: int) -> None:
    """All methods on one split of one set, written as one file."""
    os.environ["OMP_NUM_THREADS"] = "1"
    seen, test = cut(name, seed)
    teacher = _calibrated(scorers.recipe("lgbm", {"search": 12}).fit(seen, test.features, seed), seen)
    cells = [_cell(name, seed, 0, "teacher", teacher, teacher, seen, test)]
    reseeded = _calibrated(teacher.recipe.train(seen, test.features, seed + 100), seen)
    cells.append(_cell(name, seed, 0, "teacher, reseeded", reseeded, teacher, seen, test))
    cells += [_cell(name, seed, b, RIVAL, rival(teacher, b, seen), teacher, seen, test) for b in BUDGETS]
    keeps = [budget / teacher.ensemble.n_leaves for budget in BUDGETS]
    for method in PRUNERS:
        pruner = pruning.make(method)
        for plan, budget in zip(pruner.plans(teacher, seen, keeps), BUDGETS, strict=True):
            small = _calibrated(pruner.apply(plan, teacher, seen), seen)
            cells.append(_cell(name, seed, budget, method, small, teacher, seen, test))
    beside = _path(name, seed).with_suffix(".partial")
    beside.write_text(json.dumps(cells))
    beside.replace(_path(name, seed))


def _path(name: str, seed: int) -> Path:
    return CELLS / f"trees-{name.replace(' ', '_')}-{seed}.json"


def rival(teacher: Scorer, budget: int, seen: Development) -> Scorer:
    """The best small model of the grid on tune by log-loss."""
    grid = list(product((4, 8, 16), (0.05, 0.1, 0.2, 0.5), (0.5, 1.0), (20, 100), (0.0, 10.0)))
    drawn = np.random.default_rng(budget).choice(len(grid), size=24, replace=False)
    fitted = []
    for size, rate, share, rows, l2 in (grid[i] for i in drawn):
        setting = {"leaves": size, "rate": rate, "feature_share": share, "min_rows": rows, "l2": l2}
        recipe = replace(teacher.recipe, search=0, rounds=max(1, budget // size), **setting)
        fitted.append(_calibrated(recipe.train(seen, teacher.features, teacher.seed), seen))
    return min(fitted, key=lambda s: log_loss(seen.tune.default, s.score(seen.tune)).value)


def _calibrated(scorer: Scorer, seen: Development) -> Scorer:
    margin = scorer.raw_margin(seen.tune.columns(scorer.features))
    return scorer.recalibrated(fit_calibration(margin, seen.tune.default))


def _cell(  # noqa: PLR0917
    name, seed, budget, method, scorer: Scorer, teacher: Scorer, seen: Development, test: Sample
) -> dict:
    pd, given = scorer.score(test), teacher.score(test)
    moved = np.abs(pd - given)
    cutoff = np.quantile(teacher.score(seen.tune), 1 - DECLINED)
    change = placements(test.default, pd) - placements(test.default, given)
    return {
        "set": name, "seed": seed, "budget": budget, "method": method, "leaves": scorer.ensemble.n_leaves,
        "auc": auc(test.default, pd).value, "log_loss": log_loss(test.default, pd).value,
        "delta": change.auc, "standard_error": change.standard_error,
        "moved": float(moved.mean()), "moved_99": float(np.quantile(moved, 0.99)),
        "flips": float(((pd >= cutoff) != (given >= cutoff)).mean()),
        "reasons": _reasons(scorer, teacher, test, given >= cutoff),
    }  # fmt: skip


def _reasons(scorer: Scorer, teacher: Scorer, test: Sample, declined: np.ndarray) -> float:
    """Mean share of the teacher's four main reasons for a decline that the scorer gives as well."""
    rows = test.matrix[declined][:1000]
    ours, theirs = (np.argsort(-s.contributions(rows)[:, :-1], axis=1)[:, :4] for s in (scorer, teacher))
    return float(np.mean([len(set(a) & set(b)) / 4 for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)]))


# ------------------------------------------------------------------------------------------------ tables


def _grouped(cells: list[dict], figure: str) -> dict[tuple[str, int, str], list[float]]:
    found = defaultdict(list)
    for cell in cells:
        found[cell["set"], cell["budget"], cell["method"]].append(cell[figure])
    return found


def _rows(cells: list[dict], figure: str, form: str) -> list[str]:
    found = _grouped(cells, figure)
    methods = [RIVAL, *PRUNERS]
    lines = [f"| set | leaves | {' | '.join(methods)} |", "|---" * (len(methods) + 2) + "|"]
    for name in dict.fromkeys(cell["set"] for cell in cells):
        for budget in BUDGETS:
            figures = [form.format(np.mean(found[name, budget, method])) for method in methods]
            lines.append(f"| {name} | {budget} | {' | '.join(figures)} |")
    return lines


def _worth(cells: list[dict]) -> str:
    teachers = _grouped(cells, "auc")
    leaves = _grouped(cells, "leaves")
    told = ", ".join(
        f"{name} {np.mean(teachers[name, 0, 'teacher']):.4f} ({np.mean(leaves[name, 0, 'teacher']):,.0f} leaves)"
        for name in dict.fromkeys(cell["set"] for cell in cells)
    )
    seeds = ", ".join(
        f"{name} {' '.join(str(seed) for seed in sorted({c['seed'] for c in cells if c['set'] == name}))}"
        for name in dict.fromkeys(cell["set"] for cell in cells)
    )
    head = ["## Pruned trees: test AUC, mean over seeds", "", f"Seeds: {seeds}. Teachers: {told}.", ""]
    return "\n".join([*head, *_rows(cells, "auc", "{:.4f}")])


def _fidelity(cells: list[dict]) -> str:
    parts = []
    for figure, form, title in (
        ("moved", "{:.4f}", "mean |dPD| to the teacher"),
        ("moved_99", "{:.3f}", "99 % quantile of |dPD|"),
        ("flips", "{:.3f}", "share of decisions that flip when 20 % are declined"),
        ("reasons", "{:.2f}", "overlap of the four main reasons of the declined"),
    ):
        again = _grouped(cells, figure)
        reseeded = ", ".join(
            f"{name} {form.format(np.mean(again[name, 0, 'teacher, reseeded']))}"
            for name in dict.fromkeys(cell["set"] for cell in cells)
        )
        parts.append("\n".join([f"### {title}", "", f"Reseeded teacher: {reseeded}.", "", *_rows(cells, figure, form)]))
    return "\n\n".join(parts)


def _average(cells: list[dict]) -> str:
    """Over the cells set x budget: each method's AUC less the rival's, with the interval over the sets x seeds."""
    auc_of = {(c["set"], c["seed"], c["budget"], c["method"]): c["auc"] for c in cells}
    lines = ["### AUC less that of retrain small, mean over all sets and budgets", ""]
    lines += [
        "| method | mean | 95 % interval over sets and seeds | 64 and 128 leaves | worst set and budget |",
        "|---" * 5 + "|",
    ]
    for method in PRUNERS:
        gains = {key: value - auc_of[*key[:3], RIVAL] for key, value in auc_of.items() if key[3] == method}
        runs = [np.mean([g for k, g in gains.items() if k[:2] == run]) for run in {key[:2] for key in gains}]
        half = t.ppf(0.975, len(runs) - 1) * np.std(runs, ddof=1) / np.sqrt(len(runs)) if runs[1:] else float("nan")
        small = np.mean([g for k, g in gains.items() if k[2] <= 128])
        by_cell = defaultdict(list)
        for key, gain in gains.items():
            by_cell[key[0], key[2]].append(gain)
        (where, budget), worst = min(((k, np.mean(v)) for k, v in by_cell.items()), key=lambda item: item[1])
        mean = np.mean(list(gains.values()))
        lines.append(
            f"| {method} | {mean:+.4f} | {mean - half:+.4f} to {mean + half:+.4f} | {small:+.4f} "
            f"| {worst:+.4f} ({where}, {budget}) |"
        )
    return "\n".join(lines)


def _factors(cells: list[dict]) -> str:
    """How many times fewer leaves than the teacher still give the verdict non-inferior, of the four budgets."""
    methods = [RIVAL, *PRUNERS]
    lines = ["### Times fewer leaves that are still non-inferior to the teacher, mean over seeds (0: none is)", ""]
    lines += [f"| set | margin | {' | '.join(methods)} |", "|---" * (len(methods) + 2) + "|"]
    for name in dict.fromkeys(cell["set"] for cell in cells):
        for margin in (0.002, 0.005, 0.01):
            figures = [f"{_factor(cells, name, method, margin):.1f}" for method in methods]
            lines.append(f"| {name} | {margin:g} | {' | '.join(figures)} |")
    return "\n".join(lines)


def _factor(cells: list[dict], name: str, method: str, margin: float) -> float:
    whole = {c["seed"]: c["leaves"] for c in cells if c["set"] == name and c["method"] == "teacher"}
    best = dict.fromkeys(whole, 0.0)
    for c in cells:
        shown = c["delta"] - 1.645 * c["standard_error"] > -margin
        if (c["set"], c["method"]) == (name, method) and shown:
            best[c["seed"]] = max(best[c["seed"]], whole[c["seed"]] / c["leaves"])
    return float(np.mean(list(best.values())))
