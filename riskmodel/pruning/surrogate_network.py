"""A plain network that is taught the scorer's PDs takes its place: any champion, in a fraction of its size and time.

Hinton, Vinyals and Dean 2015 (arXiv 1503.02531). The student has two hidden layers and no embeddings, and needs no
torch. It refuses a size at which no neuron would be left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Recipe, Scorer, Targets
from riskmodel.errors import UnsupportedScorer
from riskmodel.pruning.algorithms.students.teacher import Mix
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.registry import SCORERS
from riskmodel.trees.targets import learnt_pds

TRAINING = {"batch": 512, "rate": 4e-3}  # larger steps than a network takes that learns outcomes: PDs have no noise


@dataclass(frozen=True)
class SurrogateNetworkPruner(Pruner):
    """Nothing is cut: a network of at most `keep` of the connections, and `widest` neurons a layer, takes over."""

    unit = "scorer"
    same_kind = False
    learns = True

    mix: Mix = 1.0  # the share of the PD in what the student learns; 0 is the outcomes alone
    widest: Annotated[int, Field(ge=1, le=4096)] = 32
    epochs: Annotated[int, Field(ge=1)] = 50  # at most: tune stops it

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:  # noqa: ARG002
        """The value of the one unit is the number of neurons of each of the two layers."""
        return [Decision((scorer.kind,), np.ones(1), (0,), (float(self._width(scorer, keep)),)) for keep in keeps]

    def _width(self, scorer: Scorer, keep: float) -> int:
        """The largest h with h^2 + (inputs + 3) h + 1 connections or fewer; numbers count twice, for their flags."""
        inputs = sum(len(column.categories) or 2 for column in scorer.features)
        most = int(keep * scorer.complexity().connections)
        half = inputs + 3
        width = (isqrt(max(0, half**2 + 4 * (most - 1))) - half) // 2
        if width < 1:
            raise UnsupportedScorer(f"a student of {most} connections would have no neuron: keep must be larger")
        return min(self.widest, width)

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        if plan.keep == 1:
            return scorer
        width = int(plan.values[0])
        recipe = SCORERS.make("mlp", Recipe, {**TRAINING, "hidden": [width, width], "epochs": self.epochs})
        return recipe.fit(development, scorer.features, seed=0, targets=targets(scorer, development, self.mix))


def targets(scorer: Scorer, development: Development, mix: float) -> Targets:
    """What a student learns: (1 - mix) * outcome + mix * PD, a teacher's where there is one, or the scorer's own."""
    samples = development.train, development.tune
    pds = learnt_pds(development, *(scorer.score(sample) for sample in samples))
    train, tune = (mixed(s.default, pd, mix).target for s, pd in zip(samples, pds, strict=True))
    return Targets(train, tune)
