"""Pruning of rows: each method against as many rows at random, and planted label noise that is found.

Boosters of default settings at rate .1 (LightGBM, no search) are fitted on train, and again on a share of it; tune
stops and recalibrates, test judges. Differences are paired (DeLong); the interval is of the mean over the seeds, each
its own split, taken as independent. They do not count the chance of a draw: "drawn again" shows it. The synthetic
portfolio's test sample is its latest fifth.

A screen for wrong outcomes knows no more than PDs. "What these PDs allow" is what their ranking finds where outcomes
are drawn from the PDs themselves and turned: features that tell more, and nothing else, would find more. Of two
classes the self-confidence and the normalised margin of cleanlab rank as |p - y| does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.core import Development, Sample, Scorer
from riskmodel.datasets import encode, split, synthetic
from riskmodel.errors import RiskModelError
from riskmodel.evaluation import recalibrated
from riskmodel.evaluation.metrics.discrimination import Placements, placements
from riskmodel.pruning.algorithms.rows.cross_fitting import error, measured
from tests.benchmarks._tables import cut, parted

SEEDS, KEEPS = (0, 1, 2), (0.1, 0.3, 0.5)
MANY = 80_000  # rows of the synthetic portfolio
MARGIN, NOISE, RECALL = 0.005, 0.05, 0.5
OPTIONS = {"search": 0, "rate": 0.1}
Methods = Mapping[str, tuple[str, Mapping[str, object]]]
METHODS: Methods = {
    "random_rows": ("random_rows", {}),
    "random_rows, drawn again": ("random_rows", {"seed": 100}),
    "recent_rows": ("recent_rows", {}),
    "el2n, sampled": ("el2n", {}),
    "el2n, hardest": ("el2n", {"how": "hardest"}),
    "el2n, easiest": ("el2n", {"how": "easiest"}),
    "gradient_norm, sampled": ("gradient_norm", {}),
    "gradient_norm, hardest": ("gradient_norm", {"how": "hardest"}),
    "duplicate_rows": ("duplicate_rows", {}),
    "label_noise": ("label_noise", {"stop": "keep"}),
}
FEW: Methods = {name: METHODS[name] for name in ("random_rows", "el2n, sampled", "gradient_norm, sampled")}


def table(console: Console) -> str:
    parts = [
        _noise(console),
        compared("Taiwan", MANY, METHODS, KEEPS, SEEDS, console),
        compared("Give Me Some Credit", MANY, FEW, KEEPS, SEEDS, console),
        compared("synthetic", MANY, METHODS, KEEPS, SEEDS, console),
    ]
    return "\n\n".join(parts)


def _samples(name: str, rows: int, seed: int) -> tuple[Development, Sample]:
    if name != "synthetic":
        return cut(name, seed)
    whole, data = synthetic.portfolio(rows, seed=seed), synthetic.roles("")
    whole = whole.sort_by(data.time)
    edge = rows * 4 // 5
    development, test = parted(whole, data, seed, np.arange(edge), np.arange(edge, rows))
    train = replace(development.train, days=split.dates(whole, data.time)[development.train.rows])
    return replace(development, train=train), test


def _fitted(development: Development, test: Sample, seed: int) -> Scorer:
    return recalibrated(scorers.recipe("lgbm", OPTIONS).fit(development, test.features, seed), development.tune)


def compared(  # noqa: PLR0917
    name: str, rows: int, methods: Methods, keeps: Sequence[float], seeds: Sequence[int], console: Console
) -> str:
    """Each method on a table at each keep, as Markdown."""
    outcomes: dict[tuple[float, str], list[tuple[float, ...]]] = {}
    for seed in seeds:
        development, test = _samples(name, rows, seed)
        given = _fitted(development, test, seed)
        whole = placements(test.default, given.score(test))
        base = {}
        for label, keep, scorer in _cuts(given, development, methods, keeps, seed):
            placed = placements(test.default, recalibrated(scorer, development.tune).score(test))
            base.setdefault(keep, placed)  # random_rows comes first
            outcome = (placed.auc, *_difference(placed - whole), *_difference(placed - base[keep]))
            outcomes.setdefault((keep, label), []).append(outcome)
            console.print(name, len(development.train), seed, label, keep, outcome)
    sizes = f"{len(development.train):,} of train, {int(test.default.sum()):,} bads of test"
    head = f"## Rows: {name}, {sizes}, {len(seeds)} seeds"
    return _rendered(head, outcomes)


def _cuts(given, development, methods, keeps, seed) -> Iterator[tuple[str, float, Scorer]]:
    for label, (name, options) in methods.items():
        if name == "recent_rows" and development.train.days is None:
            continue
        pruner = pruning.make(name, {"seed": seed, **options})
        for keep in keeps:  # one by one: what leaves too few bads is refused, and left out
            try:
                plan = pruner.plan(given, development, keep)
            except RiskModelError as refusal:
                print(f"left out: {label} at {keep:g}: {refusal}", file=sys.stderr)
                continue
            yield label, keep, pruner.apply(plan, given, development)


def _difference(placed: Placements) -> tuple[float, float]:
    return placed.auc, placed.standard_error


def _rendered(head: str, outcomes: dict[tuple[float, str], list[tuple[float, ...]]]) -> str:
    lines = [head, "", "| keep | method | test AUC | against all rows | non-inferior at .005 | against random |"]
    lines.append("|---|---|---|---|---|---|")
    for (keep, label), some in sorted(outcomes.items(), key=lambda item: item[0][0]):
        values = np.array(some)
        area, change, beside = values[:, 0].mean(), values[:, 1].mean(), values[:, 3].mean()
        errors = [float(np.sqrt((values[:, i] ** 2).sum()) / len(values)) for i in (2, 4)]
        verdict = "yes" if change - 1.645 * errors[0] > -MARGIN else "not shown"
        ahead = "" if label == "random_rows" else _interval(beside, errors[1])
        lines.append(f"| {keep:g} | {label} | {area:.4f} | {_interval(change, errors[0])} | {verdict} | {ahead} |")
    return "\n".join(lines)


def _interval(value: float, error: float) -> str:
    return f"{value:+.4f} ({value - 1.96 * error:+.4f} to {value + 1.96 * error:+.4f})"


def _noise(console: Console) -> str:
    """5 % of the outcomes of train and tune are turned; how many of those that stand first are turned ones."""
    lines = ["## Rows: planted label noise, 5 % of all outcomes turned; precision at recall .5, seeds 0, 1, 2", ""]
    lines += ["| table | bad rate | label_noise | four of it, averaged | what these PDs allow | by the true PD |"]
    lines += ["|---|---|---|---|---|---|"]
    for name in ("Taiwan", "Give Me Some Credit", "synthetic"):
        figures = []
        for seed in SEEDS:
            development, test = _samples(name, MANY, seed)
            draw = np.random.default_rng(seed)
            turned = [draw.random(len(part)) < NOISE for part in (development.train, development.tune)]
            train, tune = (
                replace(part, default=np.where(flip, 1 - part.default, part.default).astype(np.int8))
                for part, flip in zip((development.train, development.tune), turned, strict=True)
            )
            noisy = replace(development, train=train, tune=tune)
            scorer = _fitted(noisy, test, seed)
            wrong = [measured(scorer, noisy, 4, fold_seed, error) for fold_seed in range(seed, seed + 4)]
            best = np.nan
            if name == "synthetic":
                best = _precision(np.abs(_true_pd(seed)[train.rows] - train.default), turned[0])
            mean = np.mean(wrong, axis=0)
            ours = [_precision(suspicion, turned[0]) for suspicion in (wrong[0], mean)]
            allowed = _allowed(np.where(train.default == 1, 1 - mean, mean))
            figures.append((development.train.default.mean(), *ours, allowed, best))
            console.print(name, seed, figures[-1])
        rate, *means = np.mean(figures, axis=0)
        low, high = (f(row[1] for row in figures) for f in (min, max))
        cells = [
            f"{means[0]:.3f} ({low:.3f} to {high:.3f})",
            *(f"{x:.3f}" if np.isfinite(x) else "" for x in means[1:]),
        ]
        lines.append(f"| {name} | {rate:.3f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _allowed(pd: np.ndarray, draws: int = 10) -> float:
    """The mean precision of |p - y| where outcomes are as the PDs (n) of noisy outcomes say, and then turned."""
    clean = np.clip((pd - NOISE) / (1 - 2 * NOISE), 0, 1)
    made = []
    for draw in range(draws):
        random = np.random.default_rng(draw)
        turned = random.random(len(pd)) < NOISE
        outcomes = (random.random(len(pd)) < clean) ^ turned
        made.append(_precision(np.abs(pd - outcomes), turned))
    return float(np.mean(made))


def _true_pd(seed: int) -> np.ndarray:
    whole, data = synthetic.portfolio(MANY, seed=seed), synthetic.roles("")
    return encode.numbers(pa.chunked_array(whole.sort_by(data.time)["true_pd"]).combine_chunks(), "true_pd")


def _precision(suspicion: np.ndarray, turned: np.ndarray) -> float:
    """Share of turned rows among the most suspicious that hold half of them."""
    hits = np.cumsum(turned[np.argsort(-suspicion, kind="stable")])
    first = int(np.argmax(hits >= RECALL * turned.sum())) + 1
    return float(hits[first - 1] / first)
