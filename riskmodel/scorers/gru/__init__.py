"""A gated recurrent unit over the months, and dense layers on its last state and the features beside.

Source: Cho et al. 2014 (arXiv 1406.1078). `[data.sequence]` names the months; training needs torch, scoring numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from riskmodel.core import Column, Development, Targets, Tick
from riskmodel.networks.sequences import GruCell, SequenceCell
from riskmodel.scorers._sequence.recipe import SequenceRecipe, share, uniform
from riskmodel.scorers._sequence.scorer import SequenceScorer
from riskmodel.scorers.base.network import Count


@dataclass(frozen=True)
class GruRecipe(SequenceRecipe):
    """How a recurrent scorer is trained."""

    units: Count = 64  # numbers of the state that goes from month to month

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> GruScorer:
        """A scorer of these features; one tick an epoch.

        Raises: DataError for months that are no numbers, RiskModelError where torch is missing.
        """
        return GruScorer.checked_fit(self, development, features, seed, tick, targets)

    def cell(self, months: int, inputs: int, random: np.random.Generator) -> SequenceCell:  # noqa: ARG002 - as of every cell
        wide = 3 * self.units
        given, given_bias, state, state_bias = (
            uniform(random, shape, self.units) for shape in ((wide, inputs), (wide,), (wide, self.units), (wide,))
        )
        return GruCell(given, given_bias, state, state_bias, np.zeros(self.units, np.float32))

    def sized(self, cell: SequenceCell, size: float) -> GruRecipe:
        return replace(self, units=share(cell.units, size))


@dataclass(frozen=True, eq=False)
class GruScorer(SequenceScorer):
    """A recurrent network that torch trains."""

    kind = "gru"
    recipe_type = GruRecipe
