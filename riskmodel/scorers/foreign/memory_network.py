"""A network that lives in memory as a scorer of numbers, with its own answer and the way back to its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.core import Development, Files, Matrix, Scorer, Vector
from riskmodel.core.scorer import Complexity
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks import pack
from riskmodel.networks.graph import Affine, Dense, Graph, traced_graph, units_of

ROWS = "x"  # the one source of a graph in memory
TOLERANCE = 1e-5  # of a PD
HELD = 2000  # rows on which it is held to its own answer


@dataclass(frozen=True, eq=False)
class MemoryNetwork:
    """What was read of an object.

    Parameters
    ----------
    graph
        Its layers, of one source, `ROWS`.
    answer
        The PDs (n) by an object of its class, of rows (n x features).
    rebuilt
        An object of its class with the weights of a graph; the given one stays as it was.
    given
        The object.
    """

    graph: Graph
    answer: Callable[[Any, Matrix], Vector]
    rebuilt: Callable[[Graph], Any]
    given: Any


@dataclass(frozen=True, eq=False)
class MemoryNetworkScorer(Scorer):
    """A graph of plain numbers."""

    kind = "network"

    graph: Graph

    def with_graph(self, graph: Graph) -> Self:
        return replace(self, graph=graph)

    def sources(self, matrix: Matrix) -> Mapping[str, Matrix]:
        return {ROWS: matrix}

    @property
    def source_columns(self) -> Mapping[str, NDArray[np.intp]]:
        return {ROWS: np.arange(len(self.features))}

    def raw_margin(self, matrix: Matrix) -> Vector:
        return traced_graph(self.graph, self.sources(matrix)).margin

    def files(self) -> Files:
        dense = {
            f"{node.name}.{what}": getattr(node, what)
            for node in self.graph.dense_layers
            for what in ("weight", "bias")
        }
        steps = [node for node in self.graph.nodes if isinstance(node, Affine)]
        affine = {f"{node.name}.{what}": getattr(node, what) for node in steps for what in ("scale", "shift")}
        return {"network.npz": pack({**dense, **affine})}

    def complexity(self) -> Complexity:
        graph, neurons = self.graph, sum(len(layer.units) for layer in units_of(self.graph).layers)
        return Complexity(len(self.features), graph.parameters, graph.connections, graph.work, 0, neurons=neurons)

    def probes(self, rows: int, seed: int = 0) -> Matrix:  # noqa: ARG002 - as of every scorer
        raise UnsupportedScorer("a network from elsewhere has no rows of its own to be probed on")

    def refit(self, development: Development, features: Any, size: float = 1.0) -> Scorer:  # noqa: ARG002
        raise UnsupportedScorer("a network from elsewhere has no recipe to be trained by")


def hold_memory(network: MemoryNetwork, given: Any, graph: Graph, matrix: Matrix) -> None:
    """Raises: RiskModelError where an object's PDs are others than the graph's, or no numbers."""
    some = matrix[np.unique(np.linspace(0, len(matrix) - 1, min(HELD, len(matrix))).astype(np.intp))]
    ours = expit(traced_graph(graph, {ROWS: some}).margin)
    apart = np.abs(ours - network.answer(given, some))
    if not np.isfinite(apart).all():
        raise RiskModelError(
            f"the network must score every row, however: {int((~np.isfinite(apart)).sum())} get no number"
        )
    if (worst := float(apart.max(initial=0))) > TOLERANCE:
        raise RiskModelError(
            f"a PD must be the network's own to within {TOLERANCE:g}, however: it is off by {worst:.3g}; what a "
            f"module does beside its layers is not read: export it to ONNX"
        )


def chain_widths(graph: Graph) -> tuple[int, ...]:
    """Neurons of each hidden layer of a plain chain."""
    return tuple(len(node.bias) for node in graph.nodes if isinstance(node, Dense))[:-1]
