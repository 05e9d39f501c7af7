"""Students of an out-of-fold blend against students of one booster's in-sample PDs, at the same number of leaves.

SEEDS=2 python -m tests.benchmarks teacher    how many splits of each table; one cell a split, kept when it is done

The tuned LightGBM is the best of twelve settings on tune, as in `trees`; the rival the best on tune of its grid.
The blend is of CatBoost, an explainable boosting machine, LightGBM and the neural scorer, refitted in five folds of
train. Of each table 24,000 rows, drawn by the seed, are train and tune (3 to 1); test has all others, unseen by any.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Development, Scorer, TeacherPds
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.pruning.algorithms.students import out_of_fold
from riskmodel.stats.folds import folds
from tests.benchmarks._ebm_member import ebm
from tests.benchmarks._tables import RAW, TABLES, available, parted
from tests.benchmarks.trees import calibrated, rivals

SETS = ("Taiwan", "synthetic", "Give Me Some Credit")
SIZES = (64, 128, 256, 512)
SEEN = 24_000
CELLS = RAW / "benchmarks"
MEMBERS = ("lgbm", "catboost", "ebm", "neural")
RIVAL, TODAY, BLEND = "retrain small", "distil", "distil, blend"
ALONE, OWN_FOLDS = "distil, blend's PDs alone", "distil, its own PDs out of fold"
LASSO, LASSO_BLEND = "group_lasso", "group_lasso, blend"
METHODS = (RIVAL, TODAY, OWN_FOLDS, BLEND, ALONE, LASSO, LASSO_BLEND)


def table(console: Console) -> str:
    """Differences of test AUC by size, with intervals over splits; what the blends are made of."""
    CELLS.mkdir(parents=True, exist_ok=True)
    seeds = range(int(os.environ.get("SEEDS", "2")))
    jobs = [job for job in product(seeds, available(SETS)) if not _path(*job).exists()]
    for seed, name in track(jobs, "splits x tables", console=console):
        measure(seed, name)
    return section([json.loads(path.read_text()) for path in sorted(CELLS.glob("teacher-*.json"))])


def _path(seed: int, name: str):
    return CELLS / f"teacher-{name.replace(' ', '_')}-{seed}.json"


def measure(seed: int, name: str) -> None:
    """One split of one table, written as one file."""
    whole, data = TABLES[name]()
    early, late = np.split(np.random.default_rng(seed).permutation(whole.num_rows), [SEEN])
    development, test = parted(whole, data, seed, np.sort(early), np.sort(late))
    given = calibrated(scorers.recipe("lgbm", {"search": 12}).fit(development, test.features, seed), development)
    blend, own = teachers(given, development, seed)
    cell = {
        "set": name, "seed": seed, "leaves": given.ensemble.n_leaves, "weights": list(blend.blend.weights),
        "equal": blend.blend.equal, "losses": list(blend.blend.losses), "loss": blend.blend.loss,
        "teacher": placements(test.default, given.score(test)).auc,
        "auc": {
            str(size): {method: placements(test.default, made.score(test)).auc for method, made in students.items()}
            for size, students in of_sizes(given, development, {BLEND: blend, OWN_FOLDS: own})
        },
    }  # fmt: skip
    beside = _path(seed, name).with_suffix(".partial")
    beside.write_text(json.dumps(cell))
    beside.replace(_path(seed, name))


def teachers(given: Scorer, development: Development, seed: int) -> tuple[TeacherPds, TeacherPds]:
    """The blend's PDs, and those of the given booster alone, both out of fold."""
    features = given.features
    quick = {"search": 0}
    members = {
        "lgbm": given,
        "catboost": scorers.recipe("catboost", quick).fit(development, features, seed),
        "ebm": ebm(development, features, seed),
        "neural": scorers.recipe("neural", {}).fit(development, features, seed),
    }
    parts = folds(development.train.default, out_of_fold.FOLDS, seed)
    margins = {name: out_of_fold.margins_of(members[name], development, parts) for name in MEMBERS}
    blend = out_of_fold.weighed(MEMBERS, list(margins.values()), development, parts)
    return blend, out_of_fold.weighed(("lgbm",), [margins["lgbm"]], development, parts)


def of_sizes(
    given: Scorer, development: Development, pds: dict[str, TeacherPds]
) -> Iterator[tuple[int, dict[str, Scorer]]]:
    """By size the model of each method."""
    sizes = [size for size in SIZES if size < given.ensemble.n_leaves]
    small = rivals(given, sizes, development)
    taught = {name: replace(development, taught=own) for name, own in pds.items()}
    ways = {
        TODAY: ("distil", {}, development),
        OWN_FOLDS: ("distil", {}, taught[OWN_FOLDS]),
        BLEND: ("distil", {}, taught[BLEND]),
        ALONE: ("distil", {"mix": 1.0}, taught[BLEND]),
        LASSO: ("group_lasso", {}, development),
        LASSO_BLEND: ("group_lasso", {}, taught[BLEND]),
    }
    made = {name: _pruned(*way, given, sizes) for name, way in ways.items()}
    for place, size in enumerate(sizes):
        yield size, {RIVAL: small[size], **{name: of[place] for name, of in made.items()}}


def _pruned(method: str, options: dict, development: Development, given: Scorer, sizes: list[int]) -> list[Scorer]:
    pruner = pruning.make(method, options)
    plans = pruner.plans(given, development, [size / given.ensemble.n_leaves for size in sizes])
    return [pruner.apply(plan, given, development) for plan in plans]


# ------------------------------------------------------------------------------------------------ tables


def section(cells: list[dict]) -> str:
    """The tables of what was measured."""
    tables = (_against(cells, TODAY), _against(cells, RIVAL), _against(cells, BLEND, (ALONE,)), _made_of(cells))
    return "\n".join([*_head(cells), *(line for one in tables for line in ("", *one))])


def _head(cells: list[dict]) -> list[str]:
    splits = ", ".join(
        f"{name} {sum(cell['set'] == name for cell in cells)}" for name in dict.fromkeys(c["set"] for c in cells)
    )
    return [
        "## Students of an out-of-fold blend",
        "",
        f"Splits: {splits}; {SEEN:,} rows of each are train and tune, all others test. Teacher of `distil` today:",
        "the tuned LightGBM's own PDs, in sample. The blend: CatBoost, EBM, LightGBM and neural, in five folds.",
        "Mean difference of test AUC over splits, with 95 % intervals (Student; in the last rows over all splits).",
    ]


def _against(cells: list[dict], rival: str, compared: tuple[str, ...] = METHODS) -> list[str]:
    methods = [method for method in compared if method != rival]
    lines = [f"### AUC less that of {rival}", "", f"| table | leaves | {' | '.join(methods)} |"]
    lines += ["|---|---|" + "---|" * len(methods)]
    for name in dict.fromkeys(cell["set"] for cell in cells):
        own = [cell for cell in cells if cell["set"] == name]
        for size in SIZES:
            lines.append(f"| {name} | {size} | {' | '.join(_mean(own, m, rival, (size,)) for m in methods)} |")
    for sizes in ((64, 128), (256, 512)):
        label = " and ".join(map(str, sizes))
        lines.append(f"| all | {label} | {' | '.join(_mean(cells, m, rival, sizes) for m in methods)} |")
    return lines


def _mean(cells: list[dict], method: str, rival: str, sizes: tuple[int, ...]) -> str:
    """Mean over splits, the sizes of one split as one, and half of its 95 % interval."""
    gains = []
    for cell in cells:
        of = [cell["auc"][str(s)] for s in sizes if str(s) in cell["auc"]]
        if of:
            gains.append(np.mean([one[method] - one[rival] for one in of]))
    if not gains:
        return ""
    if len(gains) < 2:
        return f"{gains[0]:+.4f}"
    half = t.ppf(0.975, len(gains) - 1) * np.std(gains, ddof=1) / np.sqrt(len(gains))
    return f"{np.mean(gains):+.4f} ± {half:.4f}"


def _made_of(cells: list[dict]) -> list[str]:
    lines = ["### What the blends are made of", ""]
    lines += ["| table | split | weights | log-loss out of fold of each | of the blend |", "|---|---|---|---|---|"]
    for cell in cells:
        weights = ", ".join(f"{name} {w:.2f}" for name, w in zip(MEMBERS, cell["weights"], strict=True))
        losses = ", ".join(f"{loss:.4f}" for loss in cell["losses"])
        alike = " (alike)" if cell["equal"] else ""
        lines.append(f"| {cell['set']} | {cell['seed']} | {weights}{alike} | {losses} | {cell['loss']:.4f} |")
    return lines
