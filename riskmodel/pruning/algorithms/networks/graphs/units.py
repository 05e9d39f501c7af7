"""What can go from a graph: whole units, or single weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import Graph, GraphTrace, units_of, with_dense, without_units
from riskmodel.pruning.algorithms.networks.criteria import OF_NEURONS, OF_WEIGHTS, surgeon
from riskmodel.pruning.algorithms.networks.graphs.layers import matrix_layers, unit_layers
from riskmodel.pruning.algorithms.networks.unit_selection import Positions

Names = tuple[tuple[str, ...], ...]
Rows = dict[str, Positions]


@dataclass(frozen=True)
class GraphUnits(ABC):
    """Units of one sort, judged by one criterion."""

    what: str  # in messages
    criterion: str
    seed: int

    @abstractmethod
    def names(self, graph: Graph) -> Names:
        """The units of each layer."""

    @abstractmethod
    def scores(self, trace: GraphTrace, target: Vector, keep: float) -> Sequence[NDArray[Any]]:
        """The criterion's values of the units of each layer of the graph that was traced."""

    @abstractmethod
    def without(self, graph: Graph, units: Sequence[Positions], stay: Sequence[Positions]) -> tuple[Graph, Rows]:
        """The graph with these positions of its units alone, and which columns of each value that leaves.

        `units` are their places in the graph that it began as.
        """


class GraphNeurons(GraphUnits):
    """Rows, offsets and columns go, of all that hangs together."""

    def names(self, graph: Graph) -> Names:
        layers = enumerate(units_of(graph).layers, start=1)
        return tuple(tuple(f"{i}.{j}" for j in range(len(layer.units))) for i, layer in layers)

    def scores(self, trace: GraphTrace, target: Vector, keep: float) -> Sequence[NDArray[Any]]:
        judged = unit_layers(trace, target, seed=self.seed, keep=keep)
        if self.criterion == "obs":
            return surgeon.neurons(judged.layers, judged.fed)
        return OF_NEURONS[self.criterion](judged.layers)

    def without(self, graph: Graph, units: Sequence[Positions], stay: Sequence[Positions]) -> tuple[Graph, Rows]:  # noqa: ARG002
        now = units_of(graph)
        pairs = zip(now.layers, stay, strict=True)
        gone = np.concatenate([np.delete(layer.units, kept) for layer, kept in pairs])
        rows = {name: np.flatnonzero(~np.isin(columns, gone)) for name, columns in now.of.items()}
        return without_units(graph, now, set(gone.tolist())), rows


class GraphWeights(GraphUnits):
    """Single weights become zero; the file keeps its shapes."""

    def names(self, graph: Graph) -> Names:
        if tied := [dense.tie for dense in graph.dense_layers if dense.tie]:
            raise UnsupportedScorer(
                f"weights of a network stand once each to be pruned, however: {tied[0]} every month"
            )
        layers = enumerate(graph.dense_layers, start=1)
        return tuple(tuple(f"{i}.{row}.{column}" for row, column in np.ndindex(*d.weight.shape)) for i, d in layers)

    def scores(self, trace: GraphTrace, target: Vector, keep: float) -> Sequence[NDArray[Any]]:
        layers = matrix_layers(trace, target, seed=self.seed, keep=keep)
        return [OF_WEIGHTS[self.criterion](layer) for layer in layers]

    def without(self, graph: Graph, units: Sequence[Positions], stay: Sequence[Positions]) -> tuple[Graph, Rows]:
        changed = {}
        for dense, places, kept in zip(graph.dense_layers, units, stay, strict=True):
            stays = np.zeros(dense.weight.size, np.bool_)
            stays[places[kept]] = True
            changed[dense.name] = replace(dense, weight=np.where(stays.reshape(dense.weight.shape), dense.weight, 0))
        return with_dense(graph, changed), {d.name: np.arange(len(d.bias)) for d in graph.dense_layers}
