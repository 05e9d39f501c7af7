"""A scorer that asks only for the features that it reads: what is said by kinds that can lose the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, Self, runtime_checkable

import numpy as np

from riskmodel.core import Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import LEAF, TreeEnsemble


@runtime_checkable
class CanNarrow(Protocol):
    """A scorer that says which features it reads, and can be had with fewer."""

    @property
    def read_features(self) -> tuple[int, ...]:
        """The places of the features that some split or bin asks for."""

    def narrowed(self, places: Sequence[int]) -> Self:
        """The same scorer of these features alone, in this order; every feature that it reads must be among them."""


def narrow(scorer: Scorer) -> Scorer:
    """The scorer without the features that it never reads; its margins stay the same to the last bit.

    Raises: UnsupportedScorer for a kind whose inputs all have weights (a network), or a scorer that reads none.
    """
    if not isinstance(scorer, CanNarrow):
        raise UnsupportedScorer(f"a {scorer.kind} scorer reads every feature that it has")
    places = scorer.read_features
    if not places:
        raise UnsupportedScorer("the scorer must read a feature, however: it gives every row the same PD")
    return scorer.narrowed(places)


def renumbered(ensemble: TreeEnsemble, places: Sequence[int]) -> TreeEnsemble:
    """The trees of a table that has the columns `places` alone, in this order."""
    new = np.full(ensemble.n_features, LEAF, np.int32)
    new[list(places)] = np.arange(len(places))
    trees = tuple(
        replace(tree, feature=np.where(tree.is_leaf, LEAF, new[tree.feature]).astype(np.int32))
        for tree in ensemble.trees
    )
    return replace(ensemble, trees=trees, n_features=len(places))
