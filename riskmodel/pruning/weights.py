"""Single weights become zero, the smallest of the whole network first, but each layer keeps its floor.

The network keeps its shape: fewer bytes once packed, no less time. The zeros hold through fine-tuning. It refuses
scorers without a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.stats import rankdata

from riskmodel.core import Development, PruningPlan, Ranking, RankingPruner, Scorer, Vector
from riskmodel.network import Array, network_scorer


@dataclass(frozen=True)
class WeightsPruner(RankingPruner):
    """Ranks hidden and head weights by magnitude (Han et al. 2015, arXiv 1506.02626); embeddings and biases stay."""

    unit = "weight"

    epochs: Annotated[int, Field(ge=0)] = 8  # of fine-tuning; 0 leaves the network as it was cut
    floor: Annotated[float, Field(ge=0, le=1)] = 0.05  # share of each layer that goes last: see `_importance`

    def rank(self, scorer: Scorer, seen: Development) -> Ranking:  # noqa: ARG002 - weights alone decide
        """Units are layer.row.column; the layer after the last hidden one is the head, a row a member."""
        matrices = network_scorer(scorer, self.name).network.matrices
        units = tuple(
            f"{layer}.{row}.{column}"
            for layer, matrix in enumerate(matrices, start=1)
            for row, column in np.ndindex(*matrix.shape)
        )
        return Ranking(units, self._importance(matrices), np.ones(len(units)))

    def _importance(self, matrices: Sequence[Array]) -> Vector:
        """Rank of the magnitude; but each layer's strongest come first, since a global threshold can empty a layer."""
        sizes = [np.abs(matrix).ravel() for matrix in matrices]
        in_layer = np.concatenate([rankdata(size, method="ordinal") / len(size) for size in sizes])
        overall = np.concatenate(sizes)
        return np.where(in_layer > 1 - self.floor, 1 + in_layer, rankdata(overall, method="ordinal") / len(overall))

    def cut(self, scorer: Scorer, plan: PruningPlan, seen: Development) -> Scorer:
        """The masked network, fine-tuned under its mask; a plan that drops nothing changes nothing."""
        if not plan.dropped:
            return scorer
        dense = network_scorer(scorer, self.name)
        matrices = [matrix.copy() for matrix in dense.network.matrices]
        for layer, row, column in (map(int, plan.units[i].split(".")) for i in plan.dropped):
            matrices[layer - 1][row, column] = 0
        return dense.fine_tune(dense.network.with_matrices(matrices), seen, self.epochs)
