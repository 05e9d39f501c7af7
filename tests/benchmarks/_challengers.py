"""Real pruned models of one champion, whose paired placements tell how differences of AUC vary together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.progress import track

from riskmodel import pruning, scorers
from riskmodel.core import Vector
from riskmodel.evaluation.metrics.discrimination import placements
from tests.benchmarks._tables import cut

KEEPS = (0.5, 0.25, 0.1)
WAYS = (
    "collapse", "group_lasso", "level_scaling", "trees", "prefix", "retrain", "distil", "max_interaction"
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Paired:
    """Placements of each challenger less the champion's, challengers x bads and challengers x goods."""

    keeps: Vector
    bads: np.ndarray
    goods: np.ndarray

    def covariance(self, rows: int, bad_rate: float) -> np.ndarray:
        """Of the differences of AUC on a sample of so many rows (DeLong, DeLong and Clarke-Pearson 1988)."""
        bads = rows * bad_rate
        return np.cov(self.bads) / bads + np.cov(self.goods) / (rows - bads)


def paired(console: Console, seed: int = 0) -> Paired:
    """Of a tuned LightGBM on Taiwan, cut in eight ways to three sizes, on rows that nothing was fitted on."""
    development, test = cut("Taiwan", seed)
    champion = scorers.recipe("lgbm", {"search": 6}).fit(development, development.train.features, seed)
    base = placements(test.default, champion.score(test))
    keeps, bads, goods = [], [], []
    for way in track(WAYS, "challengers", console=console):
        pruner = pruning.make(way)
        plans = pruner.plans(champion, development, KEEPS)
        for keep, plan in zip(KEEPS, plans, strict=True):
            apart = placements(test.default, pruner.apply(plan, champion, development).score(test)) - base
            keeps.append(keep)
            bads.append(apart.bads)
            goods.append(apart.goods)
    return Paired(np.array(keeps), np.array(bads), np.array(goods))
