"""A scorer whose margin is a weighted sum of trees, whatever its kind: boosters, scorecards, and blends of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from riskmodel.core import Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees.ensemble import TreeEnsemble


@dataclass(frozen=True, eq=False)
class TreePart:
    """Trees, and what their margin is multiplied by.

    centred: every tree has one feature and adds 0 on average over train, so that its values are its attributions.
    """

    ensemble: TreeEnsemble
    weight: float = 1.0
    centred: bool = False


@runtime_checkable
class SumOfTrees(Protocol):
    """A scorer that can say its raw margin as trees, of its own features in their order."""

    def tree_parts(self) -> tuple[TreePart, ...]:
        """The parts, whose weighted margins add up to the raw margin. Raises: UnsupportedScorer."""


def parts_of(scorer: Scorer) -> tuple[TreePart, ...]:
    """The trees of a scorer. Raises: UnsupportedScorer for one that is no sum of trees."""
    if not isinstance(scorer, SumOfTrees):
        raise UnsupportedScorer(
            f"must be a sum of trees (boosters, scorecards, blends of them), however: {scorer.kind}"
        )
    return scorer.tree_parts()
