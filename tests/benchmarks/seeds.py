"""What the main job chooses on other splits and seeds: the cost of its choice, and what it does to AUC on test.

Each run is that of a TOML, whole but for what cannot change its choice: no latency is measured, no report is written.
Neural scorers are left out, which take most of the time. Runs that were measured are kept in data/raw/benchmarks/.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from scipy.stats import t
from threadpoolctl import threadpool_limits

from riskmodel import config
from riskmodel.config import Run
from riskmodel.core import Change
from riskmodel.datasets import preparation
from riskmodel.evaluation.champion import choose
from riskmodel.evaluation.contest import Contest
from riskmodel.scorers import recipes_of
from riskmodel.selection import verdict
from riskmodel.selection.chain import chain, rivals, walk
from riskmodel.workflows.init import proposal
from riskmodel.workflows.train import develop
from tests.benchmarks._tables import RAW, TOML, available

CELLS = RAW / "benchmarks"
COLUMNS = (
    "table", "seeds", "another than the champion", "cost, median", "cost, range", "leaves, median",
    "AUC on test, mean", "95 % over seeds", "worst",
)  # fmt: skip
TREES = ("lgbm", "xgb", "scorecard")


@dataclass(frozen=True)
class Case:
    """How many seeds of a table, and where it lies; None is the table of the project's own TOML."""

    seeds: int
    path: Path | None = None
    target: str = ""


CASES = {
    "Taiwan": Case(10),
    "German credit": Case(10, RAW / "german_credit.csv", "creditability"),
    "Give Me Some Credit": Case(3, RAW / "give_me_some_credit.csv", "SeriousDlqin2yrs"),
}


def table(console: Console) -> str:
    """The means over seeds by table, then each run."""
    CELLS.mkdir(parents=True, exist_ok=True)
    cells = []
    for name in available(tuple(CASES)):
        for seed in range(CASES[name].seeds):
            path = CELLS / f"seeds-{name.replace(' ', '_')}-{seed}.json"
            if not path.exists():
                console.print("seeds", name, seed)
                beside = path.with_suffix(".partial")
                beside.write_text(json.dumps({"set": name, "seed": seed, **measure(CASES[name], seed)}))
                beside.replace(path)
            cells.append(chosen(json.loads(path.read_text())))
    return "\n\n".join([_means(cells), _each(cells)])


def measure(case: Case, seed: int) -> dict[str, Any]:
    """One run on one split, up to what its choice rests on."""
    with tempfile.TemporaryDirectory() as name:
        folder = TOML.parent
        run = config.read(TOML)[0]
        recipes = run.recipes
        if case.path is not None:
            folder = Path(name)
            proposal.init(case.path, case.target, folder / "run.toml", {})
            run = config.read(folder / "run.toml")[0]
        wanted = [recipe for recipe in recipes if set(recipe.scorers) <= set(TREES)]
        scorers = [entry for entry in run.scorers if entry.name in TREES]
        lean = {"seed": seed, "threads": 1, "scorers": scorers, "recipes": wanted}
        return _judged(run.model_copy(update=lean), folder)


def _judged(run: Run, folder: Path) -> dict[str, Any]:
    """All that a choice rests on: of each challenger cost, leaves and p-value on selection, and what test says."""
    data = preparation.prepare(run, folder)
    data.answered()
    samples = data.samples()
    development = samples.development
    with threadpool_limits(run.threads):
        unpruned = develop.fitted(recipes_of(run), data.schema.features, development, run.seed)
        champion = choose(unpruned, development).name
        variants = {**unpruned, **develop.challengers(run, unpruned, development)}
    contest = Contest.of(run, variants, champion, development.tune)
    proposed = contest.proposed(contest.judged(samples.selection), {}, samples.selection)
    _, tested = contest.judged(samples.test.open(proposed.choice))
    leaves = {name: variant.scorer.complexity().leaves for name, variant in variants.items()}
    return {
        "champion": champion, "margin": contest.margins.auc, "leaves": leaves, "cost": dict(proposed.cost),
        "out": dict(proposed.out), "p": {name: change.p_value for name, change in proposed.changes.items()},
        "test": {name: _record(change) for name, change in tested.items()},
    }  # fmt: skip


def _record(change: Change) -> dict[str, Any]:
    auc = change.differences["auc"]
    record = {"verdict": str(verdict(change)), "p": change.p_value, "decided_by": change.decided_by}
    return {**record, "delta": auc.delta, "lower": auc.lower, "upper": auc.upper}


def chosen(cell: dict[str, Any]) -> dict[str, Any]:
    """The choice of the rule as it is now."""
    standing = [name for name in cell["test"] if name not in cell["out"]]
    cost, p_value = ({name: cell[key][name] for name in standing} for key in ("cost", "p"))
    links = chain(cost, p_value)
    families = [(name,) for name in links[:-1]] + [links[-1:] + rivals(links, cost, p_value)]
    asked, last = walk(families, cost, {name: cell["test"][name]["p"] for name in standing})
    champion = cell["champion"]
    name = last or champion
    leaves = cell["leaves"]
    return {
        **{key: cell[key] for key in ("set", "seed", "champion", "margin")},
        **(cell["test"][name] if name != champion else {"delta": 0.0, "lower": 0.0, "upper": 0.0}),
        "chosen": name, "asked": asked, "cost": cell["cost"][name] / cell["cost"][champion],
        "leaves": leaves[name] / leaves[champion] if leaves[champion] else None,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ tables


def _means(cells: list[dict]) -> str:
    lines = [
        "## What is chosen, over seeds",
        "",
        "Each seed draws split, search and models anew. Cost is work, as a share of the champion's; where the champion",
        "stays both shares are 1 and the difference is 0. The interval is Student's over seeds, whose test samples",
        "overlap: it tells how one run of this table differs from another, not how another table would fare.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|---" * len(COLUMNS) + "|",
    ]
    for name in dict.fromkeys(cell["set"] for cell in cells):
        own = [cell for cell in cells if cell["set"] == name]
        cost, delta = (np.array([cell[key] for cell in own]) for key in ("cost", "delta"))
        leaves = [cell["leaves"] for cell in own if cell["leaves"] is not None]
        half = t.ppf(0.975, len(own) - 1) * delta.std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else np.inf
        lines.append(
            f"| {name} | {len(own)} | {sum(c['chosen'] != c['champion'] for c in own)} | {np.median(cost):.3f} "
            f"| {cost.min():.3f} to {cost.max():.3f} | {f'{np.median(leaves):.3f}' if leaves else 'none'} "
            f"| {delta.mean():+.4f} | {delta.mean() - half:+.4f} to {delta.mean() + half:+.4f} | {delta.min():+.4f} |"
        )
    return "\n".join(lines)


def _each(cells: list[dict]) -> str:
    lines = [
        "### Each run (AUC on test less the champion's, 90 % interval, margin)",
        "",
        "| table | seed | champion | chosen | asked | cost | leaves | AUC | interval | margin |",
        "|---" * 10 + "|",
    ]
    lines += [
        f"| {c['set']} | {c['seed']} | {c['champion']} | {c['chosen']} | {', '.join(c['asked']) or 'nobody'} "
        f"| {c['cost']:.3f} | {'none' if c['leaves'] is None else format(c['leaves'], '.3f')} | {c['delta']:+.4f} "
        f"| {c['lower']:+.4f} to {c['upper']:+.4f} | {c['margin']:.4f} |"
        for c in cells
    ]
    return "\n".join(lines)
