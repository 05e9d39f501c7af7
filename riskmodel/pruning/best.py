"""At each share, whichever of several pruners leaves the least log-loss on tune; the plan bears its name.

Which one that is differs from model to model and from size to size, and tune tells: test and selection have no say. So
plans of different shares need not be nested. What decides on tune itself has an advantage there that is none: with few
bads or goods in tune it is left out. Refuses scorers that all of them refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer
from riskmodel.errors import ConfigError, UnsupportedScorer
from riskmodel.pruning import make
from riskmodel.pruning.algorithms.trees.objective import mixed
from riskmodel.pruning.algorithms.trees.platt_line import fitted_line, level
from riskmodel.stats.sample_size import fewest

BY_TUNE = ("collapse",)  # decide which splits go by tune's log-loss
ENOUGH = 200  # bads and goods of tune, a convention: with 60 the choice lost .02 of AUC, with 700 nothing
STEPS = 8  # of Newton from a line that is right for no margin yet


@dataclass(frozen=True)
class BestPruner(Pruner):
    """Each of `among` decides and cuts with its own defaults; all cuts are recalibrated before they are compared."""

    unit = "node"
    learns = True

    among: Annotated[Sequence[str], Field(min_length=1)] = ("collapse", "group_lasso", "distil")

    def __post_init__(self) -> None:
        object.__setattr__(self, "among", tuple(self.among))  # TOML and JSON have lists
        if "best" in self.among:
            raise ConfigError("among must not name best itself")

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        paths = list(self._paths(scorer, development, keeps))
        chosen = [min(plans, key=lambda plan: _loss(plan, scorer, development)) for plans in zip(*paths, strict=True)]
        return [
            Decision(plan.units, np.array(plan.importance), plan.kept, plan.values, plan.steps, by=_pruner(plan))
            for plan in chosen
        ]

    def _paths(
        self, scorer: Scorer, development: Development, keeps: Sequence[float]
    ) -> Iterator[tuple[PruningPlan, ...]]:
        refusal = None
        served = 0
        for name in self.competing(development):
            try:
                yield make(name).plans(scorer, development, keeps)
                served += 1
            except UnsupportedScorer as error:
                refusal = error
        if not served and refusal is not None:
            raise refusal

    def competing(self, development: Development) -> Sequence[str]:
        """The methods that are tried on this development."""
        if fewest(development.tune.default) >= ENOUGH:
            return self.among
        return [name for name in self.among if name not in BY_TUNE] or self.among

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        return _pruner(plan).cut(scorer, plan, development)


def _pruner(plan: PruningPlan) -> Pruner:
    return make(plan.pruner, plan.options)


def _loss(plan: PruningPlan, scorer: Scorer, development: Development) -> float:
    """Nats a row of tune, after the line that recalibration will fit."""
    small = _pruner(plan).apply(plan, scorer, development)
    margin = small.raw_margin(development.tune.columns(small.features))
    objective = mixed(development.tune.default, np.zeros(len(margin)), mix=0, weight=development.tune.weight)
    line = fitted_line(objective, margin, level(objective), STEPS)
    return objective.loss(line[0] + line[1] * margin)
