"""What it costs to allow one or two features a tree, and whether the printed tables are the model.

The teacher is the tuned one of the benchmark trees; the student has at most as many leaves, or a tenth of them. All is
recalibrated on tune and judged on test, which none saw. Cells that were measured are kept in data/raw/benchmarks/ and
not measured again: delete them to start afresh.
"""

import csv
import io
import json
from collections import defaultdict
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.config import Margins
from riskmodel.core import Sample, Scorer
from riskmodel.evaluation import auc, compare
from riskmodel.trees.lookup_tables import tables
from riskmodel.trees.scorecard_text import as_csv, lines
from tests.benchmarks._tables import RAW, available, cut
from tests.benchmarks.trees import TEACHERS, calibrated

CELLS = RAW / "benchmarks"
SETS = ("Taiwan", "Give Me Some Credit")
SEEDS = (0, 1, 2)
MARGIN = 0.005
KEEPS = (1.0, 0.1)
BY_HAND = 300  # applicants of test


def table(console: Console) -> str:
    """A row a set, order, size and seed; then the means."""
    CELLS.mkdir(parents=True, exist_ok=True)
    jobs = list(product(available(SETS), SEEDS))
    for job in jobs:
        if not _path(*job).exists():
            console.print("order", *job)
            measure(*job)
    cells = [cell for job in jobs for cell in json.loads(_path(*job).read_text())]
    return "\n\n".join([_means(cells), _each(cells)])


def measure(name: str, seed: int) -> None:
    """Both orders at both sizes on one split of one set, written as one file."""
    development, test = cut(name, seed)
    kind, options = TEACHERS["tuned"]
    teacher = calibrated(scorers.recipe(kind, options).fit(development, test.features, seed), development)
    cells = []
    for most in (2, 1):
        pruner = pruning.make("max_interaction", {"features_per_tree": most})
        for plan in pruner.plans(teacher, development, KEEPS):
            small = calibrated(pruner.apply(plan, teacher, development), development)
            named = {"set": name, "seed": seed, "features": most, "keep": plan.keep}
            cells.append({**named, **_worth(small, teacher, test), **_printed(small, test)})
    beside = _path(name, seed).with_suffix(".partial")
    beside.write_text(json.dumps(cells))
    beside.replace(_path(name, seed))


def _path(name: str, seed: int) -> Path:
    return CELLS / f"order-{name.replace(' ', '_')}-{seed}.json"


def _worth(small: Scorer, teacher: Scorer, test: Sample) -> dict:
    pd, given = small.score(test), teacher.score(test)
    result = compare("max_interaction", "teacher", test, pd, given, Margins(auc=MARGIN)).differences["auc"]
    return {
        "auc": auc(test.default, pd).value, "teacher": auc(test.default, given).value,
        "leaves": small.ensemble.n_leaves, "of": teacher.ensemble.n_leaves,
        "delta": result.delta, "lower": result.lower, "upper": result.upper, "verdict": str(result.verdict),
    }  # fmt: skip


def _printed(small: Scorer, test: Sample) -> dict:
    """How long the tables are, and how far their sum is from the margin that the library gives."""
    rows = test.columns(small.features)[:BY_HAND]
    printed = list(csv.DictReader(io.StringIO(as_csv(lines(tables(small.ensemble), small.features)))))
    summed = [by_hand(printed, _application(small, row)) for row in rows]
    gap = float(np.abs(summed - small.native_margin(rows)).max())
    return {"tables": int(printed[-1]["table"]), "rows": len(printed), "gap": gap}


def by_hand(printed: list[dict[str, str]], applicant: dict[str, float | str]) -> float:
    """The first line of each table that holds; this knows the CSV alone."""
    points: dict[str, float] = {}
    for line in printed:
        holds = True
        for nth in ("", "_2"):
            kind, value = line["kind" + nth], applicant.get(line["feature" + nth])
            low, high = float(line["above" + nth] or "-inf"), float(line["up_to" + nth] or "inf")
            holds &= {
                "": True, "other": True, "missing": value is None, "category": value == line["category" + nth],
                "between": isinstance(value, float) and low < value <= high,
            }[kind]  # fmt: skip
        if holds:
            points.setdefault(line["table"], float(line["points"]))
    return sum(points.values())


def _application(scorer: Scorer, row: np.ndarray) -> dict[str, float | str]:
    """What stands on the form: numbers, and levels in words; nothing where nothing was filled in."""
    filled = [(c, float(value)) for c, value in zip(scorer.features, row, strict=True) if not np.isnan(value)]
    return {c.name: c.categories[int(value)] if c.categories else value for c, value in filled}


# ------------------------------------------------------------------------------------------------ tables


def _means(cells: list[dict]) -> str:
    result = defaultdict(list)
    for cell in cells:
        result[cell["set"], cell["features"], cell["keep"]].append(cell)
    text = (
        f"Means over seeds, and how many of them are non-inferior to the teacher at {MARGIN:g}. By hand: the CSV of "
        f"the tables, summed for {BY_HAND} applicants by ten lines that know nothing else, less LightGBM's own margin."
    )
    lines_ = [
        "## At most two features a tree, or one: what is lost, and the tables that it prints as",
        "",
        text,
        "",
        "| set | features a tree | leaves | AUC | AUC lost | non-inferior | tables | rows of tables | sum by hand |",
        "|---" * 9 + "|",
    ]
    for (name, most, _), group in result.items():
        mean = {key: np.mean([c[key] for c in group]) for key in ("leaves", "auc", "delta", "tables", "rows")}
        confirmed = sum(c["verdict"] == "non-inferior" for c in group)
        lines_.append(
            f"| {name} | {most} | {mean['leaves']:,.0f} | {mean['auc']:.4f} | {-mean['delta']:.4f} "
            f"| {confirmed} of {len(group)} | {mean['tables']:.0f} | {mean['rows']:,.0f} "
            f"| {max(c['gap'] for c in group):.0e} |"
        )
    return "\n".join(lines_)


def _each(cells: list[dict]) -> str:
    lines_ = [
        "### AUC less the teacher's, each split (paired DeLong, 90 % interval)",
        "",
        "| set | seed | teacher | features a tree | leaves | difference | interval | verdict |",
        "|---" * 8 + "|",
    ]
    lines_ += [
        f"| {c['set']} | {c['seed']} | {c['teacher']:.4f} ({c['of']:,}) | {c['features']} | {c['leaves']:,} "
        f"| {c['delta']:+.4f} | {c['lower']:+.4f} to {c['upper']:+.4f} | {c['verdict']} |"
        for c in cells
    ]
    return "\n".join(lines_)
