"""Single hidden and head weights become zero; embeddings and biases stay.

The network keeps its shape: fewer bytes once packed, no less time. The zeros hold through all that follows. Criteria
and their sources stand in `_criteria`. Refuses scorers without a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.networks import Network, Single
from riskmodel.pruning.algorithms.networks.criteria import OF_WEIGHTS, WeightCriterion, weight_layers
from riskmodel.pruning.algorithms.networks.graphs import GraphUnits, GraphWeights
from riskmodel.pruning.algorithms.networks.network_pruner import Names, NetworkPruner
from riskmodel.pruning.algorithms.networks.unit_selection import Positions, Scope, Standing


@dataclass(frozen=True)
class WeightsPruner(NetworkPruner):
    """By default exact OBS, every layer losing the same share, the weights left refitted and then fine-tuned."""

    unit = "weight"

    criterion: WeightCriterion = "obs"
    scope: Scope = "layer"

    def units(self, network: Network) -> Names:
        """Layer.row.column; the layer after the last hidden one is the head, a row a member."""
        return tuple(
            tuple(f"{layer}.{row}.{column}" for row, column in np.ndindex(*matrix.shape))
            for layer, matrix in enumerate(network.matrices, start=1)
        )

    @property
    def graph_units(self) -> GraphUnits:
        return GraphWeights(self.unit, self.criterion, self.seed)

    def scores(self, standing: Standing, encoded: Single, default: Vector, keep: float) -> Sequence[NDArray[Any]]:
        layers = weight_layers(standing.network, encoded, default, seed=self.seed, keep=keep)
        return [OF_WEIGHTS[self.criterion](layer) for layer in layers]

    def without(self, standing: Standing, stay: Sequence[Positions]) -> tuple[Standing, Sequence[Sequence[int]]]:
        units = tuple(units[kept] for units, kept in zip(standing.units, stay, strict=True))
        masks = [np.zeros(matrix.size, np.bool_) for matrix in standing.network.matrices]
        for mask, left in zip(masks, units, strict=True):
            mask[left] = True
        matrices = [
            np.where(mask.reshape(matrix.shape), matrix, 0)
            for mask, matrix in zip(masks, standing.network.matrices, strict=True)
        ]
        network = standing.network.with_matrices(matrices)
        return replace(standing, network=network, units=units), [range(width) for width in network.widths]
