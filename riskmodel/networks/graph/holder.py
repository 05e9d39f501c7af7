"""What pruners ask of a scorer with a graph inside, and of one that can train it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from riskmodel.core import Column, Development, Matrix, Scorer
from riskmodel.networks.graph.anatomy import Graph
from riskmodel.networks.protocols import USUAL, Tuning


@runtime_checkable
class HasGraph(Protocol):
    """A scorer whose network is a graph."""

    @property
    def features(self) -> tuple[Column, ...]: ...

    @property
    def graph(self) -> Graph: ...

    def with_graph(self, graph: Graph) -> Scorer:
        """The scorer with another graph of the same sources."""

    def sources(self, matrix: Matrix) -> Mapping[str, Matrix]:
        """What the graph is given of these rows, by name."""


@runtime_checkable
class TrainableGraph(HasGraph, Protocol):
    """One that knows how its network was trained: a file from elsewhere does not say."""

    def fine_tune_graph(self, graph: Graph, development: Development, epochs: int, how: Tuning = USUAL) -> HasGraph:
        """The scorer with this graph trained on; a weight that is zero stays zero, and tune never gets worse."""
