"""A loss in a handful of rows: how often it passes as no worse, and what the guard costs where nothing is wrong.

Binormal scores; 1.8 % of the rows get the score of a random good, which costs exactly the margin.
"""

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.special import expit

from riskmodel import scorers
from riskmodel.config import MarginRule, Margins
from riskmodel.core import Sample, Verdict
from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.metrics.discrimination import auc
from riskmodel.evaluation.metrics.skill import skill
from riskmodel.stats.interval import of_share
from riskmodel.workflows.prune.path import cuts, tree_pruner
from tests.benchmarks._tables import available, cut
from tests.benchmarks.trees import calibrated

CASES = ((600, 0.05), (3000, 0.01), (3000, 0.05), (3000, 0.20), (20_000, 0.01), (20_000, 0.05))
SHARE, REPLICATIONS = 0.018, 300
DRAWS, KEEPS, BADS = 200, (0.5, 0.25, 0.1), (100, 300, 1000)
WAYS = ("bounded", "blind to the outcome", "assumed absent")


def table(console: Console) -> str:
    """Share of samples that pass, with the fault and without it, by the bound in use and by the normal one alone."""
    lines = [
        f"## Rare faults: {SHARE:.1%} of rows get the score of a random good, {REPLICATIONS:,} samples each",
        "",
        "Any fault; one that strikes bads no more often than others (blind); and the normal bound alone.",
        "",
        "| rows | bads | margin | fault passes | blind | normal | no fault passes | blind | normal |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(rows, rate) for rows, rate in track(CASES, "rare faults", console=console)),
    ]
    return "\n".join(lines) + "\n\n" + _pruned(console)


def _pruned(console: Console) -> str:
    """Real models, pruned: how often samples of their test rows pass, at the run's margins, by each bound."""
    lines = [
        f"## Pruned models (group_lasso) on samples of their test rows, {DRAWS} each",
        "",
        "Margins: 2 % of the AUC above .5, 5 % of the gain in Brier score and log-loss. Any fault / blind / normal.",
        "",
        "| set | keep | bads | margin | AUC passes | Brier score | log-loss |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in track(list(available()), "pruned", console=console):
        development, test = cut(name, 0)
        given = calibrated(scorers.recipe("lgbm", {"search": 0}).fit(development, test.features, 0), development)
        margins = MarginRule().fixed(skill(development.tune.default, given.score(development.tune)))
        for made in cuts(given, tree_pruner("group_lasso"), development, KEEPS):
            pds = made.scorer.score(test), given.score(test)
            lines += [_line(name, made.keep, bads, test.default, pds, margins) for bads in BADS]
    return "\n".join(lines)


def _line(  # noqa: PLR0917
    name: str, keep: float, bads: int, default: np.ndarray, pds: tuple[np.ndarray, np.ndarray], margins: Margins
) -> str:
    random, rows = np.random.default_rng(2), int(bads / default.mean())
    passed = {figure: np.zeros(len(WAYS), int) for figure in ("auc", "brier", "log_loss")}
    for _ in range(DRAWS):
        taken = random.integers(0, len(default), rows)
        sample = Sample("drawn", (), np.empty((rows, 0)), default[taken], np.arange(rows))
        for i, way in enumerate(WAYS):
            asked = margins.model_copy(update={"rare_faults": way, "rare_faults_reason": "for comparison"})
            differences = compare("a", "b", sample, pds[0][taken], pds[1][taken], asked).differences
            for figure, counts in passed.items():
                counts[i] += differences[figure].verdict is Verdict.NON_INFERIOR
    cells = [" / ".join(f"{count / DRAWS:.2f}" for count in counts) for counts in passed.values()]
    return f"| {name} | {keep:.2f} | {bads:,} | {margins.auc:.4f} | " + " | ".join(cells) + " |"


def _drawn(random: np.random.Generator, rows: int, rate: float) -> tuple[Sample, np.ndarray, np.ndarray, np.ndarray]:
    default = (random.random(rows) < rate).astype(np.int8)
    score = random.normal(1.1 * default)
    near = score + random.normal(0, 0.05, rows)
    spoilt = np.where(random.random(rows) < SHARE, random.normal(size=rows), near)
    sample = Sample("drawn", (), np.empty((rows, 0)), default, np.arange(rows))
    return sample, expit(score - 2), expit(near - 2), expit(spoilt - 2)


def _row(rows: int, rate: float) -> str:
    whole, score, _, spoilt = _drawn(np.random.default_rng(0), 2_000_000, rate)
    margin = auc(whole.default, score).value - auc(whole.default, spoilt).value
    random, passed = np.random.default_rng(1), np.zeros(6, int)
    for _ in range(REPLICATIONS):
        sample, champion, near, spoilt = _drawn(random, rows, rate)
        if sample.default.sum() > 1:
            passed += [
                compare(
                    "a",
                    "b",
                    sample,
                    pd,
                    champion,
                    Margins(auc=margin, rare_faults=way, rare_faults_reason="for comparison"),
                )
                .differences["auc"]
                .verdict
                is Verdict.NON_INFERIOR
                for pd in (spoilt, near)
                for way in WAYS
            ]
    shares = [of_share(int(count), REPLICATIONS) for count in passed]
    cells = [f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f})" for share in shares]
    return f"| {rows:,} | {rate:.0%} | {margin:.4f} | " + " | ".join(cells) + " |"
