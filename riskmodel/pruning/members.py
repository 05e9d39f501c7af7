"""Whole members of an ensemble inside a network go: those that add least to the mean probability of the others.

What all members share stays; a single one left has its scaling folded into the first layer. Refuses scorers without a
network, and networks of one member.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy.special import log_expit

from riskmodel.core import Development, Matrix, Outcome, PruningPlan, Ranking, RankingPruner, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import NetworkScorer, network_scorer
from riskmodel.pruning.algorithms.networks.recovery import teaching
from riskmodel.pruning.algorithms.networks.unit_selection import check_finite
from riskmodel.stats import weighted


@dataclass(frozen=True)
class MembersPruner(RankingPruner):
    """Greedy forward selection by log-loss on tune, none taken twice (Caruana et al. 2004); random is the control."""

    unit = "member"

    criterion: Literal["forward", "random"] = "forward"
    refit_head: bool = True
    epochs: Annotated[int, Field(ge=0)] = 12  # of fine-tuning; 0: none
    mix: Annotated[float, Field(ge=0, le=1)] = 0.5  # the share of the champion's PD in what it is trained on
    seed: Annotated[int, Field(ge=0)] = 0  # of the criterion random

    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        """Importance falls from the first member taken, 1, to the last."""
        holder = self._holder(scorer)
        count = holder.network.members
        if self.criterion == "random":
            order = np.random.default_rng(self.seed).permutation(count)
        else:
            tune = development.tune
            logits = holder.network.logits(holder.encoded(tune.columns(scorer.features)))
            order = np.array(forward(logits.astype(np.float64), tune.default, tune.weight))
        importance = np.empty(count)
        importance[order] = 1 - np.arange(count) / count
        return Ranking(tuple(str(member) for member in range(count)), importance, np.ones(count))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        """The members that stay, with their heads refitted, then fine-tuned."""
        if not plan.dropped:
            return scorer
        holder = self._holder(scorer)
        teach = teaching(holder, scorer, development, mix=self.mix, refit_head=self.refit_head)
        return holder.with_network(teach(holder.network.with_members(plan.kept), self.epochs))

    def _holder(self, scorer: Scorer) -> NetworkScorer:
        holder = network_scorer(scorer, self.name)
        check_finite(holder.network, self.name)
        if holder.network.members == 1:
            raise UnsupportedScorer("members works on networks of two members or more, however: 1")
        return holder


def forward(logits: Matrix, default: Outcome, weight: Vector | None = None) -> list[int]:
    """All members, n x k, in the order in which each adds most: the log-loss of the mean probability falls fastest.

    `weight` (n) is how much each row counts.
    """
    bad = default == 1
    likely = np.exp(log_expit(np.where(bad[:, None], logits, -logits)))  # of what came about, by each member
    taken: list[int] = []
    total: Vector = np.zeros(len(likely))
    while len(taken) < likely.shape[1]:
        left = [m for m in range(likely.shape[1]) if m not in taken]
        losses = [weighted.mean(-np.log(np.maximum(total + likely[:, m], 1e-300)), weight) for m in left]
        taken.append(left[int(np.argmin(losses))])
        total = total + likely[:, taken[-1]]
    return taken
