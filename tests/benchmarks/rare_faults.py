"""A loss in a handful of rows: how often it passes as no worse, and what the guard costs where nothing is wrong.

Binormal scores; 1.8 % of the rows get the score of a random good, which costs exactly the margin.
"""

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy.special import expit

from riskmodel.config import Margins
from riskmodel.core import Sample, Verdict
from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.metrics.discrimination import auc
from riskmodel.stats.interval import of_share

CASES = ((600, 0.05), (3000, 0.01), (3000, 0.05), (3000, 0.20), (20_000, 0.01), (20_000, 0.05))
SHARE, REPLICATIONS = 0.018, 300
ASSUMED = {"rare_faults": "assumed absent", "rare_faults_reason": "for comparison"}


def table(console: Console) -> str:
    """Share of samples that pass, with the fault and without it, by the bound in use and by the normal one alone."""
    lines = [
        f"## Rare faults: {SHARE:.1%} of rows get the score of a random good, {REPLICATIONS:,} samples each",
        "",
        "| rows | bads | margin | fault passes | by the normal bound | no fault passes | normal bound |",
        "|---|---|---|---|---|---|---|",
        *(_row(rows, rate) for rows, rate in track(CASES, "rare faults", console=console)),
    ]
    return "\n".join(lines)


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
    random, passed = np.random.default_rng(1), np.zeros(4, int)
    for _ in range(REPLICATIONS):
        sample, champion, near, spoilt = _drawn(random, rows, rate)
        if sample.default.sum() > 1:
            passed += [
                compare("a", "b", sample, pd, champion, Margins(auc=margin, **how)).differences["auc"].verdict
                is Verdict.NON_INFERIOR
                for pd in (spoilt, near)
                for how in ({}, ASSUMED)
            ]
    shares = [of_share(int(count), REPLICATIONS) for count in passed]
    cells = [f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f})" for share in shares]
    return f"| {rows:,} | {rate:.0%} | {margin:.4f} | " + " | ".join(cells) + " |"
