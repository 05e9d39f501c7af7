"""Pruned trees against their honest rival, a well-regularised small model trained afresh, at the same number of leaves.

TEACHERS=tuned,lgbm31,lgbm8,xgb6 make bench    only the tuned one where it is left out

Tuned is the strongest booster at hand: the best of twelve settings on tune. The rival is the best on tune of a grid
over leaves, rate, feature share, rows a leaf and L2. All are recalibrated on tune and judged on test, which none saw.
Cells that were measured are kept in data/raw/benchmarks/ and not measured again: delete them to start afresh.
"""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from scipy.special import expit

from riskmodel import pruning, scorers
from riskmodel.core import Development, Sample, Scorer
from riskmodel.evaluation import fit_calibration, log_loss
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from tests.benchmarks import _trees_tables
from tests.benchmarks._tables import RAW, available, cut
from tests.benchmarks._trees_tables import BUDGETS, PRUNERS, RESEEDED, RIVAL, SIZES, TEACHER

TEACHERS = {
    "tuned": ("lgbm", {"search": 12}),
    "lgbm31": ("lgbm", {"search": 0, "leaves": 31}),
    "lgbm8": ("lgbm", {"search": 0, "leaves": 8}),
    "xgb6": ("xgb", {"search": 0, "leaves": 64}),  # the recipe knows leaves: as many as a tree of depth 6 can have
}
SEEDS = (0, 1, 2)
FINER = {"collapse": SIZES, "group_lasso": SIZES, "distil": SIZES[::2], RIVAL: SIZES}  # a size of distil is thirty fits
COARSE = {"synthetic"}  # 120,000 rows of train: at the four budgets alone, or a cell takes hours
GRID = tuple(product((4, 8, 16), (0.05, 0.1, 0.2, 0.5, 1.0), (0.5, 1.0), (20, 100), (0.0, 10.0)))
OPTIONS = ("leaves", "rate", "feature_share", "min_rows", "l2")
CELLS = RAW / "benchmarks"
DECLINED = 0.2
EXPLAINED = 1000  # of the declined, at most


def table(console: Console) -> str:
    """AUC, factors and fidelity by set, size and method, a section for each teacher that was ever measured."""
    wanted = os.environ.get("TEACHERS", "tuned").split(",")
    if unknown := sorted(set(wanted) - set(TEACHERS)):
        sys.exit(f"TEACHERS must be among {', '.join(TEACHERS)}, however: {unknown[0]}")
    jobs = [job for job in product(wanted, available(), SEEDS) if not _path(*job).exists()]
    CELLS.mkdir(parents=True, exist_ok=True)
    with Progress(console=console) as bar, ProcessPoolExecutor(os.cpu_count()) as pool:
        task = bar.add_task("teachers x sets x seeds", total=len(jobs))
        for done in as_completed([pool.submit(measure, *job) for job in jobs]):
            done.result()
            bar.advance(task)
    kept = {name: sorted(CELLS.glob(f"trees-{name}-*.json")) for name in TEACHERS}
    read = {name: [cell for path in paths for cell in json.loads(path.read_text())] for name, paths in kept.items()}
    return "\n\n".join(_trees_tables.section(name, cells) for name, cells in read.items() if cells)


def measure(teacher: str, name: str, seed: int) -> None:
    """All methods at all sizes, for one teacher on one split of one set, written as one file."""
    os.environ["OMP_NUM_THREADS"] = "1"
    development, test = cut(name, seed)
    kind, options = TEACHERS[teacher]
    fitted = calibrated(scorers.recipe(kind, options).fit(development, test.features, seed), development)
    case = Case({"set": name, "seed": seed}, fitted, development, test)
    path = _path(teacher, name, seed)
    beside = path.with_suffix(".partial")
    beside.write_text(json.dumps(list(case.cells())))
    beside.replace(path)


def _path(teacher: str, name: str, seed: int) -> Path:
    return CELLS / f"trees-{teacher}-{name.replace(' ', '_')}-{seed}.json"


def calibrated(scorer: Scorer, development: Development) -> Scorer:
    """With the line that tune asks for."""
    margin = scorer.raw_margin(development.tune.columns(scorer.features))
    return scorer.recalibrated(fit_calibration(margin, development.tune.default))


@dataclass(frozen=True, eq=False)
class Case:
    """One teacher on one split of one set; all is judged against it on test."""

    named: dict[str, str | int]
    teacher: Scorer
    development: Development
    test: Sample

    def cells(self) -> Iterator[dict]:
        """One a method and size."""
        teacher, development = self.teacher, self.development
        yield self._cell(0, TEACHER, teacher)
        yield self._cell(0, RESEEDED, teacher.recipe.train(development, teacher.features, teacher.seed + 100))
        for size, scorer in rivals(teacher, self._sizes(RIVAL), development).items():
            yield self._cell(size, RIVAL, scorer)
        for method in PRUNERS:
            pruner, sizes = pruning.make(method), self._sizes(method)
            plans = pruner.plans(teacher, development, [size / teacher.ensemble.n_leaves for size in sizes])
            for plan, size in zip(plans, sizes, strict=True):
                yield self._cell(size, method, pruner.apply(plan, teacher, development))

    def _sizes(self, method: str) -> list[int]:
        sizes = BUDGETS if self.named["set"] in COARSE else FINER.get(method, BUDGETS)
        return [size for size in sizes if size < self.teacher.ensemble.n_leaves]

    def _cell(self, size: int, method: str, scorer: Scorer) -> dict:
        """Its worth; at the four budgets its fidelity too."""
        placed = self._placed(scorer)
        change = placed - self._given
        facts = {"budget": size, "method": method, "leaves": scorer.ensemble.n_leaves, "auc": placed.auc}
        tune = _loss(scorer.ensemble.margins(self.development.tune.columns(scorer.features)), self.development.tune)
        worth = {"delta": change.auc, "standard_error": change.standard_error, "tune": tune}
        detailed = size in {0, *BUDGETS}
        return {
            **self.named,
            **facts,
            **worth,
            **(self._fidelity(calibrated(scorer, self.development)) if detailed else {}),
        }

    def _placed(self, scorer: Scorer) -> Placements:
        return placements(self.test.default, scorer.ensemble.margins(self.test.columns(scorer.features)))

    @cached_property
    def _given(self) -> Placements:
        return self._placed(self.teacher)

    @cached_property
    def _declined(self) -> np.ndarray:
        return self.teacher.score(self.test) >= self._cutoff

    @cached_property
    def _cutoff(self) -> float:
        return float(np.quantile(self.teacher.score(self.development.tune), 1 - DECLINED))

    def _fidelity(self, scorer: Scorer) -> dict[str, float]:
        """How close it stays to the teacher: PDs, decisions, reasons."""
        pd = scorer.score(self.test)
        pd_change = np.abs(pd - self.teacher.score(self.test))
        return {
            "log_loss": log_loss(self.test.default, pd).value,
            "moved": float(pd_change.mean()), "moved_99": float(np.quantile(pd_change, 0.99)),
            "flips": float(((pd >= self._cutoff) != self._declined).mean()),
            "reasons": self._shared(scorer),
        }  # fmt: skip

    def _shared(self, scorer: Scorer) -> float:
        """Mean share of the teacher's four main reasons for a decline that the scorer gives as well."""
        pairs = zip(self._main(scorer).tolist(), self._reasons.tolist(), strict=True)
        return float(np.mean([len(set(ours) & set(theirs)) / 4 for ours, theirs in pairs]))

    @cached_property
    def _reasons(self) -> np.ndarray:
        return self._main(self.teacher)

    def _main(self, scorer: Scorer) -> np.ndarray:
        rows = self.test.matrix[self._declined][:EXPLAINED]
        return np.argsort(-scorer.contributions(rows)[:, :-1], axis=1)[:, :4]


def rivals(teacher: Scorer, sizes: list[int], development: Development) -> dict[int, Scorer]:
    """Of each size the best of the grid on tune by log-loss; a setting is boosted once, and its trees cut to fit."""
    best: dict[int, tuple[float, Scorer]] = {}
    for setting in GRID:
        options = dict(zip(OPTIONS, setting, strict=True))
        recipe = replace(teacher.recipe, search=0, rounds=max(sizes) // setting[0], **options)
        scorer = recipe.train(development, teacher.features, teacher.seed)
        ends = np.cumsum([tree.n_leaves for tree in scorer.ensemble.trees])
        margins = scorer.ensemble.tree_margins(development.tune.columns(scorer.features)).cumsum(axis=1)
        for size in sizes:
            fit = max(1, int(np.searchsorted(ends, size, side="right")))
            loss = _loss(margins[:, fit - 1], development.tune)
            if size not in best or loss < best[size][0]:
                best[size] = loss, scorer.with_ensemble(scorer.ensemble.keep_trees(range(fit)))
    return {size: scorer for size, (_, scorer) in best.items()}


def _loss(margin: np.ndarray, tune: Sample) -> float:
    """After recalibration, which all get."""
    line = fit_calibration(margin, tune.default)
    return log_loss(tune.default, expit(line(margin))).value
