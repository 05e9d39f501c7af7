"""On which share of applications a cut decides as the given model does, on rows that nothing was fitted or chosen on.

A LightGBM model of riskmodel's own settings, cut by the plain pruner and by the one whose fit weighs rows near the
cutoff. The cutoff approves 80 % of tune; shares are of the test rows of three splits together, with Clopper-Pearson
bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import track

from riskmodel import pruning, scorers
from riskmodel.core import Column, Development
from riskmodel.evaluation.change.agreement import Agreement, agreement
from riskmodel.stats import weighted
from riskmodel.workflows.prune import alike, path
from riskmodel.workflows.prune.alike import PlacedRule
from riskmodel.workflows.prune.judge import APPROVED
from tests.benchmarks._tables import cut

SEEDS = (0, 1, 2)
LEAVES = (64, 128, 256, 512, 1024, 2048)
SHARES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)  # of the given model's leaves
ASKED = 0.999


@dataclass(frozen=True)
class Tried:
    """One cut of one split."""

    way: str
    leaves: int
    whole: int
    alike: Agreement


def table(console: Console) -> str:
    """Turned decisions and their share by size and way."""
    tried = [one for seed in track(SEEDS, "same_decisions", console=console) for one in _tried(seed)]
    wholes = ", ".join(f"{n:,}" for n in sorted({one.whole for one in tried}))
    lines = [
        f"## The same decisions (Taiwan, splits {', '.join(map(str, SEEDS))}; given models of {wholes} leaves)",
        "",
        "| leaves | " + " | ".join(_ways(tried)) + " |",
        "|---|" + "---|" * len(_ways(tried)),
    ]
    for leaves in sorted({one.leaves for one in tried}):
        cells = [_cell([one.alike for one in tried if (one.way, one.leaves) == (way, leaves)]) for way in _ways(tried)]
        lines.append(f"| {leaves:,} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *_cost(console)])


def _cost(console: Console) -> list[str]:
    """What a share of decisions costs in leaves, by the pruner that weighs rows near the cutoff."""
    tried = [one for seed in track(SEEDS, "leaves", console=console) for one in _near(seed)]
    lines = [
        f"### What {ASKED:.1%} alike takes: shares of the given model's leaves",
        "",
        "| share of leaves | leaves | decided alike (one-sided 95 % bound) | at least that |",
        "|---|---|---|---|",
    ]
    for share in SHARES:
        parts = [one for one in tried if one.way == f"{share:g}"]
        leaves = ", ".join(f"{one.leaves:,}" for one in parts)
        reached = sum(one.alike.share >= ASKED for one in parts)
        lines.append(f"| {share:.0%} | {leaves} | {_cell([one.alike for one in parts])} | {reached} of {len(parts)} |")
    return lines


def _near(seed: int) -> Iterator[Tried]:
    development, test = cut("Taiwan", seed)
    given, rule, near = _asked(development, test.features, seed)
    for made, share in zip(path.cuts(given, alike.pd_pruner(), near, SHARES), SHARES, strict=True):
        same = agreement(given.score(test), made.scorer.score(test), rule.cutoff)
        yield Tried(f"{share:g}", made.trees.n_leaves, given.ensemble.n_leaves, same)


def _ways(tried: list[Tried]) -> list[str]:
    return list(dict.fromkeys(one.way for one in tried))


def _cell(parts: list[Agreement]) -> str:
    whole = Agreement(*(sum(getattr(part, name) for part in parts) for name in ("rows", "approved", "declined")))
    return f"{whole.share:.2%} ({whole.lower:.2%})"


def _tried(seed: int) -> Iterator[Tried]:
    development, test = cut("Taiwan", seed)
    given, rule, near = _asked(development, test.features, seed)
    whole = given.ensemble.n_leaves
    shares = [min(1.0, leaves / whole + 1e-9) for leaves in LEAVES]
    ways = {
        "plain": (pruning.make("group_lasso"), development),
        "PDs alone": (pruning.make("group_lasso", {"mix": 1.0}), development),
        "near the cutoff": (alike.pd_pruner(), near),
    }
    for way, (pruner, rows) in ways.items():
        for made, leaves in zip(path.cuts(given, pruner, rows, shares), LEAVES, strict=True):
            same = agreement(given.score(test), made.scorer.score(test), rule.cutoff)
            yield Tried(way, leaves, whole, same)


def _asked(development: Development, features: tuple[Column, ...], seed: int) -> tuple[Any, PlacedRule, Development]:
    """The given model, the rule, and the rows with more weight near the cutoff."""
    given = scorers.recipe("lgbm", {"search": 0}).fit(development, features, seed).standalone()
    rule = PlacedRule(alike.SHARE, float(weighted.quantile(given.score(development.tune), APPROVED, None)))
    near = Development(*[alike.nearer(sample, given, rule) for sample in (development.train, development.tune)])
    return given, rule, near
