"""What pruners ask of a scorer with a graph inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from riskmodel.core import Column, Matrix, Scorer
from riskmodel.networks.graph.anatomy import Graph


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
