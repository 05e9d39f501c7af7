"""On which share of applications a cut decides as the given model does, on rows that nothing was fitted or chosen on.

A LightGBM model of riskmodel's own settings, cut by the plain pruner and by the one whose fit weighs rows near the
cutoff. The cutoff approves 80 % of tune; shares are of the test rows of three splits together, with Clopper-Pearson
bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track

from riskmodel import pruning, scorers
from riskmodel.core import Development
from riskmodel.evaluation.change.agreement import Agreement, agreement
from riskmodel.stats import weighted
from riskmodel.workflows.prune import alike, path
from riskmodel.workflows.prune.judge import APPROVED
from tests.benchmarks._tables import cut

SEEDS = (0, 1, 2)
LEAVES = (64, 128, 256, 512, 1024, 2048)


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
    return "\n".join(lines)


def _ways(tried: list[Tried]) -> list[str]:
    return list(dict.fromkeys(one.way for one in tried))


def _cell(parts: list[Agreement]) -> str:
    whole = Agreement(*(sum(getattr(part, name) for part in parts) for name in ("rows", "approved", "declined")))
    return f"{whole.share:.2%} ({whole.lower:.2%})"


def _tried(seed: int) -> Iterator[Tried]:
    development, test = cut("Taiwan", seed)
    given = scorers.recipe("lgbm", {"search": 0}).fit(development, test.features, seed).standalone()
    rule = alike.PlacedRule(alike.SHARE, float(weighted.quantile(given.score(development.tune), APPROVED, None)))
    near = Development(*[alike.nearer(sample, given, rule) for sample in (development.train, development.tune)])
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
