"""Members of a blend go, the least missed first; the weights of the others are fitted again on tune.

It refuses scorers that are no blend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.stats import log_loss, weighted


@runtime_checkable
class ReducibleBlend(Protocol):
    """A scorer that is a weighted sum of others."""

    @property
    def members(self) -> tuple[Scorer, ...]: ...

    def without(self, gone: Sequence[int], development: Development) -> Scorer:
        """The blend of the others, its weights fitted afresh on tune."""


@dataclass(frozen=True)
class BlendMembersPruner(RankingPruner):
    """Backward: in each round the member goes whose absence, the weights refitted, costs the least log-loss on tune."""

    unit = "member"
    share_of = "members"

    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        """Importance is the log-loss on tune without the member and all that went before it, less that of all."""
        blend = _blend(scorer)
        units = tuple(f"{i}.{member.kind}" for i, member in enumerate(blend.members))
        whole, gone = _loss(blend.without((), development), development), list[int]()
        importance = np.full(len(units), np.inf)
        while len(gone) < len(units) - 1:
            rest = [i for i in range(len(units)) if i not in gone]
            losses = {i: _loss(blend.without([*gone, i], development), development) for i in rest}
            gone.append(min(losses, key=losses.__getitem__))
            importance[gone[-1]] = max(losses[gone[-1]] - whole, importance[gone[-2]] if gone[1:] else 0.0)
        [last] = [i for i in range(len(units)) if i not in gone]
        importance[last] = _nothing(development) - whole
        return Ranking(units, importance, np.ones(len(units)))

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        return _blend(scorer).without(plan.dropped, development) if plan.dropped else scorer


def _blend(scorer: Scorer) -> ReducibleBlend:
    if not isinstance(scorer, ReducibleBlend):
        raise UnsupportedScorer(f"blend_members works on blends, however: {scorer.kind}")
    return scorer


def _loss(scorer: Scorer, development: Development) -> float:
    """Of the raw margin: a calibration that was made for other weights plays no part."""
    tune = development.tune
    margin = scorer.raw_margin(tune.columns(scorer.features))
    return weighted.mean(log_loss.of_margin(margin, tune.default), tune.weight)


def _nothing(development: Development) -> float:
    """Of the bad rate alone."""
    rate = weighted.mean(development.tune.default, development.tune.weight)
    return float(-rate * np.log(rate) - (1 - rate) * np.log(1 - rate))
