"""Whole neurons go, and the network shrinks for good: their rows, biases and columns are taken out.

Criteria and their sources stand in `_criteria`; what is left makes up for what went (`_recovery`). Refuses scorers
without a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.networks import Network, Single
from riskmodel.pruning.algorithms.networks.criteria import OF_NEURONS, NeuronCriterion, neuron_layers
from riskmodel.pruning.algorithms.networks.graphs import GraphNeurons, GraphUnits
from riskmodel.pruning.algorithms.networks.network_pruner import Names, NetworkPruner
from riskmodel.pruning.algorithms.networks.unit_selection import Positions, Standing


@dataclass(frozen=True)
class NeuronsPruner(NetworkPruner):
    """By default structured OBS, every layer losing the same share, the weights left refitted and then fine-tuned."""

    unit = "neuron"

    criterion: NeuronCriterion = "obs"
    scope: Literal["layer", "global"] = "layer"

    def units(self, network: Network) -> Names:
        """Layer.neuron, the layers counted from 1."""
        return tuple(tuple(f"{i}.{j}" for j in range(width)) for i, width in enumerate(network.widths, start=1))

    @property
    def graph_units(self) -> GraphUnits:
        return GraphNeurons(self.unit, self.criterion, self.seed)

    def scores(self, standing: Standing, encoded: Single, default: Vector, keep: float) -> Sequence[NDArray[Any]]:
        layers = neuron_layers(standing.network, encoded, default, seed=self.seed, keep=keep)
        return OF_NEURONS[self.criterion](layers)

    def without(self, standing: Standing, stay: Sequence[Positions]) -> tuple[Standing, Sequence[Sequence[int]]]:
        gone = [
            np.delete(np.arange(len(units)), kept).tolist() for units, kept in zip(standing.units, stay, strict=True)
        ]
        units = tuple(units[kept] for units, kept in zip(standing.units, stay, strict=True))
        network = standing.network.without_neurons(gone)
        return replace(standing, network=network, units=units), [kept.tolist() for kept in stay]
